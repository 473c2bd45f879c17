package guard

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// The order of the steps of a free and a release. A test stops a thread at a
// lock, and looks at what it has done so far.

// wantStopped checks that what was started is still at a lock that the test
// holds, as far as a moment can tell.
func wantStopped(t testing.TB, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
		t.Error(what)
	case <-time.After(20 * time.Millisecond):
	}
}

// started runs f on a goroutine, and returns a channel that is closed after it.
func started(f func()) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f()
	}()
	return ended
}

// Whoever sees that a context is cancelled finds freeing set.
func TestFreeCancelsAfterItHasSetFreeing(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	cancelled := false
	h.scope.Store(&scope{context.Background(), func(error) { cancelled = h.Freeing() }})
	wantFree(t, h, 0, Drained)
	if !cancelled {
		t.Error("cancelled before freeing was set, or not at all")
	}
}

// A release forgets the handle, then gives the slot back, then tells. The
// error of Close is there before all of that.
func TestReleaseStopsAtTheTablesLockBeforeItTells(t *testing.T) {
	var table Table
	h := open(t, &table, &probe{close: func() error { return errors.New("broken") }})
	_, e := table.space.at(h.token.index())
	table.mu.Lock()
	table.FreeAsync(h.token, NoDeadline, func(Outcome, error) {})
	waitUntil(t, func() bool { return e.handle.Load() == nil })
	if h.closeErr == nil {
		t.Error("the error of Close is not written yet")
	}
	wantStopped(t, h.Done(), "told before the slot is back")
	table.mu.Unlock()
	wait(t, h.Done())
	if next := open(t, &table, nil); next.slot != h.slot {
		t.Error("the slot did not come back")
	}
}

// A slot that goes back while the next handle is opened is neither lost nor
// given twice: both wait for the table's lock.
func TestSlotsAreTakenUnderTheTablesLock(t *testing.T) {
	var table Table
	table.mu.Lock()
	opened := started(func() { open(t, &table, nil) })
	wantStopped(t, opened, "a slot was taken without the lock")
	table.mu.Unlock()
	wait(t, opened)
}

// A handle is released for those who ask once its slot has another, also in the
// moment before that is told.
func TestStateOfAHandleWhoseSlotIsUsedAgainBeforeItTells(t *testing.T) {
	var table Table
	parent := open(t, &table, nil)
	child := openChild(t, parent, nil)
	parent.mu.Lock()
	table.FreeAsync(child.token, NoDeadline, func(Outcome, error) {})
	waitUntil(t, func() bool { return table.Stats().Released == 1 })
	next := open(t, &table, nil)
	if next.slot != child.slot {
		t.Error("the slot did not come back")
	}
	wantState(t, child, Released, 0)
	parent.mu.Unlock()
	wait(t, child.Done())
}

// The walk waits at the parent's lock for a child that is being opened.
func TestChildIsAdoptedUnderItsParentsLock(t *testing.T) {
	var table Table
	parent := open(t, &table, nil)
	op := enter(t, parent)
	parent.mu.Lock()
	adopted := started(func() { _, _ = op.OpenChild(nil, Options{}) })
	wantStopped(t, adopted, "adopted without the lock")
	if n := table.Stats().Opened; n != 1 {
		t.Errorf("%d handles opened", n)
	}
	parent.mu.Unlock()
	wait(t, adopted)
	op.Leave()
	wantFree(t, parent, patience, Drained)
}

// A release that is started twice would close under somebody who was told that
// it is over: the second one panics before it touches the resource.
func TestSecondReleasePanicsBeforeItCloses(t *testing.T) {
	var table Table
	var p probe
	h := open(t, &table, &p)
	wantFree(t, h, 0, Drained)
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
		p.wantCloses(t, 1)
		wantNoLeak(t, &table)
	}()
	h.startClose()
}

// A deadline that passes in the same moment as Close ends does not hide it.
func TestCloseThatHasEndedIsNeverToldAsATimeOut(t *testing.T) {
	var table Table
	const n = 64
	stopped := 0 // the timer of each deadline
	for range n {
		f := open(t, &table, nil).begin()
		o, err := f.wait(&limit{drain: over(), close: over(), stop: func() { stopped++ }})
		wantErr(t, err, nil)
		wantOutcome(t, o, Drained)
	}
	if stopped != n {
		t.Errorf("%d of %d deadlines stopped", stopped, n)
	}
	wantNoLeak(t, &table)
}

// A deadline that passes between the last leave and its wake-up finds nobody to
// hand the release over to: the winner has drained.
func TestDeadlineThatPassesAfterTheLastLeaveHasDrained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, releases := newGuard()
		op := tryEnter(t, g)
		ctx, cancel := context.WithCancel(context.Background())
		outcome := make(chan Outcome, 1)
		go func() { outcome <- g.BeginFree(ctx) }()
		synctest.Wait()
		op.guard.word.leave() // and the wake-up is still to come
		cancel()
		wantOutcome(t, <-outcome, Drained)
		g.settle()
		synctest.Wait()
		wantCount(t, releases, 1)
	})
}

// FAULTS 48: the maker publishes a context and looks for freeing, the winner
// sets freeing and looks for a context. Whoever comes second cancels.
func TestFault48_WhoeverComesSecondCancels(t *testing.T) {
	var table Table
	var missed atomic.Int32
	race(t, func() {}, rounds(60_000), func() (a, b func()) {
		h := open(t, &table, nil)
		op := enter(t, h)
		ctx := make(chan context.Context, 1)
		return func() { ctx <- op.Context() }, func() {
			f := h.begin()
			if (<-ctx).Err() == nil {
				missed.Add(1)
			}
			op.Leave()
			_, _ = f.wait(newLimit(NoDeadline))
		}
	})
	wantCount(t, &missed, 0)
}

// The ops of a handle have one context, also those that ask for it at once.
func TestOneContextForAllWhoAskAtOnce(t *testing.T) {
	var two atomic.Int32
	var table Table
	h := open(t, &table, nil)
	race(t, func() {}, rounds(60_000), func() (a, b func()) {
		h.scope.Store(nil)
		ctx := make(chan context.Context, 1)
		return func() { ctx <- h.context() }, func() {
			if h.context() != <-ctx {
				two.Add(1)
			}
		}
	})
	wantCount(t, &two, 0)
	wantFree(t, h, 0, Drained)
}
