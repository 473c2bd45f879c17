package guard

import (
	"context"
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// FAULTS 11: zero looks once. An idle handle is seen to drain, a busy one is
// not waited for.
func TestFault11_DeadlineZeroLooksOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		began := time.Now()
		var idle, busy probe
		wantFree(t, open(t, &table, &idle), 0, Drained)
		idle.wantCloses(t, 1)
		h := open(t, &table, &busy)
		op := enter(t, h)
		wantFree(t, h, 0, TimedOut)
		busy.wantCloses(t, 0)
		op.Leave()
		<-h.Done()
		busy.wantCloses(t, 1)
		wantElapsed(t, began, 0)
	})
}

// FAULTS 11: no deadline, and the greatest ones, wait without overflow.
func TestFault11_GreatDeadlinesWaitWithoutOverflow(t *testing.T) {
	for _, deadline := range []time.Duration{
		NoDeadline, math.MinInt64, math.MaxInt64, (1 << 31) * time.Millisecond,
	} {
		synctest.Test(t, func(t *testing.T) {
			var table Table
			h := open(t, &table, nil)
			time.AfterFunc(100*time.Hour, enter(t, h).Leave)
			began := time.Now()
			wantFree(t, h, deadline, Drained)
			wantElapsed(t, began, 100*time.Hour)
		})
	}
}

// FAULTS 7: an op that waits for its context ends at once.
func TestFault7_FreeCancelsAnOpThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		h := open(t, &table, nil)
		op := enter(t, h)
		go func() {
			<-op.Context().Done()
			op.Leave()
		}()
		synctest.Wait()
		began := time.Now()
		wantFree(t, h, time.Hour, Drained)
		wantElapsed(t, began, 0)
	})
}

// FAULTS 7, 5: an op that ignores it makes the free time out at the deadline.
// The last op to leave closes, once, and the slot is used again.
func TestFault5_OpOutlivesTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var p probe
		h := open(t, &table, &p)
		first, last := enter(t, h), enter(t, h)
		began := time.Now()
		wantFree(t, h, time.Second, TimedOut)
		wantElapsed(t, began, time.Second)
		wantState(t, h, Abandoned, 2)
		_, err := table.Enter(h.token)
		wantErr(t, err, ErrFreed)
		first.Leave()
		synctest.Wait()
		p.wantCloses(t, 0)
		last.Leave()
		<-h.Done()
		p.wantCloses(t, 1)
		wantNoLeak(t, &table)
		if next := open(t, &table, nil); next.slot != h.slot {
			t.Error("the slot did not come back")
		}
	})
}

// FAULTS 2: of many who free at once one drains and closes, the others lose.
func TestFault2_ManyFreesOneWinner(t *testing.T) {
	var table Table
	for _, n := range []int{2, 64} {
		for range 32 {
			var p probe
			h := open(t, &table, &p)
			var outcomes [3]atomic.Int32
			together(n, func(int) {
				o, err := table.Free(h.token, NoDeadline)
				if err != nil {
					t.Error(err)
				}
				outcomes[o].Add(1)
			})
			wantCount(t, &outcomes[Drained], 1)
			wantCount(t, &outcomes[AlreadyFreeing], int32(n-1))
			p.wantCloses(t, 1)
		}
	}
	wantNoLeak(t, &table)
}

// FAULTS 1: an op has looked its token up, then the handle is freed and its
// slot perhaps used again, then the op enters.
func TestFault1_FreeBetweenLookUpAndEnter(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	if _, err := table.Lookup(h.token); err != nil {
		t.Fatal(err)
	}
	wantFree(t, h, 0, Drained)
	_, err := table.Enter(h.token)
	wantErr(t, err, ErrFreed)
	next := open(t, &table, nil)
	_, err = table.Enter(h.token)
	wantErr(t, err, ErrFreed)
	wantState(t, next, Open, 0)
}

func TestContextIsCancelledByTheFreeWithItsCause(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	op := enter(t, h)
	ctx := op.Context()
	if ctx.Err() != nil || op.Context() != ctx {
		t.Fatal("not one live context")
	}
	wantFree(t, h, 0, TimedOut)
	wantErr(t, ctx.Err(), context.Canceled)
	wantErr(t, context.Cause(ctx), ErrFreed)
	op.Leave()
	wait(t, h.Done())
}

// FAULTS 48: the free begins between an op's enter and its first look at its
// context, which is made only then.
func TestFault48_ContextMadeAfterTheFreeBeganIsCancelled(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	op := enter(t, h)
	wantFree(t, h, 0, TimedOut)
	if h.scope.Load() != nil {
		t.Fatal("the context was not made lazily")
	}
	wantErr(t, context.Cause(op.Context()), ErrFreed)
	op.Leave()
	wait(t, h.Done())
}

// FAULTS 48, racing: whoever of the two comes second cancels.
func TestFault48_ContextMadeWhileTheFreeBegins(t *testing.T) {
	skipIfShort(t)
	var table Table
	for range rounds(2000) {
		h := open(t, &table, nil)
		together(3, func(i int) {
			if i == 0 {
				if o, _ := table.Free(h.token, patience); o != Drained {
					t.Errorf("outcome %v: an op missed the cancellation", o)
				}
				return
			}
			op, err := table.Enter(h.token)
			if err != nil {
				return
			}
			<-op.Context().Done()
			op.Leave()
		})
	}
	wantNoLeak(t, &table)
}

// An op that succeeds all the same delivers: nothing but its context tells it.
func TestOpInFlightKeepsItsResourceWhileFreeing(t *testing.T) {
	var table Table
	var p probe
	h := open(t, &table, &p)
	op := enter(t, h)
	wantFree(t, h, 0, TimedOut)
	if op.Resource() != &p {
		t.Error("the resource is gone")
	}
	p.wantCloses(t, 0)
	op.Leave()
	wait(t, h.Done())
}

// When FreeAsync returns freeing is set, and done is called once.
func TestFreeAsyncHasBegunWhenItReturnsAndTellsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		h := open(t, &table, nil)
		op := enter(t, h)
		var calls [3]atomic.Int32
		done := func(o Outcome, err error) {
			wantErr(t, err, nil)
			calls[o].Add(1)
		}
		table.FreeAsync(h.token, NoDeadline, done)
		if !h.Freeing() {
			t.Error("freeing is not set")
		}
		_, err := table.Enter(h.token)
		wantErr(t, err, ErrFreed)
		table.FreeAsync(h.token, NoDeadline, done) // loses
		synctest.Wait()
		wantCount(t, &calls[AlreadyFreeing], 1)
		wantCount(t, &calls[Drained], 0)
		op.Leave()
		synctest.Wait()
		wantCount(t, &calls[Drained], 1)
		wantCount(t, &calls[TimedOut], 0)
		wantNoLeak(t, &table)
	})
}

func TestFreeAsyncTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		h := open(t, &table, nil)
		op := enter(t, h)
		began, told := time.Now(), make(chan Outcome)
		table.FreeAsync(h.token, time.Second, func(o Outcome, _ error) { told <- o })
		wantOutcome(t, <-told, TimedOut)
		wantElapsed(t, began, time.Second)
		op.Leave()
		<-h.Done()
	})
}
