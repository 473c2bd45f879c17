package guard

import (
	"io"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

// FAULTS 39.
func TestFault39_HandleOpLeaveTwiceIsANoOp(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	other, op := enter(t, h), enter(t, h)
	op.Leave()
	op.Leave()
	wantState(t, h, Open, 1)
	other.Leave()
	other.Leave()
	wantState(t, h, Open, 0)
	new(HandleOp).Leave()
	wantFree(t, h, 0, Drained)
}

// FAULTS 39: the op of a refused enter is empty; leaving it does nothing.
func TestFault39_LeaveOfARefusedEnterIsANoOp(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	wantFree(t, h, 0, Drained)
	next := open(t, &table, nil)
	held := enter(t, next)
	op, err := table.Enter(h.token)
	wantErr(t, err, ErrFreed)
	op.Leave()
	wantState(t, next, Open, 1)
	held.Leave()
}

// FAULTS 39: the extra leave of a copied op panics, whatever the state, and
// leaves the word as it was.
func TestFault39_CopiedHandleOpPanicsAndCorruptsNothing(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	extra := func() {
		t.Helper()
		op := &HandleOp{handle: h, word: &h.slot.word}
		before := h.slot.word.bits.Load()
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
			wantWord(t, &h.slot.word, before)
		}()
		op.Leave()
	}
	extra()
	enter(t, h).Leave()
	extra()
	wantFree(t, h, 0, Drained)
	extra()
	next := open(t, &table, nil) // the slot still works
	enter(t, next).Leave()
	wantFree(t, next, 0, Drained)
	wantNoLeak(t, &table)
}

// FAULTS 12: the limit of ops is a typed error by token too.
func TestFault12_EnterAtTheOpsLimit(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	h.slot.word.bits.Add(OpsLimit)
	before := h.slot.word.bits.Load()
	_, err := table.Enter(h.token)
	wantErr(t, err, ErrOpsLimit)
	wantWord(t, &h.slot.word, before)
	h.slot.word.bits.Add(^uint64(OpsLimit - 1))
	wantFree(t, h, 0, Drained)
}

// FAULTS 6: a free from inside one's own op. The asynchronous one resolves
// after the op; the blocking one waits for itself until its deadline.
func TestFault6_FreeFromInsideAnOp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		h := open(t, &table, nil)
		op := enter(t, h)
		told := make(chan Outcome, 1)
		table.FreeAsync(h.token, NoDeadline, func(o Outcome, _ error) { told <- o })
		synctest.Wait()
		if len(told) != 0 {
			t.Error("resolved under the op")
		}
		op.Leave()
		wantOutcome(t, <-told, Drained)

		h = open(t, &table, nil)
		op = enter(t, h)
		began := time.Now()
		wantFree(t, h, time.Second, TimedOut)
		wantElapsed(t, began, time.Second)
		op.Leave()
		<-h.Done()
		wantNoLeak(t, &table)
	})
}

// FAULTS 10: nobody can forget the guard, since the resource is to be had from
// an op only. Whatever is exported is looked at.
func TestFault10_OnlyAnOpGivesTheResourceAway(t *testing.T) {
	closer := reflect.TypeFor[io.Closer]()
	for _, of := range []reflect.Type{
		reflect.TypeFor[*Handle](), reflect.TypeFor[*Table](), reflect.TypeFor[*Guard](),
		reflect.TypeFor[*Op](), reflect.TypeFor[*HandleOp](),
	} {
		for i := range of.NumMethod() {
			m := of.Method(i)
			for o := range m.Type.NumOut() {
				gives := m.Type.Out(o).Implements(closer) || m.Type.Out(o) == reflect.TypeFor[any]() && m.Name != "Class"
				if gives != (of == reflect.TypeFor[*HandleOp]() && m.Name == "Resource") {
					t.Errorf("%v.%s", of, m.Name)
				}
			}
		}
		for i := range of.Elem().NumField() {
			f := of.Elem().Field(i)
			if f.IsExported() && f.Type.Implements(closer) {
				t.Errorf("%v.%s is exported", of, f.Name)
			}
		}
	}
}

// The table's entry is written before the word is published: whoever guesses
// the next token and enters finds the handle.
func TestOpenWritesTheEntryBeforeItPublishes(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	race(t, func() {}, rounds(150_000), func() (a, b func()) {
		wantFree(t, h, NoDeadline, Drained)
		next := h.token + 1
		return func() {
				op, err := table.Enter(next)
				for n := 0; err != nil && n < 1e6; n++ { // until the other one has opened it
					op, err = table.Enter(next)
				}
				if err != nil {
					return
				}
				if op.Handle() == nil || op.Handle().token != next {
					t.Error("entered before the entry was written")
					s, _ := table.space.at(next.index())
					s.word.leave()
					return
				}
				op.Leave()
			}, func() {
				h = open(t, &table, nil)
			}
	})
}

// A handle that lives still is not touched by what comes with a token of the
// slot's past or future.
func TestFreeWithAStaleTokenDoesNotFreeTheNextHandle(t *testing.T) {
	var table Table
	var p probe
	old := open(t, &table, nil)
	wantFree(t, old, 0, Drained)
	h := open(t, &table, &p)
	wantFree(t, old, NoDeadline, AlreadyFreeing)
	if table.Detach(old.token) {
		t.Error("detached the next handle")
	}
	if old.detach(nil) {
		old.table.freeInBackground(old, nil)
	}
	wantState(t, h, Open, 0)
	wantAttachments(t, h, 1)
	p.wantCloses(t, 0)
	wantFree(t, h, 0, Drained)
}
