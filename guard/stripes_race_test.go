package guard

import (
	"sync/atomic"
	"testing"
	"time"
)

// A guard that two threads use all the time gets its stripes by itself.
func TestGuardThatRunsHotGetsStripes(t *testing.T) {
	skipIfShort(t)
	manyProcessors(t)
	var g Guard
	var table Table
	h := open(t, &table, nil)
	end := time.Now().Add(patience)
	hot := func() bool { return g.word.stripes.Load() != nil && h.slot.word.stripes.Load() != nil }
	together(2, func(int) {
		for !hot() && time.Now().Before(end) {
			for range 10_000 { // without helpers, whose locks would keep the threads apart
				if op, ok := g.TryEnter(); ok {
					op.Leave()
				}
			}
			for range 10_000 {
				if op, err := table.Enter(h.token); err == nil {
					op.Leave()
				}
			}
		}
	})
	if !hot() {
		t.Fatal("no stripes after all this time")
	}
	wantWord(t, &g.word, 0)
	wantState(t, h, Open, 0)
}

// A free that begins between the add to a stripe and the look at the word:
// the op is refused, and its decrement is settled.
func TestStripedEnterThatComesLateIsRefused(t *testing.T) {
	skipIfShort(t)
	w, s := openHotWord(t)
	var late atomic.Int64
	untilMet(t, rounds(200), func() bool {
		w.bits.Or(freeingBit)
		w.bits.And(^uint64(freeingBit))
		return late.Swap(0) > 0
	}, func() {
		at, v := enterAny(w, anyGeneration)
		switch v {
		case entered:
			w.leaveStripe(at)
		case refusedLast:
			late.Add(1)
		}
	})
	if n := s.sum(); n != 0 {
		t.Errorf("%d ops are left", n)
	}
}

// Whoever has seen all stripes at zero after it set freeing finds no op inside
// any more.
func TestStripedEnterAgainstBegin(t *testing.T) {
	w, _ := openHotWord(t)
	var gone atomic.Bool
	untilMet(t, rounds(1_000_000), func() bool {
		gone.Store(false)
		w.bits.Store(anyGeneration << generationShift)
		w.begin(anyGeneration)
		drained := w.drained()
		gone.Store(drained)
		for range 50 {
			_ = gone.Load() // what is inside has time to be seen
		}
		return drained
	}, func() {
		if at, v := enterAny(w, anyGeneration); v == entered {
			if gone.Load() {
				t.Error("an op after the release")
			}
			w.leaveStripe(at)
		}
	})
}

// The last op leaves a stripe while the free begins: the winner sees that it has
// gone, or the leaver that it is to wake the winner.
func TestBeginAgainstTheLastLeaveOfAStripe(t *testing.T) {
	w, s := openHotWord(t)
	at := s.at(0)
	var turn, told atomic.Int64 // even: the winner's
	untilMet(t, rounds(50_000), func() bool {
		round := turn.Load()
		w.bits.Store(anyGeneration << generationShift)
		at.ops.Store(1)
		told.Store(0)
		turn.Add(1)
		w.begin(anyGeneration)
		saw := w.drained()
		for turn.Load() != round+2 {
		}
		if !saw && told.Load() == 0 {
			t.Error("nobody would wake the winner")
		}
		return true
	}, func() {
		if turn.Load()%2 == 1 {
			if w.leaveStripe(at) {
				told.Store(1)
			}
			turn.Add(1)
		}
	})
}

// The winner gives up while the last op leaves a stripe: one of the two
// releases.
func TestAbandonAgainstTheLastLeaveOfAStripe(t *testing.T) {
	w, s := openHotWord(t)
	at := s.at(0)
	var turn, released atomic.Int64 // even: the winner's
	untilMet(t, rounds(20_000), func() bool {
		round := turn.Load()
		if released.Load() != round/2 {
			t.Errorf("%d releases in %d rounds", released.Load(), round/2)
			return true
		}
		w.bits.Store(anyGeneration<<generationShift | freeingBit)
		at.ops.Store(1)
		turn.Add(1)
		if !w.abandon() {
			released.Add(1)
		}
		for turn.Load() != round+2 {
		}
		return true
	}, func() {
		if round := turn.Load(); round%2 == 1 {
			if w.leaveStripe(at) && w.claim() {
				released.Add(1)
			}
			turn.Add(1)
		}
	})
}
