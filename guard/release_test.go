package guard

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func goexit() error { runtime.Goexit(); return nil }

// releaseError frees and returns the ReleaseError that it must come with.
func releaseError(t *testing.T, close func() error) *ReleaseError {
	t.Helper()
	var table Table
	h := open(t, &table, &probe{close: close})
	o, err := table.Free(h.token, NoDeadline)
	wantOutcome(t, o, Drained)
	var e *ReleaseError
	if !errors.As(err, &e) {
		t.Fatalf("error %v", err)
	}
	if e.Code() != "ERR_RELEASE_FAILED" || e.Error() == "" {
		t.Errorf("%q %q", e.Code(), e.Error())
	}
	_, err = table.Enter(h.token) // it is gone all the same
	wantErr(t, err, ErrFreed)
	wantNoLeak(t, &table)
	if next := open(t, &table, nil); next.slot != h.slot {
		t.Error("the slot did not come back")
	}
	return e
}

// FAULTS 47.
func TestFault47_CloseThatFails(t *testing.T) {
	broken := errors.New("broken")
	e := releaseError(t, func() error { return broken })
	if e.Cause != broken || !errors.Is(e, broken) || !strings.Contains(e.Error(), "broken") {
		t.Errorf("%v", e)
	}
}

// FAULTS 47, 24.
func TestFault47_CloseThatPanics(t *testing.T) {
	e := releaseError(t, func() error { panic("at the disco") })
	var p *PanicError
	if !errors.As(e, &p) || p.Value != "at the disco" || p.Code() != "ERR_GO_PANIC" {
		t.Fatalf("%v", e)
	}
	if !strings.Contains(p.Stack(), "release_test.go") || !strings.Contains(p.Error(), "disco") {
		t.Errorf("%q with the stack\n%s", p.Error(), p.Stack())
	}
	if p.Unwrap() != nil {
		t.Error("a string as a cause")
	}
}

func TestFault47_CloseThatPanicsWithAnError(t *testing.T) {
	broken := errors.New("broken")
	if e := releaseError(t, func() error { panic(broken) }); !errors.Is(e, broken) {
		t.Errorf("%v", e)
	}
	var m map[string]int
	e := releaseError(t, func() error { m["a"] = 1; return nil })
	var re runtime.Error
	if !errors.As(e, &re) {
		t.Errorf("%v", e)
	}
	_ = releaseError(t, func() error { panic(nil) })
}

// FAULTS 25, 47: Close runs on a goroutine of its own, so that even one that
// ends its goroutine is an error.
func TestFault47_CloseThatEndsItsGoroutine(t *testing.T) {
	e := releaseError(t, goexit)
	var p *PanicError
	if !errors.As(e, &p) || p.Value != nil || !strings.Contains(p.Error(), "Goexit") {
		t.Errorf("%v", e)
	}
}

// FAULTS 47: the free times out, and the slot comes back when Close returns.
func TestFault47_CloseLongerThanTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		h := open(t, &table, &probe{close: func() error { time.Sleep(time.Minute); return nil }})
		began := time.Now()
		wantFree(t, h, time.Second, TimedOut)
		wantElapsed(t, began, time.Second)
		wantState(t, h, Closing, 0)
		if s := table.Stats(); s.Live != 1 || s.Freeing != 1 || s.Abandoned != 0 {
			t.Errorf("%+v", s)
		}
		if other := open(t, &table, nil); other.slot == h.slot {
			t.Error("the slot came back under Close")
		}
		<-h.Done()
		wantElapsed(t, began, time.Minute)
		if next := open(t, &table, nil); next.slot != h.slot {
			t.Error("the slot did not come back after Close")
		}
	})
}

// Zero looks once at the ops, but an idle handle's Close gets the default
// deadline; one that outlasts even that times out.
func TestDeadlineZeroGivesCloseTheDefaultDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		slow := &probe{close: func() error { time.Sleep(DefaultDeadline - 1); return nil }}
		wantFree(t, open(t, &table, slow), 0, Drained)
		h := open(t, &table, &probe{close: func() error { time.Sleep(DefaultDeadline + 1); return nil }})
		began := time.Now()
		wantFree(t, h, 0, TimedOut)
		wantElapsed(t, began, DefaultDeadline)
		<-h.Done()
		wantNoLeak(t, &table)
	})
}

