package door

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/quiesce/quiesce/guard"
)

func surveyOf(t *testing.T, limit uint64) (s survey) {
	t.Helper()
	reportOf(t, func(out *Wire) { Survey(limit, out) }, &s)
	return s
}

func threadsOf(info handleInfo) map[int64]int {
	counts := map[int64]int{}
	for _, c := range info.Threads {
		thread := int64(-1)
		if c.Thread != nil {
			thread = *c.Thread
		}
		counts[thread] += c.Attachments
	}
	return counts
}

// The counts are of all handles, whatever the limit; the busy ones are shown first.
func TestSurveyShowsTheBusyOnesFirstAndCountsAll(t *testing.T) {
	noLeaks(t)
	e := newJSEnv(t)
	r := &thing{release: make(chan struct{})}
	idle := []guard.Token{openThing(t, &thing{}), openThing(t, &thing{})}
	busy := openThing(t, r)
	e.start(t, "Thing.stubborn", busy)
	for limit, want := range map[uint64]int{0: 0, 1: 1, 2: 2, 1000: len(table.Handles())} {
		s := surveyOf(t, limit)
		if len(s.Handles) != want || s.Total != len(table.Handles()) {
			t.Fatalf("limit %d: %d of %d handles", limit, len(s.Handles), s.Total)
		}
		if want > 0 && guard.Token(s.Handles[0].Token) != busy {
			t.Errorf("limit %d: the busy one is not the first", limit)
		}
		if len(s.States) != 1 || s.States[0] != (stateCount{"Thing", "open", s.Total}) {
			t.Errorf("states: %+v", s.States)
		}
		if len(s.Methods) != 1 || s.Methods[0].Method != "stubborn" || s.Methods[0].Count != 1 {
			t.Errorf("methods: %+v", s.Methods)
		}
	}
	close(r.release)
	text(&e.takeAll(t, 1)[0].result)
	for _, token := range append(idle, busy) {
		if _, err := table.Free(token, time.Second); err != nil {
			t.Error(err)
		}
	}
}

// Each thread is told with what it holds: its wrappers, as the shim counts them,
// and its async calls. An env that has not told its thread is none's.
func TestSurveyCountsAttachmentsByThread(t *testing.T) {
	noLeaks(t)
	r := &thing{release: make(chan struct{})}
	token, other := openThing(t, r), openThing(t, &thing{})
	wrappers := func(tokens ...guard.Token) Native {
		return Native{Wake: func() {}, Attachments: func(yield func(guard.Token)) {
			for _, each := range tokens {
				yield(each)
			}
		}}
	}
	main, worker, unknown := NewEnv(wrappers(token, token)), NewEnv(wrappers(token, other)), NewEnv(wrappers(token))
	again := NewEnv(wrappers(token)) // the addon loaded twice in one thread
	for env, thread := range map[uint64]int64{main: 0, worker: 7, again: 0} {
		SetThread(env, thread)
	}
	SetThread(12345, 9) // no such env
	e := newJSEnv(t)
	SetThread(e.number, 7)
	e.start(t, "Thing.stubborn", token)
	for _, info := range surveyOf(t, 10).Handles {
		got := threadsOf(info)
		want := map[int64]int{7: 1}
		if guard.Token(info.Token) == token {
			want = map[int64]int{0: 3, 7: 2, -1: 1}
		}
		if len(got) != len(want) {
			t.Errorf("%d: %v, want %v", info.Token, got, want)
		}
		for thread, n := range want {
			if got[thread] != n {
				t.Errorf("%d: %v, want %v", info.Token, got, want)
			}
		}
	}
	for _, env := range []uint64{main, worker, unknown, again} {
		CloseEnv(env)
	}
	close(r.release)
	text(&e.takeAll(t, 1)[0].result)
	for _, each := range []guard.Token{token, other} {
		if _, err := table.Free(each, time.Second); err != nil {
			t.Error(err)
		}
	}
}

// A free by the last detach is told to an env that listens, and to no other.
func TestFreesInTheBackgroundAreToldToWhoListens(t *testing.T) {
	noLeaks(t)
	e := newJSEnv(t)
	Detach(e.number, openThing(t, &thing{}), false)
	Listen(e.number, ListensFrees)
	Listen(12345, ListensFrees) // no such env
	r := &thing{release: make(chan struct{})}
	Detach(e.number, openThing(t, r), false)
	var w warning
	c := e.takeAll(t, 1)[0]
	if err := json.Unmarshal([]byte(text(&c.result)), &w); err != nil {
		t.Fatal(err)
	}
	if w.Kind != "free" || w.By != "detach" || w.Outcome != "drained" || w.Class != "Thing" || w.Error != nil {
		t.Errorf("%+v", w)
	}
	Listen(e.number, 0)
	Detach(e.number, openThing(t, &thing{}), false)
	time.Sleep(20 * time.Millisecond)
	if n := Take(e.number, make([]uint64, 3), make([]Wire, 3)); n != 0 {
		t.Errorf("%d more are told", n)
	}
}
