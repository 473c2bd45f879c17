package guard

import "sync/atomic"

// A word is the whole state of one guard:
//
//	[63:32] generation  [31] freeing  [30] abandoned  [29:0] ops in flight
//
// An enter must be paired with a leave; one that is not given back keeps the
// object for ever, a leave too many would borrow from the neighbouring bits.
// begin is won once per generation; its winner must call drained or abandon
// until one of them says how it ended.
//
// An enter adds first and looks afterwards, so the count may hold a transient
// +1 of an enter that will be refused. Hence every decrement that leaves
// freeing set and the count at zero must be settled, a refused enter's too:
// see settlement.
//
// Where it runs hot it has stripes as well, and the ops in flight are those in
// the word and in them: see stripes.go. An op that enter has counted there must
// leave by leaveStripe.
type word struct {
	bits    atomic.Uint64
	stripes atomic.Pointer[stripes] // nil until then
}

const (
	opsMask         = 1<<30 - 1
	abandonedBit    = 1 << 30
	freeingBit      = 1 << 31
	generationShift = 32

	// publishStep turns a free slot (freeing set) into an open one of the next
	// generation. It is added, never stored, so that the transient of a late
	// enter survives it.
	publishStep = 1<<generationShift - freeingBit
)

// OpsLimit is the number of ops that may be in flight on one guard at a time; on
// one with stripes, in each of them. It is checked before the add; the distance to the 30 bits of the count is
// room for one transient of each thread.
const OpsLimit = 1 << 29

// A verdict says how an enter ended.
type verdict uint8

const (
	entered     verdict = iota
	met                 // entered, and another access of the word came between
	refused             // freeing began, or another generation
	refusedLast         // the same, and the decrement must be settled
	crowded             // OpsLimit ops are in flight
	striped             // nothing was done: see enterStripe
)

// isOpen reports whether bits show the generation, and freeing not begun.
func isOpen(bits uint64, generation uint32) bool {
	return bits>>31 == uint64(generation)<<1
}

// A look is what an enter has seen of the word. Where it allows to add, and
// nobody comes between the look and the add, these two are all of an enter.
// They are written out where they are needed, in Guard.TryEnter and in
// Table.Enter: as a function they cost an eighth more.
//
//	l.bits-idle < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1
//
// idle is the word of an open handle without ops. The first condition says that
// the generation is right, freeing not set and the count below its limit, since
// freeing and abandoned are above that. Where one of the three is false,
// entersOtherwise goes on.
type look struct {
	bits    uint64
	stripes *stripes
}

func (w *word) look() look { return look{w.bits.Load(), w.stripes.Load()} }

// entersOtherwise is the rest of an enter: see look.
func (w *word) entersOtherwise(l look, generation uint32) verdict {
	switch {
	case !isOpen(l.bits, generation):
		return refused
	case l.stripes != nil:
		return striped
	case l.bits&opsMask >= OpsLimit:
		return crowded
	case isOpen(w.bits.Load(), generation): // the look after the add
		return met
	case w.leave():
		return refusedLast
	}
	return refused
}

// extend adds one op for a caller who is inside an op already. It is never
// refused because of freeing: the op that is in flight goes on.
func (w *word) extend() bool {
	if w.bits.Load()&opsMask >= OpsLimit {
		return false
	}
	w.bits.Add(1)
	return true
}

// leave takes one op off and reports whether the decrement must be settled.
// A caller who holds an op always finds the count above zero.
func (w *word) leave() bool {
	if w.bits.Load()&opsMask == 0 {
		panic("guard: leave without an enter (was an Op copied?)")
	}
	bits := w.bits.Add(^uint64(0))
	return bits&(freeingBit|opsMask) == freeingBit
}

// begin sets freeing and reports whether this call was the one that did.
func (w *word) begin(generation uint32) bool {
	for {
		bits := w.bits.Load()
		if !isOpen(bits, generation) {
			return false
		}
		if w.bits.CompareAndSwap(bits, bits|freeingBit) {
			return true
		}
	}
}

func (w *word) drained() bool { return w.hasDrained(w.bits.Load()) }

// hasDrained is drained where the word was bits.
func (w *word) hasDrained(bits uint64) bool { return bits&opsMask == 0 && w.stripes.Load().drained() }

// abandon hands the release over to the last op to leave. It reports false
// when there is none any more: then the caller has drained after all.
func (w *word) abandon() bool {
	for {
		bits := w.bits.Load()
		if w.hasDrained(bits) {
			return false
		}
		if w.bits.CompareAndSwap(bits, bits|abandonedBit) {
			return !w.retake(bits >> generationShift)
		}
	}
}

// claim takes the release that abandon handed over. Two decrements may both
// find the count at zero; one of them claims.
func (w *word) claim() bool {
	for {
		bits := w.bits.Load()
		if bits&abandonedBit == 0 || !w.hasDrained(bits) {
			return false
		}
		if w.bits.CompareAndSwap(bits, bits&^abandonedBit) {
			return true
		}
	}
}

// publish opens a free slot under its next generation.
func (w *word) publish() { w.bits.Add(publishStep) }

func (w *word) generation() uint32 { return uint32(w.bits.Load() >> generationShift) }