// FAULTS 47: a claimed release has nobody to tell; its failures end there.
func TestFault47_ClaimedReleaseThatFails(t *testing.T) {
	broken := errors.New("broken")
	for _, close := range []func() error{
		func() error { return broken },
		func() error { panic(broken) },
		goexit,
	} {
		var table Table
		p := &probe{close: close}
		h := open(t, &table, p)
		op := enter(t, h)
		wantFree(t, h, 0, TimedOut)
		op.Leave()
		wait(t, h.Done())
		p.wantCloses(t, 1)
		var e *ReleaseError
		if !errors.As(h.closeErr, &e) {
			t.Errorf("error %v", h.closeErr)
		}
		wantNoLeak(t, &table)
	}
}

// The claimed release waits for the Leave to return: it is not on the leaver's
// goroutine.
func TestClaimedReleaseOfAHandleIsNotOnTheLeaversGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		left := make(chan struct{})
		h := open(t, &table, &probe{close: func() error { <-left; return nil }})
		op := enter(t, h)
		wantFree(t, h, 0, TimedOut)
		op.Leave()
		close(left)
		<-h.Done()
	})
}

// FAULTS 47: a child's Close that fails does not hold its parent. Who frees the
// parent is the only one to hear of it.
func TestFault47_CloseOfAChildThatFailsIsToldByItsParentsFree(t *testing.T) {
	broken := errors.New("broken")
	for _, close := range []func() error{
		func() error { return broken },
		func() error { panic(broken) },
		goexit,
	} {
		var table Table
		var p probe
		parent := open(t, &table, &p)
		openChild(t, openChild(t, parent, nil), &probe{close: close})
		o, err := table.Free(parent.token, NoDeadline)
		wantOutcome(t, o, Drained)
		var e *ReleaseError
		var panicked *PanicError
		if !errors.As(err, &e) || !errors.Is(err, broken) && !errors.As(err, &panicked) {
			t.Errorf("error %v", err)
		}
		p.wantCloses(t, 1)
		wantNoLeak(t, &table)
	}
}

func TestFault47_ClosesOfParentAndChildrenThatFailAreAllTold(t *testing.T) {
	var table Table
	var broken []error
	fails := func(name string) *probe {
		err := errors.New(name)
		broken = append(broken, err)
		return &probe{close: func() error { return err }}
	}
	parent := open(t, &table, fails("parent"))
	openChild(t, parent, fails("first"))
	openChild(t, parent, &probe{})
	openChild(t, parent, fails("second"))
	o, err := table.Free(parent.token, NoDeadline)
	wantOutcome(t, o, Drained)
	for _, cause := range broken {
		if !errors.Is(err, cause) {
			t.Errorf("%v is not told by: %v", cause, err)
		}
	}
	wantNoLeak(t, &table)
}

// A resource that is refused is closed, whatever that does.
func TestCloseThatPanicsWhenOpenFails(t *testing.T) {
	table := Table{capacity: 1}
	open(t, &table, nil)
	_, err := table.Open(&probe{close: func() error { panic("broken") }}, Options{})
	wantErr(t, err, ErrHandleLimit)
	_, err = table.Open(nil, Options{})
	wantErr(t, err, ErrHandleLimit)
}

func TestErrorsHaveStableCodesAndAreTellable(t *testing.T) {
	for _, c := range []struct {
		err  *Error
		code string
	}{
		{ErrFreed, "ERR_HANDLE_FREED"},
		{ErrInvalid, "ERR_HANDLE_INVALID"},
		{ErrHandleLimit, "ERR_HANDLE_LIMIT"},
		{ErrOpsLimit, "ERR_HANDLE_LIMIT"},
		{ErrNoMemory, "ERR_HANDLE_LIMIT"},
	} {
		if c.err.Code() != c.code || c.err.Error() == "" {
			t.Errorf("%q has the code %s", c.err, c.err.Code())
		}
	}
	if errors.Is(ErrOpsLimit, ErrHandleLimit) {
		t.Error("two limits are one")
	}
}
