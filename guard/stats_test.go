package guard

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"
)

func wantStats(t testing.TB, table *Table, live, freeing, abandoned, ops uint64) {
	t.Helper()
	s := table.Stats()
	if s.Live != live || s.Freeing != freeing || s.Abandoned != abandoned || table.Ops() != ops ||
		s.Opened != s.Released+s.Live || len(table.Handles()) != int(live) {
		t.Fatalf("%+v, %d ops and %d handles, want live %d, freeing %d, abandoned %d, ops %d",
			s, table.Ops(), len(table.Handles()), live, freeing, abandoned, ops)
	}
}

// One handle through the states of a free in good order.
func TestStatesOfAHandleThatDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		wantStats(t, &table, 0, 0, 0, 0)
		closing := make(chan struct{})
		h := open(t, &table, &probe{close: func() error { <-closing; return nil }})
		wantState(t, h, Open, 0)
		wantStats(t, &table, 1, 0, 0, 0)
		op := enter(t, h)
		wantState(t, h, Open, 1)
		wantStats(t, &table, 1, 0, 0, 1)
		table.FreeAsync(h.token, NoDeadline, func(Outcome, error) {})
		synctest.Wait()
		wantState(t, h, Freeing, 1)
		wantStats(t, &table, 1, 1, 0, 1)
		op.Leave()
		synctest.Wait()
		wantState(t, h, Closing, 0)
		wantStats(t, &table, 1, 1, 0, 0)
		close(closing)
		<-h.Done()
		wantState(t, h, Released, 0)
		wantStats(t, &table, 0, 0, 0, 0)
	})
}

// And through those of one that times out.
func TestStatesOfAHandleThatIsAbandoned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		closing := make(chan struct{})
		h := open(t, &table, &probe{close: func() error { <-closing; return nil }})
		op := enter(t, h)
		wantFree(t, h, time.Second, TimedOut)
		wantState(t, h, Abandoned, 1)
		wantStats(t, &table, 1, 1, 1, 1)
		op.Leave()
		synctest.Wait()
		wantState(t, h, Closing, 0)
		wantStats(t, &table, 1, 1, 0, 0)
		close(closing)
		<-h.Done()
		wantState(t, h, Released, 0)
		wantStats(t, &table, 0, 0, 0, 0)
	})
}

// What is said about a released handle does not mix with the slot's next one.
func TestStateOfAReleasedHandleWhoseSlotIsUsedAgain(t *testing.T) {
	var table Table
	old := open(t, &table, nil)
	wantFree(t, old, 0, Drained)
	h := open(t, &table, nil)
	op := enter(t, h)
	wantState(t, old, Released, 0)
	wantState(t, h, Open, 1)
	if !old.Freeing() || h.Freeing() {
		t.Error("freeing is mixed up")
	}
	op.Leave()
}

// A child's hold counts as an op of its parent.
func TestStateCountsTheHoldsOfChildren(t *testing.T) {
	var table Table
	parent := open(t, &table, nil)
	openChild(t, parent, nil)
	openChild(t, parent, nil)
	wantState(t, parent, Open, 2)
	wantStats(t, &table, 3, 0, 0, 2)
	wantFree(t, parent, 0, Drained)
	wantStats(t, &table, 0, 0, 0, 0)
}

func TestHandlesComeInTheOrderOfTheirSlots(t *testing.T) {
	var table Table
	var all []*Handle
	for range ChunkSlots + 5 {
		all = append(all, open(t, &table, nil))
	}
	wantFree(t, all[3], 0, Drained)
	all = append(all[:3:3], all[4:]...)
	got := table.Handles()
	if len(got) != len(all) {
		t.Fatalf("%d handles, want %d", len(got), len(all))
	}
	for i := range got {
		if got[i] != all[i] {
			t.Fatalf("handle %d is another", i)
		}
	}
}

func TestStateNames(t *testing.T) {
	for s, want := range []string{"open", "freeing", "abandoned", "closing", "released"} {
		if got := State(s).String(); got != want {
			t.Errorf("%d is named %q, want %q", s, got, want)
		}
	}
}

// The names in JSON are what other languages read.
func TestStatsNamesInJSON(t *testing.T) {
	got, err := json.Marshal(Stats{1, 2, 3, 4, 5, 6, 7, 8})
	wantErr(t, err, nil)
	want := `{"live":1,"freeing":2,"abandoned":3,"opened":4,"released":5,"slots":6,"retired":7,"mapped":8}`
	if string(got) != want {
		t.Errorf("%s", got)
	}
}
