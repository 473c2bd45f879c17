package guard

import (
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// A Table holds resources behind guarded handles and names them by tokens. Its
// zero value is ready. It must not be copied after first use, and it is never
// given back: a token may arrive at any time.
type Table struct {
	space slotSpace

	mu      sync.Mutex // guards next, free and retired; taken after a handle's mu
	next    uint32     // slots below it have been used
	free    []uint32   // released slots, the last one is used first
	retired uint32     // slots whose generations ran out

	opened, released   atomic.Uint64
	freeing, abandoned atomic.Int64
	outcomes           [3]atomic.Uint64 // of frees that are over, by Outcome
	failed             atomic.Uint64    // releases whose Close failed

	// capacity and firstGeneration are set by tests only.
	capacity        uint32
	firstGeneration func() uint32

	_ noCopy
}

// Options describe a handle to be opened.
type Options struct {
	// Class is any comparable value that tells handles apart; see Handle.Class.
	Class any
}

// Open puts a resource behind a new handle with one attachment, the caller's.
// The resource may be nil: then the handle is a bare guard. Ownership passes
// with the call: if Open fails, the resource has been closed.
//
// Errors: ErrHandleLimit, ErrNoMemory.
func (t *Table) Open(resource io.Closer, o Options) (*Handle, error) {
	h, err := t.open(resource, o, nil)
	if err != nil {
		closeResource(resource)
		return nil, err
	}
	return h, nil
}

func (t *Table) open(resource io.Closer, o Options, parent *Handle) (*Handle, error) {
	index, err := t.takeSlot()
	if err != nil {
		return nil, err
	}
	s, e := t.space.at(uint64(index))
	h := &Handle{
		table:    t,
		slot:     s,
		token:    makeToken(index, s.word.generation()+1),
		resource: resource,
		class:    o.Class,
		opened:   time.Now(),
		parent:   parent,
		done:     make(chan struct{}),
	}
	h.attachments.Store(1)
	t.opened.Add(1)
	e.heat.cools()
	e.handle.Store(h)
	s.word.publish()
	return h, nil
}

// takeSlot returns a slot that nobody else has: freeing set, no handle.
func (t *Table) takeSlot() (uint32, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.free); n > 0 {
		index := t.free[n-1]
		t.free = t.free[:n-1]
		return index, nil
	}
	capacity := uint32(MaxHandles)
	if t.capacity != 0 {
		capacity = t.capacity
	}
	if t.next == capacity {
		return 0, ErrHandleLimit
	}
	if t.space.reserve == nil {
		t.space.reserve = reserve
	}
	if err := t.space.ensure(t.next); err != nil {
		return 0, err
	}
	index := t.next
	t.prepareSlot(index)
	t.next++
	return index, nil
}

// prepareSlot makes a slot that was never used look like a free one. No token
// of it was ever given out, and an enter with a forged one is refused without
// writing, so here a store is safe.
func (t *Table) prepareSlot(index uint32) {
	var first uint32
	if t.firstGeneration != nil {
		first = t.firstGeneration()
	} else {
		first = 1 + rand.Uint32N(maxFirstGeneration)
	}
	s, e := t.space.at(uint64(index))
	s.word.bits.Store(uint64(first-1)<<generationShift | freeingBit)
	e.first.Store(first)
}

// giveSlot returns the slot of a released handle, or retires it when its
// generations have run out.
func (t *Table) giveSlot(token Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if token.generation() == lastGeneration {
		t.retired++
		return
	}
	t.free = append(t.free, uint32(token.index()))
}

// refusal tells why a token does not name an open handle.
func (t *Table) refusal(token Token) error {
	s, e := t.space.at(token.index())
	if s == nil || token.generation() == 0 {
		return ErrInvalid
	}
	first := e.first.Load()
	if first == 0 || token.generation() < first || token.generation() > s.word.generation() {
		return ErrInvalid
	}
	return ErrFreed
}

// Lookup returns the handle that a token names, open or being freed. The
// handle's memory stays valid; its resource may be gone at any time.
//
// Errors: ErrFreed after the release, ErrInvalid.
func (t *Table) Lookup(token Token) (*Handle, error) {
	if _, e := t.space.at(token.index()); e != nil {
		if h := e.handle.Load(); h != nil && h.token == token {
			return h, nil
		}
	}
	return nil, t.refusal(token)
}

// Enter begins an op on the handle. The op must Leave. It never blocks.
//
// Errors: ErrFreed once freeing began, ErrInvalid, ErrOpsLimit.
func (t *Table) Enter(token Token) (HandleOp, error) {
	i := token.index()
	if i >= MaxHandles || token.generation() == 0 {
		return HandleOp{}, ErrInvalid
	}
	c := &t.space.chunks[i/ChunkSlots%maxChunks]
	slots := c.slots.Load()
	if slots == nil {
		return HandleOp{}, ErrInvalid
	}
	w := &slots[i%ChunkSlots].word
	e := &c.entries[i%ChunkSlots]
	l := w.look()
	if l.bits-token.idle() < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1 {
		return HandleOp{handle: e.handle.Load(), word: w}, nil
	}
	return t.entersOtherwise(token, l)
}

// entersOtherwise is the rest of Enter, which is not in the way of most.
func (t *Table) entersOtherwise(token Token, l look) (HandleOp, error) {
	var at *stripe
	s, e := t.space.at(token.index())
	v := s.word.entersOtherwise(l, token.generation())
	if v == striped {
		at, v = s.word.enterStripe(token.generation())
	}
	switch v {
	case entered:
		return HandleOp{handle: e.handle.Load(), word: &s.word, stripe: at}, nil
	case met:
		if e.heat.rises() {
			t.makeStripes(s, e)
		}
		return HandleOp{handle: e.handle.Load(), word: &s.word}, nil
	case crowded:
		return HandleOp{}, ErrOpsLimit
	case refusedLast:
		t.settle(s, e)
	}
	return HandleOp{}, t.refusal(token)
}

// RunsHot tells beforehand that many threads will use the handle at the same
// time, or that C code which enters on its own has met HotAfter others. Where
// it is not called, enters find out by themselves.
func (t *Table) RunsHot(token Token) {
	if s, e := t.space.at(token.index()); s != nil {
		t.makeStripes(s, e)
	}
}

// makeStripes gives the slot its stripes. Without memory for them it goes on
// with the word.
func (t *Table) makeStripes(s *slot, e *entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.stripes != nil {
		return
	}
	e.stripes = t.space.newStripes()
	s.word.stripes.Store(e.stripes)
}

// Settle must follow every decrement of a slot's word by C code that left
// freeing set and the count at zero. It never blocks.
func (t *Table) Settle(token Token) {
	if s, e := t.space.at(token.index()); s != nil {
		t.settle(s, e)
	}
}

// settle claims the release if the winner has given up, else it wakes the
// winner. The claim proves that the entry's handle is the one to release: it
// stays until its release has been claimed and done.
func (t *Table) settle(s *slot, e *entry) {
	if s.word.claim() {
		t.abandoned.Add(-1)
		e.handle.Load().startClose()
		return
	}
	e.parker.wake()
}

// Directory returns the address of an array of MaxHandles/ChunkSlots addresses
// for C code that enters on its own: each is 0 or that of ChunkSlots slots, and
// once set never changes. The state word is a slot's first 8 bytes.
//
// Errors: ErrNoMemory.
func (t *Table) Directory() (unsafe.Pointer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.space.reserve == nil {
		t.space.reserve = reserve
	}
	if err := t.space.ensureDirectory(); err != nil {
		return nil, err
	}
	return unsafe.Pointer(t.space.directory), nil
}
