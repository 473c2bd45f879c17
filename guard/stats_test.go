package guard

import (
	"encoding/json"
	"io"
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
	got, err := json.Marshal(Stats{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	wantErr(t, err, nil)
	want := `{"live":1,"freeing":2,"abandoned":3,"opened":4,"released":5,"slots":6,"retired":7,"mapped":8,` +
		`"drained":9,"timedOut":10,"alreadyFreeing":11,"failed":12}`
	if string(got) != want {
		t.Errorf("%s", got)
	}
}

// Each free counts once by its outcome, a child's with its parent's; a call that
// came too late, and a Close that failed, count as such.
func TestStatsCountFreesByTheirOutcomes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		want := func(drained, timedOut, already, failed uint64) {
			t.Helper()
			synctest.Wait()
			s := table.Stats()
			if got := [4]uint64{s.Drained, s.TimedOut, s.AlreadyFreeing, s.Failed}; got != [4]uint64{drained, timedOut, already, failed} {
				t.Fatalf("drained, timed out, already freeing, failed: %d", got)
			}
		}
		parent := open(t, &table, nil)
		openChild(t, parent, nil)
		want(0, 0, 0, 0)
		wantFree(t, parent, time.Second, Drained)
		want(2, 0, 0, 0)
		wantFree(t, parent, time.Second, AlreadyFreeing)
		want(2, 0, 1, 0)

		busy := open(t, &table, nil)
		op := enter(t, busy)
		wantFree(t, busy, time.Second, TimedOut)
		wantFree(t, busy, time.Second, AlreadyFreeing)
		op.Leave() // the release that follows is no second free
		want(2, 1, 2, 0)

		broken := open(t, &table, &probe{close: func() error { return io.ErrUnexpectedEOF }})
		if _, err := table.Free(broken.token, time.Second); err == nil {
			t.Fatal("Close did not fail")
		}
		want(3, 1, 2, 1)
		table.Detach(open(t, &table, nil).token)
		want(4, 1, 2, 1)
		if _, err := table.Free(1, 0); err != ErrInvalid {
			t.Fatal(err)
		}
		want(4, 1, 2, 1)
	})
}

// Whoever has the last attachment detached is told how the free ended; nobody is
// of one that had begun before.
func TestDetachThenTellsOfTheFreeThatItBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		told := make(chan Outcome, 3)
		done := func(o Outcome, _ error) { told <- o }
		h := open(t, &table, nil)
		if _, err := table.Attach(h.token); err != nil {
			t.Fatal(err)
		}
		for i, want := range []bool{false, true, false} {
			if table.DetachThen(h.token, done) != want {
				t.Fatalf("detach %d: not %v", i, want)
			}
		}
		busy := open(t, &table, nil)
		op := enter(t, busy)
		table.DetachThen(busy.token, done)
		time.Sleep(DefaultDeadline + time.Second)
		op.Leave()
		freed := open(t, &table, nil)
		wantFree(t, freed, time.Second, Drained)
		table.DetachThen(freed.token, done)
		synctest.Wait()
		if len(told) != 2 || <-told != Drained || <-told != TimedOut {
			t.Error("not told of one that drained and one that timed out")
		}
	})
}
