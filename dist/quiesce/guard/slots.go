package guard

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// A slot is one cache line that holds a state word. Slots live outside the Go
// heap and are never unmapped: an enter with a stale token reads valid memory.
// C code may enter and leave on the same words.
type slot struct {
	word word
	_    [SlotSize - unsafe.Sizeof(word{})]byte
}

const (
	// SlotSize is the distance from one slot to the next, in bytes.
	SlotSize = 64
	// ChunkSlots is the number of slots that are mapped at a time.
	ChunkSlots = 1024
	maxChunks  = MaxHandles / ChunkSlots

	// stripesRegion is what is mapped at a time for stripes, in bytes.
	stripesRegion = 64 << 10
)

var (
	_ [SlotSize]byte = [unsafe.Sizeof(slot{})]byte{}
	_ [16]byte       = [unsafe.Sizeof(word{})]byte{}
)

// An entry is what a slot has on the Go side. Its owner is the handle that
// occupies the slot: open writes it before the word is published, release
// clears it before the slot goes back.
type entry struct {
	handle atomic.Pointer[Handle]
	parker parker
	first  atomic.Uint32 // the slot's first generation; 0 = never used
	heat   heat
	// stripes are the word's, under the table's lock: no collector sees them
	// in a slot.
	stripes *stripes
}

// A chunk is what is mapped at a time. Its slots are set last.
type chunk struct {
	slots   atomic.Pointer[[ChunkSlots]slot]
	entries *[ChunkSlots]entry
}

// slotSpace maps the slots, chunk by chunk. Chunks are added under the table's
// lock and read by anyone.
type slotSpace struct {
	chunks [maxChunks]chunk
	// directory mirrors chunks for C: an array of maxChunks addresses, each 0
	// or the first slot of a chunk.
	directory *[maxChunks]atomic.Uintptr
	mapped    atomic.Uint64
	region    []byte // what is left for stripes, under the table's lock
	reserve   func(bytes int) (unsafe.Pointer, error)
}

// at returns the slot and entry of an index, or nil if it was never mapped.
func (s *slotSpace) at(index uint64) (*slot, *entry) {
	if index >= MaxHandles {
		return nil, nil
	}
	c := &s.chunks[index/ChunkSlots]
	slots := c.slots.Load()
	if slots == nil {
		return nil, nil
	}
	return &slots[index%ChunkSlots], &c.entries[index%ChunkSlots]
}

// ensure maps the chunk that holds index.
func (s *slotSpace) ensure(index uint32) error {
	number := index / ChunkSlots
	c := &s.chunks[number]
	if c.slots.Load() != nil {
		return nil
	}
	if err := s.ensureDirectory(); err != nil {
		return err
	}
	p, err := s.reserve(ChunkSlots * SlotSize)
	if err != nil {
		return ErrNoMemory
	}
	s.mapped.Add(ChunkSlots * SlotSize)
	c.entries = new([ChunkSlots]entry)
	c.slots.Store((*[ChunkSlots]slot)(p))
	s.directory[number].Store(uintptr(p))
	return nil
}

// newStripes maps stripes, nil if one processor does all the work or there is
// no memory.
func (s *slotSpace) newStripes() *stripes {
	n := stripesFor(runtime.GOMAXPROCS(0))
	if n == 0 {
		return nil
	}
	size := bytesOfStripes(n)
	if len(s.region) < size {
		p, err := s.reserve(stripesRegion)
		if err != nil {
			return nil
		}
		s.region = unsafe.Slice((*byte)(p), stripesRegion)
		s.mapped.Add(stripesRegion)
	}
	made := (*stripes)(unsafe.Pointer(&s.region[0]))
	s.region = s.region[size:]
	made.n = uint64(n)
	return made
}

func (s *slotSpace) ensureDirectory() error {
	if s.directory != nil {
		return nil
	}
	p, err := s.reserve(int(unsafe.Sizeof(*s.directory)))
	if err != nil {
		return ErrNoMemory
	}
	s.directory = (*[maxChunks]atomic.Uintptr)(p)
	return nil
}
