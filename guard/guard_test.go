package guard

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// newGuard returns a guard and the count of its releases.
func newGuard() (*Guard, *atomic.Int32) {
	releases := &atomic.Int32{}
	return &Guard{Release: func() { releases.Add(1) }}, releases
}

func tryEnter(t testing.TB, g *Guard) *Op {
	t.Helper()
	op, ok := g.TryEnter()
	if !ok {
		t.Fatal("enter refused")
	}
	return &op
}

func wantOutcome(t testing.TB, got, want Outcome) {
	t.Helper()
	if got != want {
		t.Fatalf("outcome %v, want %v", got, want)
	}
}

func wantCount(t testing.TB, counter *atomic.Int32, want int32) {
	t.Helper()
	if got := counter.Load(); got != want {
		t.Fatalf("counted %d, want %d", got, want)
	}
}

func TestGuardEnterOnAFreshGuardSucceedsAndLeaveDecrements(t *testing.T) {
	var g Guard
	if g.Freeing() {
		t.Error("freeing, though nobody began")
	}
	first, second := tryEnter(t, &g), tryEnter(t, &g)
	wantWord(t, &g.word, 2)
	first.Leave()
	wantWord(t, &g.word, 1)
	second.Leave()
	wantWord(t, &g.word, 0)
}

func TestGuardEnterAfterFreeIsRefusedAndChangesNothing(t *testing.T) {
	g, releases := newGuard()
	wantOutcome(t, g.BeginFree(context.Background()), Drained)
	before := g.word.bits.Load()
	for range 3 {
		op, ok := g.TryEnter()
		if ok || op.guard != nil {
			t.Fatal("entered a freed guard")
		}
		op.Leave()
	}
	wantWord(t, &g.word, before)
	wantCount(t, releases, 1)
}

func TestGuardBeginFreeWaitsForAnOpInFlight(t *testing.T) {
	g, releases := newGuard()
	op := tryEnter(t, g)
	began := time.Now()
	go func() {
		time.Sleep(50 * time.Millisecond)
		if releases.Load() != 0 {
			t.Error("released with an op in flight")
		}
		op.Leave()
	}()
	wantOutcome(t, g.BeginFree(after(t, patience)), Drained)
	if d := time.Since(began); d < 40*time.Millisecond {
		t.Errorf("returned after %v, before the op left", d)
	}
	wantCount(t, releases, 1)
}

// FAULTS 5.
func TestGuardBeginFreeTimesOutAndStaysFreeing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, releases := newGuard()
		op := tryEnter(t, g)
		began := time.Now()
		wantOutcome(t, g.BeginFree(after(t, time.Second)), TimedOut)
		wantElapsed(t, began, time.Second)
		if _, ok := g.TryEnter(); ok || !g.Freeing() {
			t.Error("open again after the time-out")
		}
		wantCount(t, releases, 0)
		op.Leave()
		synctest.Wait()
		wantCount(t, releases, 1)
		if _, ok := g.TryEnter(); ok || !g.Freeing() {
			t.Error("open again after the release")
		}
	})
}

// FAULTS 2.
func TestGuardBeginFreeHasOneWinnerOfTwo(t *testing.T)       { oneWinner(t, 2) }
func TestGuardBeginFreeHasOneWinnerOfSixtyFour(t *testing.T) { oneWinner(t, 64) }

func oneWinner(t *testing.T, n int) {
	for range 32 {
		g, releases := newGuard()
		var outcomes [3]atomic.Int32
		together(n, func(int) { outcomes[g.BeginFree(context.Background())].Add(1) })
		wantCount(t, &outcomes[Drained], 1)
		wantCount(t, &outcomes[AlreadyFreeing], int32(n-1))
		wantCount(t, releases, 1)
	}
}

func TestGuardSecondBeginFreeLoses(t *testing.T) {
	g, releases := newGuard()
	wantOutcome(t, g.BeginFree(context.Background()), Drained)
	wantOutcome(t, g.BeginFree(context.Background()), AlreadyFreeing)
	wantOutcome(t, g.BeginFree(over()), AlreadyFreeing)
	wantCount(t, releases, 1)
}

func TestGuardBeginFreeAfterATimedOutOneLoses(t *testing.T) {
	g, releases := newGuard()
	op := tryEnter(t, g)
	wantOutcome(t, g.BeginFree(over()), TimedOut)
	wantOutcome(t, g.BeginFree(context.Background()), AlreadyFreeing)
	wantCount(t, releases, 0)
	op.Leave()
	waitUntil(t, func() bool { return releases.Load() == 1 })
	wantOutcome(t, g.BeginFree(context.Background()), AlreadyFreeing)
	wantCount(t, releases, 1)
}

