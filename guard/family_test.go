package guard

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func wantJournal(t testing.TB, j *journal, want ...string) {
	t.Helper()
	if got := j.list(); !slices.Equal(got, want) {
		t.Fatalf("closed in the order %v, want %v", got, want)
	}
}

// FAULTS 8: children first, and grandchildren before them.
func TestFreeingAParentFreesDescendantsFirst(t *testing.T) {
	var table Table
	var j journal
	parent := open(t, &table, j.resource("parent"))
	child := openChild(t, parent, j.resource("child"))
	grandchild := openChild(t, child, j.resource("grandchild"))
	if child.Parent() != parent || grandchild.Parent() != child {
		t.Fatal("wrong parents")
	}
	if c := parent.Children(); len(c) != 1 || c[0] != child {
		t.Fatalf("children %v", c)
	}
	wantFree(t, parent, 0, Drained)
	wantJournal(t, &j, "grandchild", "child", "parent")
	for _, h := range []*Handle{parent, child, grandchild} {
		wantState(t, h, Released, 0)
		wantFree(t, h, 0, AlreadyFreeing)
	}
	wantNoLeak(t, &table)
}

// All at once: ten children whose Close takes a second take one second.
func TestChildrenAreFreedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		parent := open(t, &table, nil)
		for range 10 {
			openChild(t, parent, &probe{close: func() error { time.Sleep(time.Second); return nil }})
		}
		began := time.Now()
		wantFree(t, parent, time.Minute, Drained)
		wantElapsed(t, began, time.Second)
		wantNoLeak(t, &table)
	})
}

// One absolute deadline: three generations, all busy, and one second in all.
func TestDescendantsShareOneAbsoluteDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var j journal
		parent := open(t, &table, j.resource("parent"))
		child := openChild(t, parent, j.resource("child"))
		grandchild := openChild(t, child, j.resource("grandchild"))
		ops := []*HandleOp{enter(t, parent), enter(t, child), enter(t, grandchild)}
		began := time.Now()
		wantFree(t, parent, time.Second, TimedOut)
		wantElapsed(t, began, time.Second)
		for _, h := range []*Handle{parent, child, grandchild} {
			if s, _ := h.State(); s != Abandoned {
				t.Errorf("state %v", s)
			}
		}
		for _, op := range ops {
			op.Leave()
		}
		<-parent.Done()
		wantJournal(t, &j, "grandchild", "child", "parent")
		wantNoLeak(t, &table)
	})
}

// The deadline covers the children's Close and then the parent's own.
func TestDeadlineCoversTheClosesOfChildAndParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		slow := func() error { time.Sleep(600 * time.Millisecond); return nil }
		parent := open(t, &table, &probe{close: slow})
		openChild(t, parent, &probe{close: slow})
		began := time.Now()
		wantFree(t, parent, time.Second, TimedOut)
		wantElapsed(t, began, time.Second)
		<-parent.Done()
		wantElapsed(t, began, 1200*time.Millisecond)
		wantNoLeak(t, &table)
	})
}

// FAULTS 8: an op on a child when its parent is freed is cancelled and waited
// for; one that comes later is refused.
func TestFault8_OpOnAChildWhileItsParentIsFreed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var j journal
		parent := open(t, &table, j.resource("parent"))
		child := openChild(t, parent, j.resource("child"))
		op := enter(t, child)
		told := make(chan Outcome, 1)
		table.FreeAsync(parent.token, time.Hour, func(o Outcome, _ error) { told <- o })
		_, err := table.Enter(child.token)
		wantErr(t, err, ErrFreed)
		wantErr(t, context.Cause(op.Context()), ErrFreed)
		synctest.Wait()
		wantJournal(t, &j)
		op.Leave()
		wantOutcome(t, <-told, Drained)
		wantJournal(t, &j, "child", "parent")
	})
}

// A child is an attachment of its parent, and one enter.
func TestChildIsAnAttachmentOfItsParent(t *testing.T) {
	var table Table
	parent := open(t, &table, nil)
	child := openChild(t, parent, nil)
	if n := parent.Attachments(); n != 2 {
		t.Errorf("%d attachments with a child", n)
	}
	wantState(t, parent, Open, 1)
	wantFree(t, child, 0, Drained)
	if n := parent.Attachments(); n != 1 || len(parent.Children()) != 0 {
		t.Errorf("%d attachments, %d children after it", n, len(parent.Children()))
	}
	wantState(t, parent, Open, 0)
	wantFree(t, parent, 0, Drained)
}

