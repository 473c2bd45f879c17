// The protections of tokens, slots and counts, each dropped. `by` is the test that must fail.

export const slots = [
  {
    file: 'token.go',
    what: 'the index of a token is cut off, not refused',
    take: 'func (t Token) index() uint64      { return uint64(t) >> generationShift }',
    put: 'func (t Token) index() uint64      { return uint64(t) >> generationShift % MaxHandles }',
    by: 'TestFault13_TokensThatNeverWereAreInvalid',
  },
  {
    file: 'slots.go',
    what: 'a token of an index beyond the last slot is looked up',
    take: `	if index >= MaxHandles {
		return nil, nil
	}
`,
    put: '',
    by: 'TestFault13_TokensThatNeverWereAreInvalid',
  },
  {
    file: 'slots.go',
    what: 'a token of a chunk that is not mapped is looked up',
    take: `	if slots == nil {
		return nil, nil
	}
`,
    put: '',
    by: 'TestFault13_TokensThatNeverWereAreInvalid',
  },
  {
    file: 'slots.go',
    what: 'a chunk is mapped again',
    take: `	if c.slots.Load() != nil {
		return nil
	}
`,
    put: '',
    by: 'TestChunksBeyondTheFirst',
  },
  {
    file: 'slots.go',
    what: 'no memory for a chunk is not looked at',
    take: `	p, err := s.reserve(ChunkSlots * SlotSize)
	if err != nil {
		return ErrNoMemory
	}`,
    put: '	p, _ := s.reserve(ChunkSlots * SlotSize)',
    by: 'TestFault37_NoMemoryAtEachAllocation',
  },
  {
    file: 'slots.go',
    what: 'no memory for the directory is not looked at',
    take: `	p, err := s.reserve(int(unsafe.Sizeof(*s.directory)))
	if err != nil {
		return ErrNoMemory
	}`,
    put: '	p, _ := s.reserve(int(unsafe.Sizeof(*s.directory)))',
    by: 'TestFault37_NoMemoryForTheDirectory',
  },
  {
    file: 'slots.go',
    what: 'the directory is mapped again',
    take: `	if s.directory != nil {
		return nil
	}
`,
    put: '',
    by: 'TestDirectoryMatchesTheSlotsAddresses',
  },
  {
    file: 'slots.go',
    what: 'the directory for C does not get a chunk',
    take: '	s.directory[number].Store(uintptr(p))\n',
    put: '',
    by: 'TestDirectoryMatchesTheSlotsAddresses',
  },
  {
    file: 'slots.go',
    what: 'slots are not a cache line apart',
    take: 'SlotSize = 64',
    put: 'SlotSize = 32',
    by: 'TestSlotIsOneCacheLineThatBeginsWithTheWord',
  },
  {
    file: 'stats.go',
    what: 'the state of a released handle is that of the next one in its slot',
    take: `	case uint32(w.bits.Load()>>generationShift) != h.token.generation():
		return Released, 0
`,
    put: '',
    by: 'TestStateOfAHandleWhoseSlotIsUsedAgainBeforeItTells',
  },
  {
    file: 'stats.go',
    what: 'the state looks at the generation before it counts the ops',
    take: 'uint32(w.bits.Load()>>generationShift)',
    put: 'uint32(bits>>generationShift)',
    survives:
      'a slot must be given back, opened and entered between two loads that follow one another: 32 of 57 million times under the race detector, never without it',
  },
  {
    file: 'stats.go',
    what: 'opened is counted before released: the number of live handles may be negative',
    take: `	released := t.released.Load() // before opened, so that Live is not negative
	opened := t.opened.Load()`,
    put: `	opened := t.opened.Load()
	released := t.released.Load()`,
    survives:
      'a handle must be opened and released between two loads that follow one another; the count is for people only',
  },
];
