package guard

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// FAULTS 4: the token of a released handle names a slot that another handle
// has by now. It is refused and leaves the new handle's word alone.
func TestStaleTokenNeverEntersARecycledSlot(t *testing.T) {
	var table Table
	old := open(t, &table, nil)
	wantFree(t, old, 0, Drained)
	h := open(t, &table, nil)
	if h.slot != old.slot || h.token == old.token {
		t.Fatal("the slot was not recycled under a new token")
	}
	defer enter(t, h).Leave()
	before := h.slot.word.bits.Load()
	for range 3 {
		_, err := table.Enter(old.token)
		wantErr(t, err, ErrFreed)
		_, err = table.Lookup(old.token)
		wantErr(t, err, ErrFreed)
		wantFree(t, old, 0, AlreadyFreeing)
	}
	wantWord(t, &h.slot.word, before)
	wantState(t, h, Open, 1)
}

// FAULTS 4, racing: one thread enters with the token that it read, the other
// recycles the slot under it. An enter that succeeds is on the right handle.
func TestFault4_EnterRacesTheRecyclingOfItsSlot(t *testing.T) {
	skipIfShort(t)
	var table Table
	var current atomic.Uint64
	h := open(t, &table, &probe{})
	current.Store(uint64(h.token))
	together(3, func(i int) {
		for range rounds(20_000) {
			token := Token(current.Load())
			if i > 0 {
				if op, err := table.Enter(token); err == nil {
					if op.Handle().Token() != token {
						t.Error("entered another handle")
					}
					op.Leave()
				}
				continue
			}
			if o, _ := table.Free(token, NoDeadline); o != Drained {
				t.Errorf("outcome %v", o)
			}
			next, err := table.Open(&probe{}, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			current.Store(uint64(next.token))
		}
	})
	_, _ = table.Free(Token(current.Load()), NoDeadline)
	wantNoLeak(t, &table)
	if n := table.Stats().Slots; n != 1 {
		t.Errorf("%d slots for one handle at a time", n)
	}
}

// FAULTS 13: a generation is never used twice, so its last one retires a slot.
func TestWrappedGenerationRetiresItsSlot(t *testing.T) {
	table := Table{firstGeneration: func() uint32 { return lastGeneration - 1 }}
	var tokens []Token
	for range 3 {
		h := open(t, &table, nil)
		tokens = append(tokens, h.token)
		wantFree(t, h, 0, Drained)
	}
	if tokens[0].index() != tokens[1].index() || tokens[1].generation() != lastGeneration {
		t.Errorf("tokens %#x: the slot was not used up", tokens)
	}
	if tokens[2].index() == tokens[0].index() {
		t.Errorf("tokens %#x: the slot was used beyond its generations", tokens)
	}
	for _, token := range tokens[:2] {
		_, err := table.Enter(token)
		wantErr(t, err, ErrFreed)
	}
	if s := table.Stats(); s.Retired != 1 || s.Slots != 2 || s.Live != 0 {
		t.Errorf("%+v", s)
	}
}

// Memory is bounded by the peak of live handles.
func TestManyHandlesOneAfterTheOtherTakeOneSlot(t *testing.T) {
	skipIfShort(t)
	var table Table
	const n = 100_000
	for range n {
		wantFree(t, open(t, &table, nil), 0, Drained)
	}
	s := table.Stats()
	if s.Slots != 1 || s.Opened != n || s.Mapped != ChunkSlots*SlotSize {
		t.Errorf("%+v", s)
	}
	wantNoLeak(t, &table)
}

func TestSlotsFollowThePeakOfLiveHandles(t *testing.T) {
	var table Table
	const peak = 100
	for range 5 {
		var live []*Handle
		for range peak {
			live = append(live, open(t, &table, nil))
		}
		for _, h := range live {
			wantFree(t, h, 0, Drained)
		}
	}
	if n := table.Stats().Slots; n != peak {
		t.Errorf("%d slots for a peak of %d", n, peak)
	}
}

// FAULTS 12: one handle too many is a typed error, and its resource is closed.
func TestHandleLimitIsRefusedAndTheResourceClosed(t *testing.T) {
	table := Table{capacity: 2}
	first := open(t, &table, nil)
	open(t, &table, nil)
	var late probe
	_, err := table.Open(&late, Options{})
	wantErr(t, err, ErrHandleLimit)
	late.wantCloses(t, 1)
	if s := table.Stats(); s.Live != 2 || s.Opened != 2 || s.Slots != 2 {
		t.Errorf("%+v", s)
	}
	wantFree(t, first, 0, Drained)
	open(t, &table, nil)
}

// FAULTS 4: the transient of a late enter is still in the free slot when it is
// opened again. Its decrement comes afterwards, and the count is right.
func TestOpenPublishesByAddSoThatATransientSurvives(t *testing.T) {
	var table Table
	old := open(t, &table, nil)
	wantFree(t, old, 0, Drained)
	old.slot.word.bits.Add(1)
	h := open(t, &table, nil)
	wantState(t, h, Open, 1)
	op := enter(t, h)
	if old.slot.word.leave() {
		t.Error("settled on an open handle")
	}
	wantState(t, h, Open, 1)
	op.Leave()
	wantState(t, h, Open, 0)
	wantFree(t, h, 0, Drained)
}

// A wake-up for the former handle of a slot reaches the present one's winner,
// who looks at the word and parks again.
func TestLateWakeUpReachesTheNextIncarnationHarmlessly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		old := open(t, &table, nil)
		op := enter(t, old)
		time.AfterFunc(time.Second, op.Leave)
		wantFree(t, old, NoDeadline, Drained)
		h := open(t, &table, nil)
		late := enter(t, h)
		table.Settle(old.token) // the late wake-up
		time.AfterFunc(time.Second, func() {
			table.Settle(old.token) // another, to a winner who is parked
			time.AfterFunc(time.Second, late.Leave)
		})
		began := time.Now()
		wantFree(t, h, NoDeadline, Drained)
		wantElapsed(t, began, 2*time.Second)
	})
}

