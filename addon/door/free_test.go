package door

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/quiesce/quiesce/guard"
)

// FAULTS 11.
func TestDeadlineOf(t *testing.T) {
	for ms, want := range map[float64]time.Duration{
		0:                           0,
		math.Copysign(0, -1):        0,
		1e-9:                        0,
		0.5:                         500 * time.Microsecond,
		1:                           time.Millisecond,
		5000:                        5 * time.Second,
		1 << 31:                     (1 << 31) * time.Millisecond,
		1<<53 - 1:                   guard.NoDeadline,
		9.2e12:                      time.Duration(9.2e12) * time.Millisecond,
		9.3e12:                      guard.NoDeadline,
		math.MaxInt64 / 1e6:         guard.NoDeadline,
		math.MaxFloat64:             guard.NoDeadline,
		math.Inf(1):                 guard.NoDeadline,
		math.SmallestNonzeroFloat64: 0,
	} {
		if got := deadlineOf(ms); got != want {
			t.Errorf("deadlineOf(%g) = %d, not %d", ms, got, want)
		}
	}
}

func freeSync(env uint64, token guard.Token, ms float64) *answerWire {
	out := newAnswer()
	FreeSync(env, token, ms, &out.Wire)
	return out
}

// openUnder opens a child of that class under the handle.
func openUnder(t *testing.T, parent guard.Token, class *Class) guard.Token {
	t.Helper()
	op, err := table.Enter(parent)
	if err != nil {
		t.Fatal(err)
	}
	defer op.Leave()
	h, err := op.OpenChild(&thing{}, guard.Options{Class: class})
	if err != nil {
		t.Fatal(err)
	}
	return h.Token()
}

// FAULTS 6.
func TestFreeSyncRefusesToWaitForItsOwnThread(t *testing.T) {
	e := newJSEnv(t)
	root := openThing(t, &thing{})
	child := openUnder(t, root, things)
	bare := openUnder(t, child, guardClass)
	sibling := openUnder(t, root, guardClass)
	held := bare
	ThreadHolds = func(token guard.Token) bool { return token == held }
	defer func() { ThreadHolds = func(guard.Token) bool { return false } }()
	for name, token := range map[string]guard.Token{"itself": bare, "a child": child, "a grandchild": root} {
		if d := described(t, &freeSync(e.number, token, 5000).Wire); d.Code != "ERR_WOULD_DEADLOCK" {
			t.Errorf("%s: %+v", name, d)
		}
		if h, _ := table.Lookup(token); h == nil || h.Freeing() {
			t.Fatalf("%s: the refused free has begun", name)
		}
	}
	// What another holds, or this thread elsewhere, does not stand in the way.
	if out := freeSync(e.number, sibling, 5000); tag(out.Tag) != tagNumber {
		t.Errorf("a sibling: %+v", out.Wire)
	}
	held = 0
	if out := freeSync(e.number, root, 5000); guard.Outcome(numberOf(out.Wire)) != guard.Drained || tag(out.Tag) != tagNumber {
		t.Errorf("after the leave: %+v", out.Wire)
	}
}

func TestFreeSyncOfWhatIsGone(t *testing.T) {
	e := newJSEnv(t)
	token := openThing(t, &thing{})
	if out := freeSync(e.number, token, 0); guard.Outcome(numberOf(out.Wire)) != guard.Drained {
		t.Errorf("%+v", out.Wire)
	}
	if out := freeSync(e.number, token, 0); guard.Outcome(numberOf(out.Wire)) != guard.AlreadyFreeing {
		t.Errorf("%+v", out.Wire)
	}
	for _, forged := range []guard.Token{0, token + 1<<50, 1<<64 - 1} {
		if d := described(t, &freeSync(e.number, forged, 0).Wire); d.Code != "ERR_HANDLE_INVALID" {
			t.Errorf("%+v", d)
		}
		out := newAnswer()
		Free(e.number, 1, forged, 0, &out.Wire)
		if d := described(t, &out.Wire); d.Code != "ERR_HANDLE_INVALID" {
			t.Errorf("%+v", d)
		}
	}
}

// FAULTS 5: the winner is told of the time-out, then the env which ops held it.
func TestATimeOutIsToldAndTheLastOpReleases(t *testing.T) {
	noLeaks(t)
	Tracing.Store(true)
	t.Cleanup(func() { Tracing.Store(false) })
	e := newJSEnv(t)
	r := &thing{release: make(chan struct{})}
	token := openThing(t, r)
	stubborn, _ := e.start(t, "Thing.stubborn", token)
	out := newAnswer()
	Free(e.number, 50, token, 20, &out.Wire)
	list := e.takeAll(t, 2)
	if o := guard.Outcome(numberOf(list[0].result)); list[0].call != 50 || o != guard.TimedOut {
		t.Fatalf("call %d: outcome %v", list[0].call, o)
	}
	var w warning
	if err := json.Unmarshal([]byte(text(&list[1].result)), &w); err != nil || list[1].call != 0 {
		t.Fatal(list[1].call, err)
	}
	if w.Kind != "timeout" || w.Class != "Thing" || len(w.Ops) != 1 || w.Ops[0].Method != "stubborn" {
		t.Errorf("%+v", w)
	}
	if r.closed.Load() != 0 {
		t.Error("closed under the op")
	}
	close(r.release)
	c := e.takeAll(t, 1)[0]
	if got := text(&c.result); c.call != stubborn || got != "done" {
		t.Errorf("call %d: %q", c.call, got)
	}
	eventually(t, func() bool { return r.closed.Load() == 1 })
	if r.used.Load() != 0 {
		t.Error("used after Close")
	}
}

// FAULTS 47.
func TestAFailedReleaseIsTold(t *testing.T) {
	e := newJSEnv(t)
	for _, err := range []error{errors.New("on request"), (*badError)(nil)} {
		d := described(t, &freeSync(e.number, openThing(t, &thing{closeErr: err}), 5000).Wire)
		if d.Code != "ERR_RELEASE_FAILED" || d.Cause == nil {
			t.Errorf("%+v", d)
		}
	}
}

func TestFreeAllFreesEveryHandleAndCounts(t *testing.T) {
	noLeaks(t)
	e := newJSEnv(t)
	var opened []*thing
	for i := range 10 {
		r := &thing{}
		if i == 0 {
			r.closeErr = errors.New("on request")
		}
		opened = append(opened, r)
		openThing(t, r)
	}
	current.Store(&thing{})
	call(t, "Thing.child", openThing(t, &thing{}))
	out := newAnswer()
	FreeAll(e.number, 7, 5000, &out.Wire)
	c := e.takeAll(t, 1)[0]
	var counts struct {
		Drained, AlreadyFreeing, TimedOut int
		Errors                            []description
	}
	if err := json.Unmarshal([]byte(text(&c.result)), &counts); err != nil {
		t.Fatal(err)
	}
	if c.call != 7 || counts.Drained != 11 || counts.TimedOut != 0 || len(counts.Errors) != 1 {
		t.Errorf("call %d: %+v", c.call, counts)
	}
	for _, r := range opened {
		if r.closed.Load() != 1 {
			t.Errorf("closed %d times", r.closed.Load())
		}
	}
	if live := table.Stats().Live; live != 0 {
		t.Errorf("%d handles are live", live)
	}
}
