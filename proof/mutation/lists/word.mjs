// The protections of the state word, each dropped. `by` is the test that must fail.

const file = 'word.go';

export const word = [
  {
    file,
    what: 'an enter does not look again after its add',
    take: '	case isOpen(w.bits.Load(), generation): // the look after the add',
    put: '	case true:',
    by: 'TestFault3_RefusedEnterOfAHandleSettles',
    quick: true,
  },
  {
    file,
    what: 'an enter that came late does not take its add back',
    take: `	case w.leave():
		return refusedLast
	}
	return refused
}`,
    put: `	}
	return refused
}`,
    by: 'TestFault3_RefusedEnterOfAGuardSettles',
  },
  {
    file,
    what: 'an enter that came late does not tell that it was the last',
    take: `	case w.leave():
		return refusedLast
	}
	return refused
}`,
    put: `	}
	w.leave()
	return refused
}`,
    by: 'TestFault3_RefusedEnterOfAGuardSettles',
  },
  {
    file,
    what: 'an enter that came late tells that it was the last when it was not, and not when it was',
    take: '	case w.leave():',
    put: '	case !w.leave():',
    by: 'TestWordRefusedEnterTellsWhetherItWasTheLast',
  },
  {
    file,
    what: 'an enter does not look at freeing',
    take: 'return bits>>31 == uint64(generation)<<1',
    put: 'return bits>>32 == uint64(generation)',
    by: 'TestGuardEnterAfterFreeIsRefusedAndChangesNothing',
    quick: true,
  },
  {
    file,
    what: 'an enter does not look at the generation',
    take: 'return bits>>31 == uint64(generation)<<1',
    put: 'return bits&freeingBit == 0 || generation == 1<<32-1',
    by: 'TestStaleTokenNeverEntersARecycledSlot',
    quick: true,
  },
  {
    file,
    what: 'the limit of ops leaves no room for transients',
    take: 'const OpsLimit = 1 << 29',
    put: 'const OpsLimit = 1<<30 - 1',
    by: 'TestWordHeadroomOfTheOpsLimit',
  },
  {
    file,
    what: 'the hold of a child is not limited',
    take: `	if w.bits.Load()&opsMask >= OpsLimit {
		return false
	}
	w.bits.Add(1)
	return true`,
    put: `	w.bits.Add(1)
	return true`,
    by: 'TestWordEnterAtTheOpsLimitWritesNothing',
  },
  {
    file,
    what: 'the hold of a child is refused while freeing',
    take: `	if w.bits.Load()&opsMask >= OpsLimit {
		return false
	}
	w.bits.Add(1)`,
    put: `	if bits := w.bits.Load(); bits&opsMask >= OpsLimit || bits&freeingBit != 0 {
		return false
	}
	w.bits.Add(1)`,
    by: 'TestWordExtendIgnoresFreeing',
  },
  {
    file,
    what: 'a leave too many goes through',
    take: `	if w.bits.Load()&opsMask == 0 {
		panic("guard: leave without an enter (was an Op copied?)")
	}
`,
    put: '',
    by: 'TestWordLeaveTooManyPanicsAndWritesNothing',
  },
  {
    file,
    what: 'a leave is a load and a store, not one subtraction',
    take: '	bits := w.bits.Add(^uint64(0))\n',
    put: '	bits := w.bits.Load() - 1\n	w.bits.Store(bits)\n',
    by: 'TestWordLeavesOfManyThreadsAllCount',
    race: true,
  },
  {
    file,
    what: 'a leave while freeing tells that it is the last though others are inside',
    take: 'return bits&(freeingBit|opsMask) == freeingBit',
    put: 'return bits&freeingBit != 0',
    by: 'TestWordLeaveAsksToBeSettledOnlyAtFreeingAndZero',
  },
  {
    file,
    what: 'the last to leave does not tell so',
    take: 'return bits&(freeingBit|opsMask) == freeingBit',
    put: 'return bits == 1',
    by: 'TestWordLeaveAsksToBeSettledOnlyAtFreeingAndZero',
    quick: true,
  },
  {
    file,
    what: 'begin-free sets freeing by a store, not by a compare-and-swap',
    take: `		if w.bits.CompareAndSwap(bits, bits|freeingBit) {
			return true
		}`,
    put: `		w.bits.Store(bits | freeingBit)
		return true`,
    by: 'TestWordBeginIsWonByOneOfTwoWhoRace',
    race: true,
  },
  {
    file,
    what: 'begin-free sets freeing by an or: everyone wins',
    take: `		if w.bits.CompareAndSwap(bits, bits|freeingBit) {
			return true
		}`,
    put: `		w.bits.Or(freeingBit)
		return true`,
    by: 'TestWordBeginIsWonByOneOfTwoWhoRace',
    race: true,
  },
  {
    file,
    what: 'begin-free does not look at the generation',
    take: `		if !isOpen(bits, generation) {
			return false
		}
		if w.bits.CompareAndSwap(bits, bits|freeingBit) {`,
    put: `		if bits&freeingBit != 0 {
			return false
		}
		if w.bits.CompareAndSwap(bits, bits|freeingBit) {`,
    by: 'TestWordBeginOfAnotherGenerationLosesAndWritesNothing',
  },
  {
    file,
    what: 'begin-free gives up when an enter changes the word meanwhile',
    take: `		if w.bits.CompareAndSwap(bits, bits|freeingBit) {
			return true
		}`,
    put: `		return w.bits.CompareAndSwap(bits, bits|freeingBit)`,
    by: 'TestWordBeginIsWonAgainstEntersAndLeaves',
    race: true,
  },
  {
    file,
    what: 'the winner gives up though the count is zero',
    take: `		if w.hasDrained(bits) {
			return false
		}
		if w.bits.CompareAndSwap(bits, bits|abandonedBit) {`,
    put: `		if w.bits.CompareAndSwap(bits, bits|abandonedBit) {`,
    by: 'TestWordAbandonOnlyAboveZero',
    quick: true,
  },
  {
    file,
    what: 'the winner gives up by an or, not by a compare-and-swap',
    take: `		if w.bits.CompareAndSwap(bits, bits|abandonedBit) {
			return !w.retake(bits >> generationShift)
		}`,
    put: `		w.bits.Or(abandonedBit)
		return !w.retake(bits >> generationShift)`,
    by: 'TestWordIsNeverAbandonedAfterTheLastLeave',
    race: true,
  },
  {
    file,
    what: 'a release is claimed though nobody gave it up',
    take: 'if bits&abandonedBit == 0 || !w.hasDrained(bits) {',
    put: 'if !w.hasDrained(bits) {',
    by: 'TestWordClaimNeedsAbandonedAndZero',
  },
  {
    file,
    what: 'a release is claimed with an op in flight',
    take: 'if bits&abandonedBit == 0 || !w.hasDrained(bits) {',
    put: 'if bits&abandonedBit == 0 {',
    by: 'TestWordClaimNeedsAbandonedAndZero',
  },
  {
    file,
    what: 'a claim does not clear abandoned',
    take: 'w.bits.CompareAndSwap(bits, bits&^abandonedBit)',
    put: 'w.bits.CompareAndSwap(bits, bits)',
    by: 'TestWordClaimIsTakenOnce',
  },
  {
    file,
    what: 'a release is claimed by an and, not by a compare-and-swap: two claim',
    take: `		if w.bits.CompareAndSwap(bits, bits&^abandonedBit) {
			return true
		}`,
    put: `		w.bits.And(^uint64(abandonedBit))
		return true`,
    by: 'TestWordClaimIsWonByOneOfTwoWhoRace',
    race: true,
  },
  {
    file,
    what: 'a slot is published by a store',
    take: 'func (w *word) publish() { w.bits.Add(publishStep) }',
    put: 'func (w *word) publish() { w.bits.Store(uint64(w.generation()+1) << generationShift) }',
    by: 'TestWordPublishKeepsATransient',
    quick: true,
  },
  {
    file,
    what: 'a slot is published under the same generation',
    take: 'func (w *word) publish() { w.bits.Add(publishStep) }',
    put: 'func (w *word) publish() { w.bits.And(^uint64(freeingBit)) }',
    by: 'TestWordPublishKeepsATransient',
  },
];
