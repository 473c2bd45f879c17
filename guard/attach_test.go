package guard

import (
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func wantAttachments(t testing.TB, h *Handle, want int) {
	t.Helper()
	if got := h.Attachments(); got != want {
		t.Fatalf("%d attachments, want %d", got, want)
	}
}

func attach(t testing.TB, h *Handle) {
	t.Helper()
	if got, err := h.table.Attach(h.token); got != h || err != nil {
		t.Fatalf("Attach = %v, %v", got, err)
	}
}

// Going from one to none is final.
func TestAttachFromZeroFails(t *testing.T) {
	h := &Handle{}
	for range 3 {
		if h.attach() {
			t.Fatal("attached from zero")
		}
	}
	wantAttachments(t, h, 0)
	if h.detach(nil) {
		t.Error("detached from zero")
	}
	wantAttachments(t, h, 0)
}

func TestAttachAndDetachCount(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	wantAttachments(t, h, 1)
	attach(t, h)
	attach(t, h)
	wantAttachments(t, h, 3)
	for range 2 {
		if table.Detach(h.token) {
			t.Error("told to be the last")
		}
	}
	wantState(t, h, Open, 0)
	wantFree(t, h, 0, Drained)
}

// An op that goes on without its caller attaches too, but never as the first.
func TestAttachByAnOp(t *testing.T) {
	var table Table
	var p probe
	h := open(t, &table, &p)
	op := enter(t, h)
	if !op.Attach() {
		t.Fatal("refused")
	}
	if table.Detach(h.token) {
		t.Error("the wrapper was the last")
	}
	wantState(t, h, Open, 1)
	if !table.Detach(h.token) {
		t.Error("the op was not the last")
	}
	if op.Attach() {
		t.Error("attached from zero")
	}
	p.wantCloses(t, 0)
	op.Leave()
	wait(t, h.Done())
	p.wantCloses(t, 1)
	wantNoLeak(t, &table)
}

func TestAttachToAFreeingHandleIsRefused(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	op := enter(t, h)
	wantFree(t, h, 0, TimedOut)
	_, err := table.Attach(h.token)
	wantErr(t, err, ErrFreed)
	wantErr(t, table.Share(h.token, time.Hour, nil), ErrFreed)
	wantAttachments(t, h, 1)
	op.Leave()
	wait(t, h.Done())
	_, err = table.Attach(h.token)
	wantErr(t, err, ErrFreed)
}

// FAULTS 12: the count of attachments never wraps.
func TestAttachmentsNeverWrap(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	h.attachments.Store(math.MaxInt32)
	attach(t, h)
	if h.attachments.Load() <= 0 {
		t.Fatal("wrapped")
	}
	table.Detach(h.token)
	h.attachments.Store(1)
	wantFree(t, h, 0, Drained)
}

// The last detach frees in the background, and reports that it was the last.
func TestLastDetachFreesInTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		detached := make(chan struct{})
		p := &probe{close: func() error { <-detached; return nil }} // not under Detach
		h := open(t, &table, p)
		attach(t, h)
		if table.Detach(h.token) {
			t.Error("the first of two was the last")
		}
		synctest.Wait()
		wantState(t, h, Open, 0)
		if !table.Detach(h.token) {
			t.Error("the second of two was not the last")
		}
		if !h.Freeing() {
			t.Error("freeing is not set when Detach returns")
		}
		close(detached)
		<-h.Done()
		p.wantCloses(t, 1)
		wantNoLeak(t, &table)
	})
}

// Detach does not wait for ops, and the ops in flight are cancelled.
func TestLastDetachWithAnOpInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var p probe
		h := open(t, &table, &p)
		op := enter(t, h)
		ctx := op.Context()
		began := time.Now()
		table.Detach(h.token)
		wantElapsed(t, began, 0)
		<-ctx.Done()
		time.Sleep(2 * DefaultDeadline) // the op outlives the background free
		wantState(t, h, Abandoned, 1)
		p.wantCloses(t, 0)
		op.Leave()
		<-h.Done()
		p.wantCloses(t, 1)
		wantNoLeak(t, &table)
	})
}

// FAULTS 9: attached before the free, or refused.
func TestFault9_AttachAgainstFree(t *testing.T) {
	var table Table
	for range rounds(1000) {
		var p probe
		h := open(t, &table, &p)
		var attached atomic.Int32
		together(3, func(i int) {
			if i == 0 {
				_, _ = table.Free(h.token, NoDeadline)
			} else if got, err := table.Attach(h.token); err == nil {
				attached.Add(1)
				if got != h {
					t.Error("attached to another handle")
				}
			} else if err != ErrFreed {
				t.Errorf("error %v", err)
			}
		})
		wantAttachments(t, h, 1+int(attached.Load()))
		p.wantCloses(t, 1)
		if h.attach(); h.table.Detach(h.token) {
			t.Error("a detach from a released handle was the last")
		}
	}
	wantNoLeak(t, &table)
}

// FAULTS 9: attach against the last detach. Either the attach came first, and
// the handle lives until it detaches, or it is refused.
func TestFault9_AttachAgainstTheLastDetach(t *testing.T) {
	var table Table
	for range rounds(1000) {
		var p probe
		h := open(t, &table, &p)
		var attached, last atomic.Int32
		together(2, func(i int) {
			if i == 0 {
				if table.Detach(h.token) {
					last.Add(1)
				}
			} else if _, err := table.Attach(h.token); err == nil {
				attached.Add(1)
			}
		})
		if attached.Load() == last.Load() {
			t.Fatalf("attached %d, last %d", attached.Load(), last.Load())
		}
		if attached.Load() == 1 {
			wantState(t, h, Open, 0)
			table.Detach(h.token)
		}
		wait(t, h.Done())
		wantAttachments(t, h, 0)
		p.wantCloses(t, 1)
	}
	wantNoLeak(t, &table)
}

// Of many who detach at once exactly one is the last.
func TestOneOfManyDetachesIsTheLast(t *testing.T) {
	var table Table
	for range rounds(200) {
		h := open(t, &table, nil)
		for range 7 {
			attach(t, h)
		}
		var last atomic.Int32
		together(8, func(int) {
			if table.Detach(h.token) {
				last.Add(1)
			}
		})
		wantCount(t, &last, 1)
		wait(t, h.Done())
	}
	wantNoLeak(t, &table)
}

// None is lost of those who attach, or detach, at once.
func TestAttachesOfManyThreadsAllCount(t *testing.T) {
	h := &Handle{}
	h.attachments.Store(1)
	wantNoneLost(t, h.attachments.Load, func() int64 { h.attach(); return 1 })
}

func TestDetachesOfManyThreadsAllCount(t *testing.T) {
	h := &Handle{}
	h.attachments.Store(1 << 40)
	wantNoneLost(t, h.attachments.Load, func() int64 { h.detach(nil); return -1 })
}

// FAULTS 39: a detach too many does nothing.
func TestDetachTooManyDoesNothing(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	op := enter(t, h)
	table.Detach(h.token)
	for range 3 {
		if table.Detach(h.token) {
			t.Error("a second last")
		}
	}
	wantAttachments(t, h, 0)
	op.Leave()
	wait(t, h.Done())
	if table.Detach(h.token) {
		t.Error("the last of a released handle")
	}
	wantNoLeak(t, &table)
}
