package guard

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Waiting parks. A waiter that polled would be durably blocked as well, but it
// would see the leave only after synthetic time had moved to its next look.
func TestWaiterParksUntilTheLastOpLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Guard
		op := tryEnter(t, &g)
		began := time.Now()
		outcome := make(chan Outcome, 1)
		go func() { outcome <- g.BeginFree(context.Background()) }()
		synctest.Wait() // returns once the waiter is durably blocked
		wantElapsed(t, began, 0)
		op.Leave()
		wantOutcome(t, <-outcome, Drained)
		wantElapsed(t, began, 0)
	})
}

// With no op that leaves, time goes to the deadline in one step.
func TestWaiterParksUntilTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Guard
		op := tryEnter(t, &g)
		defer op.Leave()
		began := time.Now()
		wantOutcome(t, g.BeginFree(after(t, time.Hour)), TimedOut)
		wantElapsed(t, began, time.Hour)
	})
}

// The permit is one: any number of wake-ups leaves one, and the waiter that
// takes it reads the word again and parks again.
func TestStalePermitDoesNotEndTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Guard
		op := tryEnter(t, &g)
		g.parker.permit()
		for range 5 {
			g.parker.wake()
		}
		if n := len(*g.parker.permits.Load()); n != 1 {
			t.Fatalf("%d permits", n)
		}
		time.AfterFunc(time.Second, op.Leave)
		began := time.Now()
		wantOutcome(t, g.BeginFree(context.Background()), Drained)
		wantElapsed(t, began, time.Second)
	})
}

func TestWakeWithoutAWaiterMakesNoParker(t *testing.T) {
	var p parker
	p.wake()
	if p.permits.Load() != nil {
		t.Error("a wake-up made the parker")
	}
}

func TestParkerIsNeverReplaced(t *testing.T) {
	var two atomic.Int32
	race(t, func() {}, rounds(30_000), func() (a, b func()) {
		var p parker
		seen := make(chan (<-chan struct{}), 1)
		return func() { seen <- p.permit() }, func() {
			if c := p.permit(); c != <-seen || c != p.permit() {
				two.Add(1)
			}
		}
	})
	wantCount(t, &two, 0)
}

// FAULTS 3, 38: many threads on few cores, leaves and late enters at the
// moment of the drain check. A lost wake-up would outlast the patience.
func TestFault38_NoLostWakeUpWithManyThreads(t *testing.T) {
	skipIfShort(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(16))
	for range rounds(60) {
		g, releases := newGuard()
		together(16, func(i int) {
			if i == 0 {
				ctx := after(t, patience)
				if o := g.BeginFree(ctx); o != Drained || ctx.Err() != nil {
					t.Errorf("outcome %v, %v: a lost wake-up", o, ctx.Err())
				}
				return
			}
			for {
				op, ok := g.TryEnter()
				if !ok {
					return
				}
				op.Leave()
			}
		})
		wantCount(t, releases, 1)
	}
}

// The leaver decrements, then looks for a parker; the winner makes one, then
// looks at the count. Without that second look a leave in between is lost.
func TestLeaveWhileTheWinnerMakesItsParker(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	race(t, cancel, rounds(60_000), func() (a, b func()) {
		g := &Guard{}
		op := tryEnter(t, g)
		return op.Leave, func() { wantOutcome(t, g.BeginFree(ctx), Drained) }
	})
}

// FAULTS 3, from end to end: an enter races the begin-free and its drain check.
func TestFault3_LateEnterOfAGuardLosesNoWakeUp(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	race(t, cancel, rounds(40_000), func() (a, b func()) {
		g := &Guard{}
		g.parker.permit()
		return func() {
				if op, ok := g.TryEnter(); ok {
					op.Leave()
				}
			}, func() {
				wantOutcome(t, g.BeginFree(ctx), Drained)
			}
	})
}

// wantSettled enters while another thread sets freeing and takes it back, which
// no free does, until a few refusals came between the look and the add. Those
// took the count back to zero with freeing set, so they must have settled: with
// no winner, each leaves a permit. try reports whether it entered, and left.
func wantSettled(t *testing.T, w *word, p *parker, try func() bool) {
	t.Helper()
	skipIfShort(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0))))
	permit := p.permit()
	var stop atomic.Bool
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for !stop.Load() {
			w.bits.Or(freeingBit)
			w.bits.And(^uint64(freeingBit))
		}
	}()
	defer func() { stop.Store(true); <-stopped }()
	end := time.Now().Add(patience)
	for settled := 0; settled < 10; {
		takePermit(permit)
		if !try() && takePermit(permit) {
			settled++
		}
		if time.Now().After(end) {
			t.Fatalf("%d refused enters settled", settled)
		}
	}
}

func takePermit(permit <-chan struct{}) bool {
	select {
	case <-permit:
		return true
	default:
		return false
	}
}

// FAULTS 3: a refused enter whose decrement leaves freeing and no op settles.
func TestFault3_RefusedEnterOfAGuardSettles(t *testing.T) {
	var g Guard
	g.heat.met.Store(HotAfter) // or it would get stripes
	wantSettled(t, &g.word, &g.parker, func() bool {
		op, ok := g.TryEnter()
		op.Leave()
		return ok
	})
}

// The same for an enter by token.
func TestFault3_RefusedEnterOfAHandleSettles(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	_, e := table.space.at(h.token.index())
	e.heat.met.Store(HotAfter)
	wantSettled(t, &h.slot.word, &e.parker, func() bool {
		op, err := table.Enter(h.token)
		op.Leave()
		return err == nil
	})
}
