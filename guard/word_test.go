package guard

import (
	"sync/atomic"
	"testing"
)

const anyGeneration = 7

// openWord returns a word of anyGeneration with some ops in flight.
func openWord(ops uint64) *word {
	w := &word{}
	w.bits.Store(anyGeneration<<generationShift | ops)
	return w
}

func TestWordFieldsAreDisjointAndCoverAllBits(t *testing.T) {
	fields := []uint64{opsMask, abandonedBit, freeingBit, (1<<32 - 1) << generationShift}
	var sum, union uint64
	for _, f := range fields {
		sum += f
		union |= f
	}
	if union != ^uint64(0) || sum != union {
		t.Fatalf("fields %#x overlap or leave a gap", fields)
	}
}

func TestWordEnterAddsOneAndLeaveTakesItOff(t *testing.T) {
	w := openWord(0)
	if v := w.tryEnter(anyGeneration); v != entered {
		t.Fatalf("verdict %d", v)
	}
	wantWord(t, w, anyGeneration<<generationShift|1)
	if w.leave() {
		t.Error("a leave with freeing clear asked to be settled")
	}
	wantWord(t, w, anyGeneration<<generationShift)
}

// A refused enter writes nothing: neither a wrong generation nor freeing.
func TestWordEnterIsRefusedWithoutWriting(t *testing.T) {
	for name, bits := range map[string]uint64{
		"older":   (anyGeneration - 1) << generationShift,
		"newer":   (anyGeneration + 1) << generationShift,
		"freeing": anyGeneration<<generationShift | freeingBit,
		"given":   anyGeneration<<generationShift | freeingBit | abandonedBit | 3,
	} {
		w := &word{}
		w.bits.Store(bits)
		if v := w.tryEnter(anyGeneration); v != refused {
			t.Errorf("%s: verdict %d", name, v)
		}
		wantWord(t, w, bits)
	}
}

func TestWordLeaveAsksToBeSettledOnlyAtFreeingAndZero(t *testing.T) {
	w := openWord(2)
	w.bits.Or(freeingBit)
	if w.leave() {
		t.Error("settled with an op in flight")
	}
	if !w.leave() {
		t.Error("the last one out was not settled")
	}
}

// FAULTS 39: a leave too many panics before it borrows from a neighbour.
func TestWordLeaveTooManyPanicsAndWritesNothing(t *testing.T) {
	for _, neighbours := range []uint64{0, freeingBit, freeingBit | abandonedBit} {
		w := openWord(0)
		w.bits.Or(neighbours)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			w.leave()
		}()
		wantWord(t, w, anyGeneration<<generationShift|neighbours)
	}
}

// FAULTS 2, at the level of the word.
func TestWordBeginIsWonOnce(t *testing.T) {
	for range rounds(200) {
		w := openWord(5)
		var won atomic.Int32
		together(4, func(int) {
			if w.begin(anyGeneration) {
				won.Add(1)
			}
		})
		if won.Load() != 1 {
			t.Fatalf("%d winners", won.Load())
		}
		wantWord(t, w, anyGeneration<<generationShift|freeingBit|5)
	}
}

func TestWordBeginOfAnotherGenerationLosesAndWritesNothing(t *testing.T) {
	w := openWord(1)
	for _, generation := range []uint32{0, anyGeneration - 1, anyGeneration + 1} {
		if w.begin(generation) {
			t.Errorf("generation %d won", generation)
		}
	}
	wantWord(t, w, anyGeneration<<generationShift|1)
}

// Abandoning at zero would hand the release to a last op that never comes.
func TestWordAbandonOnlyAboveZero(t *testing.T) {
	w := openWord(0)
	w.bits.Or(freeingBit)
	if w.abandon() {
		t.Error("abandoned with no op in flight")
	}
	wantWord(t, w, anyGeneration<<generationShift|freeingBit)
	w.bits.Add(1)
	if !w.abandon() {
		t.Error("not abandoned with an op in flight")
	}
	wantWord(t, w, anyGeneration<<generationShift|freeingBit|abandonedBit|1)
}

