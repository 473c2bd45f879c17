package guard

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func addShare(t testing.TB, h *Handle, ttl time.Duration, expired func()) {
	t.Helper()
	wantErr(t, h.table.Share(h.token, ttl, expired), nil)
}

// FAULTS 46: a share keeps the handle until somebody attaches, who takes its
// attachment over.
func TestFault46_ShareIsTakenOverByTheFirstAttach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		h := open(t, &table, nil)
		addShare(t, h, 30*time.Second, func() { t.Error("expired though it was taken over") })
		wantAttachments(t, h, 2)
		if table.Detach(h.token) {
			t.Fatal("the sender's wrapper was the last")
		}
		time.Sleep(29 * time.Second)
		attach(t, h)
		wantAttachments(t, h, 1)
		time.Sleep(time.Minute)
		wantState(t, h, Open, 0)
		attach(t, h) // the second one adds
		wantAttachments(t, h, 2)
		wantFree(t, h, 0, Drained)
	})
}

// FAULTS 46: nobody attaches. The share goes after its ttl, tells so, and if
// it was the last attachment the handle is freed.
func TestFault46_ShareExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var p probe
		h := open(t, &table, &p)
		var expired atomic.Int32
		addShare(t, h, 30*time.Second, func() { expired.Add(1) })
		table.Detach(h.token)
		began := time.Now()
		<-h.Done()
		wantElapsed(t, began, 30*time.Second)
		synctest.Wait()
		wantCount(t, &expired, 1)
		p.wantCloses(t, 1)
		_, err := table.Attach(h.token)
		wantErr(t, err, ErrFreed)
		wantNoLeak(t, &table)
	})
}

// An expiry while others are attached gives the attachment back, no more.
func TestShareExpiresWithOthersAttached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		h := open(t, &table, nil)
		addShare(t, h, time.Second, nil)
		time.Sleep(2 * time.Second)
		wantAttachments(t, h, 1)
		wantState(t, h, Open, 0)
		wantFree(t, h, 0, Drained)
	})
}

// Each share is one attachment with a ttl of its own; the oldest goes first.
func TestSharesAreTakenOverInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var j journal
		h := open(t, &table, nil)
		addShare(t, h, 3*time.Second, func() { j.add("first") })
		addShare(t, h, 1*time.Second, func() { j.add("second") })
		addShare(t, h, 2*time.Second, func() { j.add("third") })
		wantAttachments(t, h, 4)
		attach(t, h)
		wantAttachments(t, h, 4)
		time.Sleep(time.Minute)
		wantJournal(t, &j, "second", "third")
		wantAttachments(t, h, 2)
		attach(t, h) // no share is left to take over
		wantAttachments(t, h, 3)
		wantFree(t, h, 0, Drained)
	})
}

// A share that expires leaves those before and after it alone: one that was taken
// over since does not expire in the place of another.
func TestExpiryOfAShareTakesNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		h := open(t, &table, nil)
		addShare(t, h, 3*time.Second, nil)
		addShare(t, h, 1*time.Second, nil)
		time.Sleep(2 * time.Second)
		wantAttachments(t, h, 2) // the second has expired
		attach(t, h)             // takes the first over
		addShare(t, h, time.Minute, nil)
		time.Sleep(2 * time.Second)
		wantAttachments(t, h, 3)
		wantFree(t, h, 0, Drained)
	})
}

// A ttl of zero or less expires at once, and does not wedge.
func TestShareWithoutTimeExpiresAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		h := open(t, &table, nil)
		for _, ttl := range []time.Duration{0, -time.Second} {
			expired := make(chan struct{})
			began := time.Now()
			addShare(t, h, ttl, func() { close(expired) })
			<-expired
			wantElapsed(t, began, 0)
			wantAttachments(t, h, 1)
		}
		wantFree(t, h, 0, Drained)
	})
}

// A free does not wait for pending shares, and none of them expires later.
func TestFreeForgetsPendingShares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		h := open(t, &table, nil)
		for range 3 {
			addShare(t, h, time.Minute, func() { t.Error("expired on a freed handle") })
		}
		began := time.Now()
		wantFree(t, h, time.Hour, Drained)
		wantElapsed(t, began, 0)
		time.Sleep(time.Hour)
		if n := len(h.shares); n != 0 {
			t.Errorf("%d shares are left", n)
		}
	})
}

