package guard

// Stats are counts of one table at about one moment.
type Stats struct {
	Live      uint64 `json:"live"`      // handles opened and not yet released
	Freeing   uint64 `json:"freeing"`   // live handles whose freeing began
	Abandoned uint64 `json:"abandoned"` // freeing handles whose deadline passed
	Opened    uint64 `json:"opened"`    // handles ever opened
	Released  uint64 `json:"released"`  // handles ever released
	Slots     uint64 `json:"slots"`     // slots ever used, the retired ones included
	Retired   uint64 `json:"retired"`   // slots whose generations ran out
	Mapped    uint64 `json:"mapped"`    // bytes mapped for slots and their stripes

	// The frees that are over, by their outcomes. One that was won counts for
	// its handle and for each descendant that it freed.
	Drained        uint64 `json:"drained"`
	TimedOut       uint64 `json:"timedOut"`
	AlreadyFreeing uint64 `json:"alreadyFreeing"` // calls that came too late
	Failed         uint64 `json:"failed"`         // releases whose Close failed or panicked
}

// Stats counts. What it takes does not depend on how many handles there are.
func (t *Table) Stats() Stats {
	t.mu.Lock()
	slots, retired := t.next, t.retired
	t.mu.Unlock()
	released := t.released.Load() // before opened, so that Live is not negative
	opened := t.opened.Load()
	return Stats{
		Live:      opened - released,
		Freeing:   uint64(max(0, t.freeing.Load())),
		Abandoned: uint64(max(0, t.abandoned.Load())),
		Opened:    opened,
		Released:  released,
		Slots:     uint64(slots),
		Retired:   uint64(retired),
		Mapped:    t.space.mapped.Load(),

		Drained:        t.outcomes[Drained].Load(),
		TimedOut:       t.outcomes[TimedOut].Load(),
		AlreadyFreeing: t.outcomes[AlreadyFreeing].Load(),
		Failed:         t.failed.Load(),
	}
}

// Ops counts the ops in flight on all handles, of C code too, and the holds of
// children; a refused enter may count for a moment. It looks at every slot once
// used.
func (t *Table) Ops() (n uint64) {
	t.mu.Lock()
	slots := t.next
	t.mu.Unlock()
	for i := range uint64(slots) {
		s, _ := t.space.at(i)
		n += s.word.inFlight()
	}
	return n
}

// Handles returns the handles that are not yet released, in the order of their
// slots.
func (t *Table) Handles() []*Handle {
	t.mu.Lock()
	slots := t.next
	t.mu.Unlock()
	var list []*Handle
	for i := range uint64(slots) {
		if _, e := t.space.at(i); e != nil {
			if h := e.handle.Load(); h != nil {
				list = append(list, h)
			}
		}
	}
	return list
}

// A State is where a handle is in its life.
type State uint8

// The states, in their order. A handle that timed out goes from Freeing to
// Abandoned, any other to Closing.
const (
	Open      State = iota // ops enter
	Freeing                // ops are refused, those in flight are waited for
	Abandoned              // the deadline passed; the last op releases
	Closing                // Close is running
	Released               // gone
)

// String returns the state's name in lower case.
func (s State) String() string {
	return [...]string{"open", "freeing", "abandoned", "closing", "released"}[s]
}

// State returns the state and the number of ops in flight, children's holds
// included.
func (h *Handle) State() (State, int) {
	select {
	case <-h.done:
		return Released, 0
	default:
	}
	w := &h.slot.word
	bits := w.bits.Load()
	ops := int(bits&opsMask + w.stripes.Load().sum())
	switch { // the generation last, so that bits and ops are not those of the slot's next handle
	case uint32(w.bits.Load()>>generationShift) != h.token.generation():
		return Released, 0
	case h.closing.Load():
		return Closing, ops
	case bits&abandonedBit != 0:
		return Abandoned, ops
	case bits&freeingBit != 0:
		return Freeing, ops
	}
	return Open, ops
}
