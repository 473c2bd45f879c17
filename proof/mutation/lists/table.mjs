// The protections of the table, each dropped. `by` is the test that must fail.

const file = 'table.go';

export const table = [
  {
    file,
    what: 'an enter adds without a look before',
    take: 'l.bits-token.idle() < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1',
    put: 'l.stripes == nil && w.bits.Add(1) == l.bits+1',
    by: 'TestStaleTokenNeverEntersARecycledSlot',
  },
  {
    file,
    what: 'the limit of ops is not looked at',
    take: 'l.bits-token.idle() < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1',
    put: 'isOpen(l.bits, token.generation()) && l.stripes == nil && w.bits.Add(1) == l.bits+1',
    by: 'TestFault12_EnterAtTheOpsLimit',
  },
  {
    file,
    what: 'the limit of ops is looked at after the add',
    take: 'l.bits-token.idle() < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1',
    put: 'l.bits-token.idle() < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1 || w.bits.Add(1) == l.bits',
    by: 'TestFault12_EnterAtTheOpsLimit',
  },
  {
    file,
    what: 'an enter counts in the word though there are stripes',
    take: 'l.bits-token.idle() < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1',
    put: 'l.bits-token.idle() < OpsLimit && w.bits.Add(1) == l.bits+1',
    by: 'TestStripesStayWithTheSlot',
  },
  {
    file,
    what: 'an enter with an index beyond all slots',
    take: 'if i >= MaxHandles || token.generation() == 0 {',
    put: 'if token.generation() == 0 {',
    by: 'TestFault13_TokensThatNeverWereAreInvalid',
  },
  {
    file,
    what: 'an enter is a load and a store, not one addition',
    take: `	if l.bits-token.idle() < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1 {
`,
    put: `	if l.bits-token.idle() < OpsLimit && l.stripes == nil && func() bool { w.bits.Store(w.bits.Load() + 1); return w.bits.Load() == l.bits+1 }() {
`,
    by: 'TestTokenEntersOfManyThreadsAllCount',
    race: true,
  },
  {
    file,
    what: 'a refused enter that was the last does not settle',
    take: `	case refusedLast:
		t.settle(s, e)
	}`,
    put: '	}',
    by: 'TestFault3_RefusedEnterOfAHandleSettles',
    quick: true,
  },
  {
    file,
    what: 'the last op to leave does not claim what the winner gave up',
    take: `	if s.word.claim() {
		t.abandoned.Add(-1)
		e.handle.Load().startClose()
		return
	}
`,
    put: '',
    by: 'TestFault5_OpOutlivesTheDeadline',
    quick: true,
  },
  {
    file,
    what: 'the last op to leave does not wake the winner',
    take: '	e.parker.wake()\n',
    put: '	_ = e\n',
    by: 'TestFault6_FreeFromInsideAnOp',
  },
  {
    file,
    what: 'a claim is not taken off the count of abandoned handles',
    take: '		t.abandoned.Add(-1)\n',
    put: '',
    by: 'TestStatesOfAHandleThatIsAbandoned',
  },
  {
    file,
    what: 'a decrement in C is not looked at by token',
    take: 'if s, e := t.space.at(token.index()); s != nil {\n		t.settle(s, e)',
    put: 'if s, e := t.space.at(token.index()); true {\n		t.settle(s, e)',
    by: 'TestSettleOfATokenThatNeverWasDoesNothing',
  },
  {
    file,
    what: 'an enter with a token of a chunk that is not mapped',
    take: `	if slots == nil {
		return HandleOp{}, ErrInvalid
	}
`,
    put: '',
    by: 'TestFault13_TokensThatNeverWereAreInvalid',
  },
  {
    file,
    what: 'an enter with generation 0 is not refused as invalid',
    take: 'if i >= MaxHandles || token.generation() == 0 {',
    put: 'if i >= MaxHandles {',
    by: 'TestFault13_TokensThatNeverWereAreInvalid',
  },
  {
    file,
    what: 'a token of a generation before the first is told as freed',
    take: 'if first == 0 || token.generation() < first || token.generation() > s.word.generation() {',
    put: 'if first == 0 || token.generation() > s.word.generation() {',
    by: 'TestFault13_TokensThatNeverWereAreInvalid',
  },
  {
    file,
    what: 'a token of a generation to come is told as freed',
    take: 'if first == 0 || token.generation() < first || token.generation() > s.word.generation() {',
    put: 'if first == 0 || token.generation() < first {',
    by: 'TestFault13_TokensThatNeverWereAreInvalid',
  },
  {
    file,
    what: 'a token of a slot that was never used is told as freed',
    take: 'if first == 0 || token.generation() < first ||',
    put: 'if token.generation() < first && first != 0 ||',
    by: 'TestTokenOfASlotThatIsBeingPreparedIsInvalid',
  },
  {
    file,
    what: 'a stale token finds the handle that has the slot now',
    take: 'h != nil && h.token == token {',
    put: 'h != nil {',
    by: 'TestFreeWithAStaleTokenDoesNotFreeTheNextHandle',
    quick: true,
  },
  {
    file,
    what: 'a handle that was refused is not closed',
    take: `		closeResource(resource)
		return nil, err`,
    put: '		return nil, err',
    by: 'TestHandleLimitIsRefusedAndTheResourceClosed',
  },
  {
    file,
    what: 'a slot is published before its handle is in the table',
    take: `	e.handle.Store(h)
	s.word.publish()`,
    put: `	s.word.publish()
	e.handle.Store(h)`,
    by: 'TestOpenWritesTheEntryBeforeItPublishes',
    race: true,
  },
  {
    file,
    what: 'a handle is opened without the attachment of its opener',
    take: '	h.attachments.Store(1)\n',
    put: '',
    by: 'TestAttachAndDetachCount',
  },
  {
    file,
    what: 'a token names the generation before',
    take: 's.word.generation()+1)',
    put: 's.word.generation())',
    by: 'TestFirstGenerationAtItsBounds',
  },
  {
    file,
    what: 'slots are never used again',
    take: 'if n := len(t.free); n > 0 {',
    put: 'if n := len(t.free); n > 1<<30 {',
    by: 'TestManyHandlesOneAfterTheOtherTakeOneSlot',
  },
  {
    file,
    what: 'a slot that is taken stays free',
    take: '		t.free = t.free[:n-1]\n',
    put: '',
    by: 'TestSlotsFollowThePeakOfLiveHandles',
  },
  {
    file,
    what: 'two take the same slot: no lock',
    take: `func (t *Table) takeSlot() (uint32, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
`,
    put: 'func (t *Table) takeSlot() (uint32, error) {\n',
    by: 'TestSlotsAreTakenUnderTheTablesLock',
  },
  {
    file,
    what: 'the number of handles is not limited',
    take: `	if t.next == capacity {
		return 0, ErrHandleLimit
	}
`,
    put: '	_ = capacity\n',
    by: 'TestHandleLimitIsRefusedAndTheResourceClosed',
  },
  {
    file,
    what: 'a slot is taken though there is no memory for its chunk',
    take: `	if err := t.space.ensure(t.next); err != nil {
		return 0, err
	}
	index := t.next
	t.prepareSlot(index)
	t.next++`,
    put: `	index := t.next
	t.next++
	if err := t.space.ensure(index); err != nil {
		return 0, err
	}
	t.prepareSlot(index)`,
    by: 'TestFault37_NoMemoryAtEachAllocation',
  },
  {
    file,
    what: 'the first generation of a slot is always the same',
    take: 'first = 1 + rand.Uint32N(maxFirstGeneration)',
    put: 'first = 1 + rand.Uint32N(1)',
    by: 'TestFirstGenerationsAreRandomAndInRange',
  },
  {
    file,
    what: 'a fresh slot does not have freeing set',
    take: 's.word.bits.Store(uint64(first-1)<<generationShift | freeingBit)',
    put: 's.word.bits.Store(uint64(first-1) << generationShift)',
    by: 'TestFirstGenerationAtItsBounds',
  },
  {
    file,
    what: 'a fresh slot does not remember its first generation',
    take: '	e.first.Store(first)\n',
    put: '	_ = e\n',
    by: 'TestFault13_TokensThatWereOnceAreFreed',
  },
  {
    file,
    what: 'a slot whose generations ran out is used again',
    take: `	if token.generation() == lastGeneration {
		t.retired++
		return
	}
`,
    put: '',
    by: 'TestWrappedGenerationRetiresItsSlot',
    quick: true,
  },
  {
    file,
    what: 'a slot is given back without the lock',
    take: `func (t *Table) giveSlot(token Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
`,
    put: 'func (t *Table) giveSlot(token Token) {\n',
    by: 'TestReleaseStopsAtTheTablesLockBeforeItTells',
  },
];
