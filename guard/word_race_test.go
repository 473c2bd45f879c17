package guard

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// The word under two threads that change it without a pause. What counts is not
// how often they tried but how often they met, which depends on the machine.

// untilMet runs functions together, again and again, until they have met n
// times, as the first one reports. On a busy machine it stops earlier.
func untilMet(t testing.TB, n int, f func() (met bool), others ...func()) {
	t.Helper()
	skipIfShort(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0))))
	end := time.Now().Add(time.Duration(rounds(2)) * time.Second)
	var stop atomic.Bool
	together(1+len(others), func(i int) {
		if i > 0 {
			for !stop.Load() {
				others[i-1]()
			}
			return
		}
		defer stop.Store(true)
		for met := 0; met < n && time.Now().Before(end); {
			if f() {
				met++
			}
		}
	})
}

// wantNoneLost has two threads add or take off one at a time, and compares what
// they did with what is left. value is what they change.
func wantNoneLost(t *testing.T, value func() int64, change func() (by int64)) {
	t.Helper()
	before := value()
	var mine, others int64
	untilMet(t, rounds(2000), func() bool {
		from := value()
		by := change()
		mine += by
		return value() != from+by
	}, func() { others += change() })
	if got, want := value(), before+mine+others; got != want {
		t.Errorf("%d, want %d", got, want)
	}
}

func TestTokenEntersOfManyThreadsAllCount(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	_, e := table.space.at(h.token.index())
	e.heat.met.Store(HotAfter + 1) // it never runs hot
	wantNoneLost(t, h.slot.word.ops, func() int64 {
		if _, err := table.Enter(h.token); err != nil {
			return 0
		}
		return 1
	})
}

func TestGuardEntersOfManyThreadsAllCount(t *testing.T) {
	var g Guard
	g.heat.met.Store(HotAfter + 1)
	wantNoneLost(t, g.word.ops, func() int64 {
		if _, ok := g.TryEnter(); !ok {
			return 0
		}
		return 1
	})
}

func TestWordLeavesOfManyThreadsAllCount(t *testing.T) {
	w := openWord(OpsLimit)
	wantNoneLost(t, w.ops, func() int64 { w.leave(); return -1 })
}

func (w *word) ops() int64 { return int64(w.bits.Load() & opsMask) }

// wantExclusive has two threads take what only one may have, and give it back.
// They meet when one takes what the other one had last.
func wantExclusive(t *testing.T, take func() bool, give func()) {
	t.Helper()
	var inside, both, last atomic.Int32
	try := func(who int32) (met bool) {
		if !take() {
			return false
		}
		if inside.Add(1) != 1 {
			both.Add(1)
		}
		met = last.Swap(who) != who
		inside.Add(-1)
		give()
		return met
	}
	untilMet(t, rounds(5000), func() bool { return try(1) }, func() { try(2) })
	if last.Load() == 0 {
		t.Error("nobody ever had it")
	}
	wantCount(t, &both, 0)
}

// FAULTS 2: two who begin at once do not both win.
func TestWordBeginIsWonByOneOfTwoWhoRace(t *testing.T) {
	w := openWord(1)
	wantExclusive(t, func() bool { return w.begin(anyGeneration) }, func() { w.bits.And(^uint64(freeingBit)) })
}

// FAULTS 3: two who claim at once do not both release.
func TestWordClaimIsWonByOneOfTwoWhoRace(t *testing.T) {
	w := openWord(0)
	w.bits.Or(freeingBit | abandonedBit)
	wantExclusive(t, w.claim, func() { w.bits.Or(abandonedBit) })
}

func TestWordClaimIsTakenOnce(t *testing.T) {
	w := openWord(0)
	w.bits.Or(freeingBit | abandonedBit)
	if !w.claim() || w.claim() {
		t.Error("claimed not at all, or twice")
	}
	wantWord(t, w, anyGeneration<<generationShift|freeingBit)
}

// Ops that come meanwhile do not keep a begin-free from winning.
func TestWordBeginIsWonAgainstEntersAndLeaves(t *testing.T) {
	w := openWord(1)
	lost := 0
	untilMet(t, rounds(5000), func() bool {
		from := w.ops()
		if !w.begin(anyGeneration) {
			lost++
		}
		met := w.ops() != from
		w.bits.And(^uint64(freeingBit))
		return met
	}, func() { w.tryEnter(anyGeneration) })
	if lost != 0 {
		t.Errorf("lost %d times, to nobody", lost)
	}
}

// FAULTS 3: the release is never handed over after the last op has left, or
// nobody would come to claim it. The op's thread sees what is set in between.
func TestWordIsNeverAbandonedAfterTheLastLeave(t *testing.T) {
	w := openWord(1)
	w.bits.Or(freeingBit)
	late := 0
	untilMet(t, rounds(5000), func() bool {
		from := w.ops()
		w.abandon()
		met := w.ops() != from
		shift(32)
		w.bits.And(^uint64(abandonedBit))
		return met
	}, func() {
		left := w.bits.Add(^uint64(0))
		shift(32)
		again := w.bits.Add(1)
		if left&abandonedBit == 0 && again&abandonedBit != 0 {
			late++
		}
	})
	if late != 0 {
		t.Errorf("handed over %d times with no op in flight", late)
	}
}
