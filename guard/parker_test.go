package guard

import (
	"context"
	"runtime"
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
	for range rounds(100) {
		var p parker
		var seen [4]<-chan struct{}
		together(len(seen), func(i int) { seen[i] = p.permit() })
		for _, c := range seen {
			if c != seen[0] {
				t.Fatal("two parkers")
			}
		}
	}
}

// FAULTS 3, 38: many threads on few cores, leaves and late enters at the
// moment of the drain check. A lost wake-up would outlast the patience.
func TestFault38_NoLostWakeUpWithManyThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(16))
	for range rounds(150) {
		g, releases := newGuard()
		together(16, func(i int) {
			if i == 0 {
				if o := g.BeginFree(after(t, patience)); o != Drained {
					t.Errorf("outcome %v: a lost wake-up", o)
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

// FAULTS 3: a refused enter whose transient was seen by the drain check must
// settle. One thread enters while the other begins the free; the parker is
// there already, so that the check comes right after freeing was set.
func TestFault3_RefusedEnterOfAGuardWakesTheWinner(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	race(t, cancel, rounds(100_000), func() (a, b func()) {
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

// The same for an enter by token.
func TestFault3_RefusedEnterOfAHandleWakesTheWinner(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var table Table
	race(t, cancel, rounds(100_000), func() (a, b func()) {
		h := open(t, &table, nil)
		_, e := table.space.at(h.token.index())
		e.parker.permit()
		return func() {
				if op, err := table.Enter(h.token); err == nil {
					op.Leave()
				}
			}, func() {
				h.slot.word.begin(h.token.generation())
				if !e.parker.await(&h.slot.word, ctx.Done()) {
					t.Fatal("a lost wake-up")
				}
				table.freeing.Add(1)
				h.startClose()
			}
	})
	wantNoLeak(t, &table)
}