// FAULTS 3: the winner gave up over nothing but a transient; its decrement
// releases, once.
func TestRefusedEntersDecrementReleasesAnAbandonedHandle(t *testing.T) {
	var table Table
	var p probe
	h := open(t, &table, &p)
	h.slot.word.bits.Add(1)
	wantFree(t, h, 0, TimedOut)
	p.wantCloses(t, 0)
	h.leave(&h.slot.word, nil)
	wait(t, h.Done())
	p.wantCloses(t, 1)
	table.Settle(h.token) // one more decrement at zero finds nothing to claim
	wantNoLeak(t, &table)
}

// FAULTS 3: two decrements see zero, and settle at the same time.
func TestReleaseIsClaimedOnceByTwoWhoSettle(t *testing.T) {
	var table Table
	for range rounds(300) {
		var p probe
		h := open(t, &table, &p)
		op := enter(t, h)
		wantFree(t, h, 0, TimedOut)
		h.slot.word.leave()
		op.handle = nil
		together(2, func(int) { table.Settle(h.token) })
		wait(t, h.Done())
		p.wantCloses(t, 1)
	}
	wantNoLeak(t, &table)
}

func TestSettleOfATokenThatNeverWasDoesNothing(t *testing.T) {
	var table Table
	table.Settle(makeToken(5, 5))
	open(t, &table, nil)
	table.Settle(0)
	table.Settle(^Token(0))
	table.Settle(makeToken(ChunkSlots-1, 1))
}

func TestHandleTellsHowItWasOpened(t *testing.T) {
	var table Table
	before := time.Now()
	h, err := table.Open(nil, Options{Class: "class"})
	wantErr(t, err, nil)
	if h.Site() != "" {
		t.Errorf("site %q, not told yet", h.Site())
	}
	h.SetSite("site")
	if h.Class() != "class" || h.Site() != "site" || h.Parent() != nil || h.Opened().Before(before) {
		t.Errorf("%v %v %v %v", h.Class(), h.Site(), h.Parent(), h.Opened())
	}
	if h.Collected() {
		t.Error("collected, though nobody told")
	}
	if h.SetCollected(); !h.Collected() {
		t.Error("not collected, though it was told")
	}
	op := enter(t, h)
	if op.Handle() != h || op.Resource() != nil {
		t.Error("the op is on something else")
	}
	op.Leave()
	if op.Handle() != nil {
		t.Error("the op has a handle after it left")
	}
	if found, err := table.Lookup(h.Token()); found != h || err != nil {
		t.Errorf("Lookup = %v, %v", found, err)
	}
}