// Whoever awaited a child's free finds the parent without it: the child is
// taken off, which the test holds up by its lock, before done is closed.
func TestChildIsOffItsParentBeforeItsFreeReturns(t *testing.T) {
	var table Table
	var p probe
	parent := open(t, &table, nil)
	child := openChild(t, parent, &p)
	parent.mu.Lock()
	table.FreeAsync(child.token, NoDeadline, func(Outcome, error) {})
	waitUntil(t, func() bool { return p.closes.Load() == 1 })
	select {
	case <-child.Done():
		t.Error("done while it was still its parent's child")
	case <-time.After(20 * time.Millisecond):
	}
	parent.mu.Unlock()
	wait(t, child.Done())
	wantState(t, parent, Open, 0)
	wantFree(t, parent, 0, Drained)
}

// FAULTS 45: the parent's last wrapper goes while a child lives. That frees
// nothing; the child's end then does.
func TestFault45_LastWrapperOfAParentWithALiveChild(t *testing.T) {
	var table Table
	var j journal
	parent := open(t, &table, j.resource("parent"))
	child := openChild(t, parent, j.resource("child"))
	if table.Detach(parent.token) {
		t.Error("the wrapper was the last attachment")
	}
	wantState(t, parent, Open, 1)
	enter(t, parent).Leave()
	wantFree(t, child, 0, Drained)
	wait(t, parent.Done())
	wantJournal(t, &j, "child", "parent")
	wantNoLeak(t, &table)
}

// FAULTS 45: a child that times out makes the parent time out. The last one
// out releases the child, then the parent, each once.
func TestFault45_ChildThatTimesOutMakesItsParentTimeOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var j journal
		parent := open(t, &table, j.resource("parent"))
		child := openChild(t, parent, j.resource("child"))
		openChild(t, parent, j.resource("idle child"))
		op := enter(t, child)
		began := time.Now()
		wantFree(t, parent, time.Second, TimedOut)
		wantElapsed(t, began, time.Second)
		wantState(t, parent, Abandoned, 1)
		wantJournal(t, &j, "idle child")
		if n := table.Stats().Abandoned; n != 2 {
			t.Errorf("%d abandoned", n)
		}
		op.Leave()
		<-parent.Done()
		<-child.Done()
		wantJournal(t, &j, "idle child", "child", "parent")
		wantNoLeak(t, &table)
	})
}

// The same when the child's Close is what outlasts the deadline.
func TestParentIsNotClosedUnderAChildsClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var j journal
		parent := open(t, &table, j.resource("parent"))
		openChild(t, parent, &probe{close: func() error {
			time.Sleep(time.Minute)
			j.add("child")
			return nil
		}})
		wantFree(t, parent, time.Second, TimedOut)
		<-parent.Done()
		wantJournal(t, &j, "child", "parent")
		wantNoLeak(t, &table)
	})
}

func TestDeadlineZeroWithChildren(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		began := time.Now()
		idle := open(t, &table, nil)
		openChild(t, openChild(t, idle, &probe{}), &probe{})
		wantFree(t, idle, 0, Drained)
		busy := open(t, &table, nil)
		op := enter(t, openChild(t, openChild(t, busy, &probe{}), &probe{}))
		wantFree(t, busy, 0, TimedOut)
		wantElapsed(t, began, 0)
		op.Leave()
		<-busy.Done()
		wantNoLeak(t, &table)
	})
}

// Somebody else frees the child at the same time, and may have longer: the
// parent waits for it up to its own deadline.
func TestChildFreedBySomebodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var j journal
		parent := open(t, &table, j.resource("parent"))
		child := openChild(t, parent, j.resource("child"))
		op := enter(t, child)
		told := make(chan Outcome, 1)
		table.FreeAsync(child.token, NoDeadline, func(o Outcome, _ error) { told <- o })
		wantFree(t, parent, time.Second, TimedOut)
		wantJournal(t, &j)
		op.Leave()
		wantOutcome(t, <-told, Drained)
		<-parent.Done()
		wantJournal(t, &j, "child", "parent")
		wantNoLeak(t, &table)
	})
}

func TestFreeOfAThousandChildren(t *testing.T) {
	var table Table
	var j journal
	parent := open(t, &table, j.resource("parent"))
	for i := range 1000 {
		openChild(t, parent, j.resource(fmt.Sprint(i)))
	}
	if n := parent.Attachments(); n != 1001 {
		t.Errorf("%d attachments", n)
	}
	wantFree(t, parent, patience, Drained)
	closed := j.list()
	if len(closed) != 1001 || closed[1000] != "parent" {
		t.Errorf("%d closed, the last is %s", len(closed), closed[len(closed)-1])
	}
	wantNoLeak(t, &table)
}

// A long chain of descendants: nothing recurses over it without need.
func TestFreeOfADeepChain(t *testing.T) {
	var table Table
	top := open(t, &table, nil)
	h := top
	for range 3000 {
		h = openChild(t, h, nil)
	}
	op := enter(t, h)
	wantFree(t, top, 0, TimedOut)
	op.Leave() // the bare guards release one another from here
	wait(t, top.Done())
	wantNoLeak(t, &table)
}