// Two decrements may both see zero: a late enter's transient comes between
// the last leave and its claim. FAULTS 3.
func TestWordReleaseIsClaimedOnceWhenTwoDecrementsSeeZero(t *testing.T) {
	var made, claims atomic.Int32
	race(t, func() {}, rounds(30_000), func() (a, b func()) {
		if claims.Load() != made.Load() {
			t.Fatalf("%d claims of %d releases", claims.Load(), made.Load())
		}
		w := openWord(1)
		w.bits.Or(freeingBit | abandonedBit)
		first := w.leave()
		w.bits.Add(1) // the transient, before the leaver claims
		if second := w.leave(); !first || !second {
			t.Fatal("a decrement did not see zero")
		}
		made.Add(1)
		claim := func() {
			if w.claim() {
				claims.Add(1)
			}
		}
		return claim, claim
	})
	wantCount(t, &claims, made.Load())
}

func TestWordClaimNeedsAbandonedAndZero(t *testing.T) {
	w := openWord(1)
	w.bits.Or(freeingBit | abandonedBit)
	if w.claim() {
		t.Error("claimed with an op in flight")
	}
	wantWord(t, w, anyGeneration<<generationShift|freeingBit|abandonedBit|1)
	w = openWord(0)
	w.bits.Or(freeingBit)
	if w.claim() {
		t.Error("claimed what nobody abandoned")
	}
}

// FAULTS 4: publishing by a store would wipe out the transient, and its
// decrement would then borrow from the neighbours.
func TestWordPublishKeepsATransient(t *testing.T) {
	w := openWord(0)
	w.bits.Or(freeingBit)
	w.bits.Add(1)
	w.publish()
	wantWord(t, w, (anyGeneration+1)<<generationShift|1)
	w.leave()
	wantWord(t, w, (anyGeneration+1)<<generationShift)
}

// FAULTS 12: at the limit the enter is refused before it adds.
func TestWordEnterAtTheOpsLimitWritesNothing(t *testing.T) {
	w := openWord(OpsLimit - 1)
	if v := w.tryEnter(anyGeneration); v != entered {
		t.Fatalf("verdict %d below the limit", v)
	}
	for range 3 {
		if v := w.tryEnter(anyGeneration); v != crowded {
			t.Fatalf("verdict %d at the limit", v)
		}
	}
	wantWord(t, w, anyGeneration<<generationShift|OpsLimit)
	if w.extend() {
		t.Error("extended at the limit")
	}
	wantWord(t, w, anyGeneration<<generationShift|OpsLimit)
}

// The distance from the limit to the next field covers every thread's
// transient: a process has fewer threads than that.
func TestWordHeadroomOfTheOpsLimit(t *testing.T) {
	if opsMask-OpsLimit < 1<<28 {
		t.Fatalf("room for %d transients only", opsMask-OpsLimit)
	}
}

// An op that is in flight may go on to hold the parent for a child, also when
// freeing has begun meanwhile.
func TestWordExtendIgnoresFreeing(t *testing.T) {
	w := openWord(1)
	w.bits.Or(freeingBit | abandonedBit)
	if !w.extend() {
		t.Fatal("refused")
	}
	wantWord(t, w, anyGeneration<<generationShift|freeingBit|abandonedBit|2)
}

// late is an enter that has looked at the word before freeing was set, and adds now.
func late(w *word) look {
	l := w.look()
	w.bits.Or(freeingBit)
	w.bits.Add(1)
	return l
}

func TestWordRefusedEnterTellsWhetherItWasTheLast(t *testing.T) {
	for inside, want := range []verdict{refusedLast, refused} {
		w := openWord(uint64(inside))
		if v := w.entersOtherwise(late(w), anyGeneration); v != want || w.ops() != int64(inside) {
			t.Errorf("with %d inside: verdict %d, want %d; %d are left", inside, v, want, w.ops())
		}
	}
}