// FAULTS 5: of several ops that outlive the deadline the last one releases.
func TestGuardReleaseAfterATimeOutRunsOnceByTheLastOp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, releases := newGuard()
		ops := []*Op{tryEnter(t, g), tryEnter(t, g), tryEnter(t, g)}
		wantOutcome(t, g.BeginFree(over()), TimedOut)
		for _, op := range ops {
			synctest.Wait()
			wantCount(t, releases, 0)
			op.Leave()
		}
		synctest.Wait()
		wantCount(t, releases, 1)
	})
}

// The release waits for the Leave to return: on the leaver's goroutine that
// would be a deadlock, which the bubble reports.
func TestGuardClaimedReleaseIsNotOnTheLeaversGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left, released := make(chan struct{}), make(chan struct{})
		g := &Guard{Release: func() { <-left; close(released) }}
		op := tryEnter(t, g)
		wantOutcome(t, g.BeginFree(over()), TimedOut)
		op.Leave()
		close(left)
		<-released
	})
}

func TestGuardReleaseDoesNotRunWhileAnOpIsInFlight(t *testing.T) {
	for range rounds(300) {
		var inside, touched atomic.Int32
		g := &Guard{Release: func() { touched.Add(inside.Load()) }}
		together(4, func(i int) {
			if i == 0 {
				g.BeginFree(over())
				return
			}
			if op, ok := g.TryEnter(); ok {
				inside.Add(1)
				inside.Add(-1)
				op.Leave()
			}
		})
		if touched.Load() != 0 {
			t.Fatal("released under an op")
		}
	}
}

// FAULTS 39.
func TestGuardLeaveTwiceIsANoOp(t *testing.T) {
	g, _ := newGuard()
	other, op := tryEnter(t, g), tryEnter(t, g)
	op.Leave()
	op.Leave()
	wantWord(t, &g.word, 1)
	other.Leave()
	other.Leave()
	wantWord(t, &g.word, 0)
	new(Op).Leave()
}

// FAULTS 39: vet reports a copied op; if one is made all the same, its extra
// leave panics and the neighbour fields stay.
func TestGuardCopiedOpsExtraLeavePanicsAndCorruptsNothing(t *testing.T) {
	g, releases := newGuard()
	op := tryEnter(t, g)
	copied := Op{guard: op.guard}
	op.Leave()
	wantOutcome(t, g.BeginFree(context.Background()), Drained)
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
		wantWord(t, &g.word, freeingBit)
		wantCount(t, releases, 1)
	}()
	copied.Leave()
}

// FAULTS 12.
func TestGuardOpsLimitIsRefusedWithoutWritingBeyond(t *testing.T) {
	g, _ := newGuard()
	g.word.bits.Store(OpsLimit)
	for range 3 {
		if _, ok := g.TryEnter(); ok {
			t.Fatal("entered at the limit")
		}
	}
	wantWord(t, &g.word, OpsLimit)
	g.word.bits.Add(^uint64(0))
	tryEnter(t, g)
	wantWord(t, &g.word, OpsLimit)
}

// A context that is done looks once: no time passes, and it still drains.
func TestGuardDoneContextLooksOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		idle, released := newGuard()
		wantOutcome(t, idle.BeginFree(over()), Drained)
		wantCount(t, released, 1)
		busy, _ := newGuard()
		op := tryEnter(t, busy)
		wantOutcome(t, busy.BeginFree(over()), TimedOut)
		op.Leave()
		wantElapsed(t, began, 0)
	})
}

func TestGuardWithoutReleaseWorks(t *testing.T) {
	var g Guard
	op := tryEnter(t, &g)
	wantOutcome(t, g.BeginFree(over()), TimedOut)
	op.Leave()
	wantWord(t, &g.word, freeingBit)
}

func TestOutcomeNames(t *testing.T) {
	for o, want := range []string{"drained", "already-freeing", "timed-out", "unknown outcome"} {
		if got := Outcome(o).String(); got != want {
			t.Errorf("%d is named %q, want %q", o, got, want)
		}
	}
}

// With no winner, to settle leaves a permit.
func TestGuardRefusedEnterThatWasTheLastSettles(t *testing.T) {
	var g Guard
	permit := g.parker.permit()
	if _, ok := g.entersOtherwise(late(&g.word)); ok || !takePermit(permit) {
		t.Errorf("entered: %t, or it did not settle", ok)
	}
}