// A share that was taken over leaves no timer; had that fired already, its
// expiry would give back what is another's.
func TestExpiryOfAShareThatWasTakenOverDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		h := open(t, &table, nil)
		addShare(t, h, time.Hour, func() { t.Error("expired though it was taken over") })
		s := h.shares[0]
		attach(t, h)
		if s.timer.Reset(0) {
			t.Error("the timer was left")
		}
		synctest.Wait()
		wantAttachments(t, h, 2)
		wantFree(t, h, 0, Drained)
	})
}

// Neither does one of a handle that was freed.
func TestFreeLeavesNoTimersOfItsShares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		h := open(t, &table, nil)
		addShare(t, h, time.Hour, nil)
		s := h.shares[0]
		wantFree(t, h, 0, Drained)
		if s.timer.Stop() {
			t.Error("the timer was left")
		}
	})
}

// An attach that takes a share over and an expiry both wait for the lock.
func TestSharesAreTouchedUnderTheLock(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	addShare(t, h, time.Hour, nil)
	addShare(t, h, time.Hour, nil)
	second := h.shares[1]
	for what, f := range map[string]func(){
		"taken over without the lock": func() { h.takeShare() },
		"expired without the lock":    func() { h.dropShare(second) },
	} {
		h.mu.Lock()
		touched := started(f)
		wantStopped(t, touched, what)
		h.mu.Unlock()
		wait(t, touched)
	}
	wantFree(t, h, 0, Drained)
}

func TestShareOfAHandleWithoutAttachmentsIsRefused(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	op := enter(t, h)
	table.Detach(h.token)
	wantErr(t, table.Share(h.token, time.Hour, nil), ErrFreed)
	op.Leave()
	wait(t, h.Done())
}

// A share that comes while a free collects them is refused: it would be left
// to expire, with a warning, on a handle that was freed in good order.
func TestShareWhileAFreeForgetsThemIsRefused(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	h.mu.Lock()
	told := make(chan error, 1)
	go func() { told <- table.Share(h.token, time.Hour, nil) }()
	time.Sleep(20 * time.Millisecond) // it is at the lock by now
	h.slot.word.begin(h.token.generation())
	h.walked = true
	h.dropShares()
	h.mu.Unlock()
	wantErr(t, <-told, ErrFreed)
	if n := len(h.shares); n != 0 {
		t.Errorf("%d shares are left", n)
	}
}

// Racing: share against free, and against the attach that takes it over.
func TestRaceOfShareAttachAndFree(t *testing.T) {
	var table Table
	for range rounds(500) {
		var p probe
		h := open(t, &table, &p)
		together(4, func(i int) {
			switch i {
			case 0:
				_, _ = table.Free(h.token, NoDeadline)
			case 1:
				_, _ = table.Attach(h.token)
			default:
				_ = table.Share(h.token, time.Duration(i-2)*time.Hour, nil)
			}
		})
		p.wantCloses(t, 1)
		h.mu.Lock()
		if n := len(h.shares); n != 0 {
			t.Errorf("%d shares are left", n)
		}
		h.mu.Unlock()
	}
	wantNoLeak(t, &table)
}

// Racing: an expiry against the attach, which comes in time or is refused. It
// may also come between the share's end and the giving back of its attachment:
// then both happen.
func TestRaceOfExpiryAndAttach(t *testing.T) {
	skipIfShort(t)
	var table Table
	for range rounds(500) {
		h := open(t, &table, nil)
		told := make(chan struct{})
		addShare(t, h, 20*time.Microsecond, func() { close(told) })
		table.Detach(h.token)
		time.Sleep(20 * time.Microsecond)
		if _, err := table.Attach(h.token); err == nil {
			wantState(t, h, Open, 0)
			table.Detach(h.token)
		} else {
			wait(t, told)
		}
		wait(t, h.Done())
		wantAttachments(t, h, 0)
	}
	wantNoLeak(t, &table)
}
