package guard

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"unsafe"
)

func TestSlotIsOneCacheLineThatBeginsWithTheWord(t *testing.T) {
	if n := unsafe.Sizeof(slot{}); n != SlotSize || SlotSize != 64 {
		t.Errorf("a slot has %d bytes", n)
	}
	if o := unsafe.Offsetof(slot{}.word); o != 0 {
		t.Errorf("the word is at %d", o)
	}
	var table Table
	for range 3 {
		h := open(t, &table, nil)
		if uintptr(unsafe.Pointer(h.slot))%SlotSize != 0 {
			t.Error("a slot is not aligned to a cache line")
		}
	}
}

// directory returns what C code sees.
func directory(t *testing.T, table *Table) *[maxChunks]atomic.Uintptr {
	t.Helper()
	p, err := table.Directory()
	wantErr(t, err, nil)
	return (*[maxChunks]atomic.Uintptr)(p)
}

// C code finds a slot by index alone, so the directory must hold the address
// of every chunk, and never change.
func TestDirectoryMatchesTheSlotsAddresses(t *testing.T) {
	var table Table
	d := directory(t, &table)
	for i := range d {
		if d[i].Load() != 0 {
			t.Fatal("an entry of an empty table is set")
		}
	}
	for range 2*ChunkSlots + 1 {
		h := open(t, &table, nil)
		index := h.token.index()
		address := d[index/ChunkSlots].Load() + uintptr(index%ChunkSlots)*SlotSize
		if address != uintptr(unsafe.Pointer(h.slot)) {
			t.Fatalf("slot %d: the directory says %#x, it is at %p", index, address, h.slot)
		}
	}
	if directory(t, &table) != d {
		t.Error("the directory moved")
	}
	if d[3].Load() != 0 {
		t.Error("a chunk that is not there has an address")
	}
}

// What is mapped is as long as what is used of it.
func TestWholeChunksAreReserved(t *testing.T) {
	var table Table
	var asked []int
	table.space.reserve = func(bytes int) (unsafe.Pointer, error) {
		asked = append(asked, bytes)
		return reserve(bytes)
	}
	open(t, &table, nil)
	want := []int{int(unsafe.Sizeof(*table.space.directory)), int(unsafe.Sizeof([ChunkSlots]slot{}))}
	if !slices.Equal(asked, want) {
		t.Errorf("reserved %d bytes, want %d", asked, want)
	}
}

func TestChunksBeyondTheFirst(t *testing.T) {
	var table Table
	var live []*Handle
	for range 3*ChunkSlots - 1 {
		live = append(live, open(t, &table, nil))
	}
	if s := table.Stats(); s.Mapped != 3*ChunkSlots*SlotSize || s.Slots != 3*ChunkSlots-1 {
		t.Errorf("%+v", s)
	}
	for i, h := range live {
		if h.token.index() != uint64(i) {
			t.Fatalf("handle %d has slot %d", i, h.token.index())
		}
		enter(t, h).Leave()
		wantFree(t, h, 0, Drained)
	}
	wantNoLeak(t, &table)
	if n := table.Stats().Mapped; n != 3*ChunkSlots*SlotSize {
		t.Errorf("%d bytes mapped after all was freed", n)
	}
}

// failingSpace makes the nth reservation fail, once.
func failingSpace(table *Table, nth int) {
	calls := 0
	table.space.reserve = func(bytes int) (unsafe.Pointer, error) {
		calls++
		if calls == nth {
			return nil, errors.New("no memory")
		}
		return reserve(bytes)
	}
}

// FAULTS 37: reservations 1 to 3 are the directory, a chunk and the next one.
func TestFault37_NoMemoryAtEachAllocation(t *testing.T) {
	for nth := 1; nth <= 3; nth++ {
		table := &Table{}
		failingSpace(table, nth)
		var live []*Handle
		if nth == 3 {
			for range ChunkSlots {
				live = append(live, open(t, table, nil))
			}
		}
		before := table.Stats()
		var p probe
		_, err := table.Open(&p, Options{})
		wantErr(t, err, ErrNoMemory)
		p.wantCloses(t, 1)
		wantUnpublished(t, table, before)
		h := open(t, table, nil) // works again
		enter(t, h).Leave()
		if h.token.index() != uint64(len(live)) {
			t.Errorf("%d: a slot was lost: index %d", nth, h.token.index())
		}
		for _, h := range append(live, h) {
			wantFree(t, h, 0, Drained)
		}
		wantNoLeak(t, table)
	}
}

func wantUnpublished(t *testing.T, table *Table, before Stats) {
	t.Helper()
	if after := table.Stats(); after != before {
		t.Errorf("half-published: %+v, before %+v", after, before)
	}
	number := before.Slots / ChunkSlots
	if table.space.chunks[number].slots.Load() != nil {
		t.Error("a chunk is there")
	}
	if d := table.space.directory; d != nil && d[number].Load() != 0 {
		t.Error("the directory has an address")
	}
}

// FAULTS 37: no memory for the directory that C code asks for.
func TestFault37_NoMemoryForTheDirectory(t *testing.T) {
	var table Table
	failingSpace(&table, 1)
	_, err := table.Directory()
	wantErr(t, err, ErrNoMemory)
	h := open(t, &table, nil)
	if directory(t, &table)[0].Load() != uintptr(unsafe.Pointer(h.slot)) {
		t.Error("the directory does not have the first chunk")
	}
}

// FAULTS 37: no memory for a child; the parent is as it was.
func TestFault37_NoMemoryForAChild(t *testing.T) {
	var table Table
	failingSpace(&table, 3)
	parent := open(t, &table, nil)
	for range ChunkSlots - 1 {
		open(t, &table, nil)
	}
	op := enter(t, parent)
	var p probe
	_, err := op.OpenChild(&p, Options{})
	wantErr(t, err, ErrNoMemory)
	p.wantCloses(t, 1)
	wantState(t, parent, Open, 1)
	op.Leave()
	if n := parent.Attachments(); n != 1 || len(parent.Children()) != 0 {
		t.Errorf("%d attachments, %d children", n, len(parent.Children()))
	}
	wantFree(t, parent, 0, Drained)
}

// Slot memory reads as before after the release: nothing is ever unmapped.
func TestSlotMemoryOutlivesItsHandles(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	address := directory(t, &table)[0].Load()
	wantFree(t, h, 0, Drained)
	wantWord(t, &h.slot.word, uint64(h.token.generation())<<generationShift|freeingBit)
	if directory(t, &table)[0].Load() != address {
		t.Error("the chunk moved")
	}
}
