package guard

import (
	"math/bits"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// Where many threads enter one guard at a time, its word travels between their
// caches, and each enter waits for it. So a guard that runs hot gets stripes:
// counts beside the word, in memory that no two threads write to. An op is
// counted in one place, from its enter to its leave, and so is what it extends
// itself by. Hence, once freeing is set, a place that was seen at zero has
// nobody inside for good, but for transients; so to look at the places one
// after the other is enough.
//
// Counting per thread with one flag is what brlocks and sleepable RCU do
// (McKenney, Is Parallel Programming Hard, chapter 5: statistical counters).
// proof/model/stripes.pml is the protocol with them.

const (
	// StripeSize is the distance from one stripe to the next, in bytes:
	// processors fetch cache lines by pairs.
	StripeSize = 128

	// StripesOffset is where in a slot the address of its stripes is, 0 while it
	// has none.
	StripesOffset = unsafe.Offsetof(slot{}.word) + unsafe.Offsetof(word{}.stripes)

	// HotAfter is the number of enters that met another access of the word
	// after which a guard gets its stripes: so many that it is no accident, so
	// few that they come about in a millisecond.
	HotAfter = 1024

	// maxStripes bounds the processors that have a stripe of their own.
	maxStripes = 64
)

// A heat counts the enters that met another one.
type heat struct{ met atomic.Uint32 }

// rises counts one, and reports whether the guard has run hot with it.
func (h *heat) rises() bool { return h.met.Add(1) == HotAfter }

// cools begins anew, for the next handle of a slot.
func (h *heat) cools() { h.met.Store(0) }

// A stripe is a count of ops.
type stripe struct {
	ops atomic.Uint64
	_   [StripeSize - unsafe.Sizeof(atomic.Uint64{})]byte
}

// stripes is the head of 1 + 2n lines: n stripes for Go, one for each processor
// of its scheduler, and n for the envs of C code. They belong to the word for
// good, as their slot belongs to the table.
type stripes struct {
	n uint64
	_ [StripeSize - 8]byte
}

var (
	_ [StripeSize]byte = [unsafe.Sizeof(stripe{})]byte{}
	_ [StripeSize]byte = [unsafe.Sizeof(stripes{})]byte{}
)

// stripesFor returns how many stripes there are for each of Go and C; 0 where
// one processor does all the work.
func stripesFor(processors int) int {
	if processors < 2 {
		return 0
	}
	return min(maxStripes, 1<<bits.Len(uint(processors-1)))
}

// bytesOfStripes is what 1 + 2n lines take.
func bytesOfStripes(n int) int { return (1 + 2*n) * StripeSize }

// newStripes makes them in Go's memory, for a Guard.
func newStripes() *stripes {
	n := stripesFor(runtime.GOMAXPROCS(0))
	if n == 0 {
		return nil
	}
	lines := make([]stripe, 1+2*n)
	s := (*stripes)(unsafe.Pointer(&lines[0]))
	s.n = uint64(n)
	return s
}

func (s *stripes) at(i uint64) *stripe {
	return (*stripe)(unsafe.Add(unsafe.Pointer(s), (1+i)*StripeSize))
}

// own returns the stripe of the processor that this goroutine runs on. It may
// have moved on when the count is written: that costs time only.
func (s *stripes) own() *stripe {
	i := uint64(procPin())
	procUnpin()
	return s.of(i)
}

// of returns the stripe of a processor; beyond n they share.
func (s *stripes) of(processor uint64) *stripe { return s.at(processor & (s.n - 1)) }

// sum returns how many ops are counted; a nil s counts none.
func (s *stripes) sum() uint64 {
	if s == nil {
		return 0
	}
	var n uint64
	for i := range 2 * s.n {
		n += s.at(i).ops.Load()
	}
	return n
}

// drained reports whether each was seen at zero.
func (s *stripes) drained() bool {
	if s == nil {
		return true
	}
	for i := range 2 * s.n {
		if s.at(i).ops.Load() != 0 {
			return false
		}
	}
	return true
}

// extend adds one op for a caller who is counted here already.
func (s *stripe) extend() bool {
	if s.ops.Load() >= OpsLimit {
		return false
	}
	s.ops.Add(1)
	return true
}

// enterStripe goes on for a tryEnter that has found stripes. It adds to the own
// one first and looks at the word afterwards.
func (w *word) enterStripe(generation uint32) (*stripe, verdict) {
	s := w.stripes.Load().own()
	if !s.extend() {
		return nil, crowded
	}
	if isOpen(w.bits.Load(), generation) {
		return s, entered
	}
	if w.leaveStripe(s) {
		return nil, refusedLast
	}
	return nil, refused
}

// leaveStripe is leave for an op that a stripe counts. It takes one off first
// and looks at the word afterwards.
func (w *word) leaveStripe(s *stripe) bool {
	if s.ops.Load() == 0 {
		panic("guard: leave without an enter (was an Op copied?)")
	}
	return s.ops.Add(^uint64(0)) == 0 && w.bits.Load()&freeingBit != 0
}

// inFlight returns the number of ops in flight at about one moment.
func (w *word) inFlight() uint64 { return w.bits.Load()&opsMask + w.stripes.Load().sum() }

// retake follows abandon where there are stripes: whoever left one of them
// before the bit was there has seen nothing to claim. The release of a later
// generation is not the caller's.
func (w *word) retake(generation uint64) bool {
	if w.stripes.Load() == nil {
		return false
	}
	for {
		bits := w.bits.Load()
		if bits>>generationShift != generation || bits&abandonedBit == 0 || !w.hasDrained(bits) {
			return false
		}
		if w.bits.CompareAndSwap(bits, bits&^abandonedBit) {
			return true
		}
	}
}

// The number of the processor of Go's scheduler: what sync.Pool has its
// own by. The runtime promises to keep the two for those who link to them
// (golang.org/issue/67401).

//go:linkname procPin runtime.procPin
func procPin() int

//go:linkname procUnpin runtime.procUnpin
func procUnpin()
