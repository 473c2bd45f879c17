package guard

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// FAULTS 45: a child that is opened after its parent's free has collected the
// children is refused and closed, and the parent released after it.
func TestFault45_ChildOpenedWhileItsParentIsBeingFreed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var j journal
		parent := open(t, &table, j.resource("parent"))
		op := enter(t, parent)
		told := make(chan Outcome, 1)
		table.FreeAsync(parent.token, NoDeadline, func(o Outcome, _ error) { told <- o })
		child, err := op.OpenChild(j.resource("child"), Options{})
		if child != nil {
			t.Error("a child came back")
		}
		wantErr(t, err, ErrFreed)
		op.Leave()
		wantOutcome(t, <-told, Drained)
		wantJournal(t, &j, "child", "parent")
		wantNoLeak(t, &table)
	})
}

// The same after the free has timed out: the late child holds the parent.
func TestFault45_ChildOpenedAfterItsParentTimedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var j journal
		parent := open(t, &table, j.resource("parent"))
		op := enter(t, parent)
		wantFree(t, parent, 0, TimedOut)
		closing := make(chan struct{})
		_, err := op.OpenChild(&probe{close: func() error {
			<-closing
			j.add("child")
			return nil
		}}, Options{})
		wantErr(t, err, ErrFreed)
		op.Leave()
		synctest.Wait()
		wantJournal(t, &j) // the parent waits for the child's Close
		close(closing)
		<-parent.Done()
		wantJournal(t, &j, "child", "parent")
		wantNoLeak(t, &table)
	})
}

// A late child was no attachment of its parent, and gives none back.
func TestLateChildGivesBackNoAttachment(t *testing.T) {
	var table Table
	parent := open(t, &table, nil)
	op := enter(t, parent)
	wantFree(t, parent, 0, TimedOut)
	_, err := op.OpenChild(nil, Options{})
	wantErr(t, err, ErrFreed)
	op.Leave()
	wait(t, parent.Done())
	wantAttachments(t, parent, 1)
	wantNoLeak(t, &table)
}

// FAULTS 45: between freeing being set and the walk, a child is still adopted,
// and the walk finds it.
func TestFault45_ChildOpenedJustBeforeTheWalk(t *testing.T) {
	var table Table
	var j journal
	parent := open(t, &table, j.resource("parent"))
	op := enter(t, parent)
	parent.slot.word.begin(parent.token.generation())
	child, err := op.OpenChild(j.resource("child"), Options{})
	wantErr(t, err, nil)
	if list := parent.walk(); len(list) != 1 || list[0] != child {
		t.Errorf("the walk found %v", list)
	}
}

// An op that began before the parent's last attachment went may still open a
// child; going from one to none is final, so the child is freed.
func TestChildOpenedAfterTheParentsLastAttachmentWent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var j journal
		parent := open(t, &table, j.resource("parent"))
		op := enter(t, parent)
		if !table.Detach(parent.token) {
			t.Fatal("not the last")
		}
		_, err := op.OpenChild(j.resource("child"), Options{})
		wantErr(t, err, ErrFreed)
		op.Leave()
		<-parent.Done()
		wantJournal(t, &j, "child", "parent")
		if n := parent.Attachments(); n != 0 {
			t.Errorf("%d attachments", n)
		}
		wantNoLeak(t, &table)
	})
}

// The same in the instant between that last detach and its begin-free: freeing
// is not set yet, and there was no walk, but no attachment either.
func TestChildOpenedBetweenTheLastDetachAndItsFree(t *testing.T) {
	var table Table
	var j journal
	parent := open(t, &table, j.resource("parent"))
	op := enter(t, parent)
	parent.attachments.Store(0)
	_, err := op.OpenChild(j.resource("child"), Options{})
	wantErr(t, err, ErrFreed)
	op.Leave()
	waitUntil(t, func() bool { return len(j.list()) == 1 })
	wantFree(t, parent, patience, Drained)
	wantJournal(t, &j, "child", "parent")
}

// FAULTS 12: one child too many is a typed error, and the parent as before.
func TestChildBeyondALimitIsClosedAndRefused(t *testing.T) {
	table := Table{capacity: 1}
	parent := open(t, &table, nil)
	op := enter(t, parent)
	var p probe
	_, err := op.OpenChild(&p, Options{})
	wantErr(t, err, ErrHandleLimit)
	p.wantCloses(t, 1)
	wantState(t, parent, Open, 1)
	parent.slot.word.bits.Add(OpsLimit - 1)
	_, err = op.OpenChild(&p, Options{})
	wantErr(t, err, ErrOpsLimit)
	p.wantCloses(t, 2)
	parent.slot.word.bits.Add(^uint64(OpsLimit - 2))
	wantState(t, parent, Open, 1)
	if n := parent.Attachments(); n != 1 {
		t.Errorf("%d attachments", n)
	}
	op.Leave()
	wantFree(t, parent, 0, Drained)
}

// A Close that ends its goroutine takes its caller along, but not the hold on
// the parent.
func TestRefusedChildWhoseCloseEndsTheGoroutine(t *testing.T) {
	table := Table{capacity: 1}
	parent := open(t, &table, nil)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		op := enter(t, parent)
		defer op.Leave()
		_, _ = op.OpenChild(&probe{close: goexit}, Options{})
	}()
	wait(t, ended)
	wantState(t, parent, Open, 0)
	wantFree(t, parent, 0, Drained)
}

// FAULTS 45, racing: children are opened while the parent is freed. What was
// opened was released, in every order.
func TestRaceOfOpenChildAgainstFreeOfItsParent(t *testing.T) {
	var table Table
	for range rounds(200) {
		var made, closed, early atomic.Int32
		parent := open(t, &table, &probe{close: func() error {
			early.Add(made.Load() - closed.Load())
			return nil
		}})
		together(4, func(i int) {
			if i == 0 {
				_, _ = table.Free(parent.token, time.Duration(made.Load())*time.Microsecond)
				return
			}
			for range 20 {
				op, err := table.Enter(parent.token)
				if err != nil {
					return
				}
				made.Add(1)
				_, _ = op.OpenChild(&probe{close: func() error { closed.Add(1); return nil }}, Options{})
				op.Leave()
			}
		})
		wait(t, parent.Done())
		if made.Load() != closed.Load() || early.Load() != 0 {
			t.Fatalf("%d children made, %d closed, %d after the parent", made.Load(), closed.Load(), early.Load())
		}
		wantNoLeak(t, &table)
	}
}

// Racing: parent and children are freed at the same time by different people,
// and detached.
func TestRaceOfFreesOfParentAndChildren(t *testing.T) {
	var table Table
	for range rounds(200) {
		var closes atomic.Int32
		count := func() *probe { return &probe{close: func() error { closes.Add(1); return nil }} }
		parent := open(t, &table, count())
		var children [3]*Handle
		for i := range children {
			children[i] = openChild(t, parent, count())
		}
		together(5, func(i int) {
			switch i {
			case 0:
				_, _ = table.Free(parent.token, time.Microsecond)
			case 1:
				table.Detach(parent.token)
			default:
				_, _ = table.Free(children[i-2].token, time.Microsecond)
			}
		})
		wait(t, parent.Done())
		for _, child := range children {
			wait(t, child.Done())
		}
		wantCount(t, &closes, 4)
	}
	wantNoLeak(t, &table)
}
