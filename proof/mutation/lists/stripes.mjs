// The protections of the stripes, each dropped. `by` is the test that must fail.

const file = 'stripes.go';

export const stripes = [
  {
    file: 'word.go',
    what: 'an enter on a stripe does not look at the word before',
    take: '	case !isOpen(l.bits, generation):',
    put: '	case l.stripes == nil && !isOpen(l.bits, generation):',
    by: 'TestStripedEnterIsRefusedWithoutWriting',
  },
  {
    file,
    what: 'an enter on a stripe does not look at the word after its add',
    take: '	if isOpen(w.bits.Load(), generation) {',
    put: '	if w != nil {',
    by: 'TestStripedEnterAgainstBegin',
    race: true,
  },
  {
    file,
    what: 'an enter on a stripe that came late does not take its add back',
    take: `	if w.leaveStripe(s) {
		return nil, refusedLast
	}
	return nil, refused`,
    put: '	return nil, refusedLast',
    by: 'TestStripedEnterThatComesLateIsRefused',
    race: true,
  },
  {
    file,
    what: 'the limit of ops of a stripe is not looked at',
    take: `	if s.ops.Load() >= OpsLimit {
		return false
	}
`,
    put: '',
    by: 'TestStripedEnterAtTheOpsLimit',
  },
  {
    file,
    what: 'a leave of a stripe too many goes through',
    take: `	if s.ops.Load() == 0 {
		panic("guard: leave without an enter (was an Op copied?)")
	}
`,
    put: '',
    by: 'TestCopiedStripedOpPanics',
  },
  {
    file,
    what: 'who leaves a stripe last does not look at freeing',
    take: 'return s.ops.Add(^uint64(0)) == 0 && w.bits.Load()&freeingBit != 0',
    put: 'return s.ops.Add(^uint64(0)) == 1<<63 && w.bits.Load()&freeingBit != 0',
    by: 'TestFreeWaitsForEachStripe',
  },
  {
    file,
    what: 'who leaves a stripe looks at freeing before',
    take: 'return s.ops.Add(^uint64(0)) == 0 && w.bits.Load()&freeingBit != 0',
    put: 'freeing := w.bits.Load()&freeingBit != 0\n\treturn s.ops.Add(^uint64(0)) == 0 && freeing',
    by: 'TestBeginAgainstTheLastLeaveOfAStripe',
    race: true,
  },
  {
    file: 'guard.go',
    what: 'an op leaves the word though a stripe counts it',
    take: `	if s != nil {
		g.leaveStripe(s)
	} else if`,
    put: '	if',
    by: 'TestOpLeavesWhereItEntered',
  },
  {
    file: 'handle.go',
    what: 'an op of a handle leaves the word though a stripe counts it',
    take: `	if s != nil {
		h.leaveStripe(s)
	} else if`,
    put: '	if',
    by: 'TestStripesStayWithTheSlot',
  },
  {
    file: 'guard.go',
    what: 'the last to leave a stripe does not settle',
    take: `	if g.word.leaveStripe(s) {
		g.settle()
	}`,
    put: '	g.word.leaveStripe(s)',
    by: 'TestStripedGuardTimesOutAndIsReleasedOnce',
  },
  {
    file: 'handle.go',
    what: 'the last to leave a stripe of a handle does not settle',
    take: `	if h.slot.word.leaveStripe(s) {
		h.table.Settle(h.token)
	}`,
    put: '	h.slot.word.leaveStripe(s)',
    by: 'TestStripedOpThatOutlivesTheDeadlineReleases',
  },
  {
    file: 'word.go',
    what: 'the winner does not look at stripes',
    take: 'bits&opsMask == 0 && w.stripes.Load().drained()',
    put: 'bits&opsMask == 0',
    by: 'TestFreeWaitsForEachStripe',
  },
  {
    file,
    what: 'the winner does not look at the stripes of C',
    take: `	for i := range 2 * s.n {
		if`,
    put: `	for i := range s.n {
		if`,
    by: 'TestFreeWaitsForEachStripe',
  },
  {
    file,
    what: 'the winner does not look again after it has given up',
    take: '	if w.stripes.Load() == nil {\n		return false\n	}\n	for {',
    put: '	if w != nil {\n		return false\n	}\n	for {',
    by: 'TestAbandonAgainstTheLastLeaveOfAStripe',
    race: true,
  },
  {
    file,
    what: 'the second look is at whatever generation there is',
    take: 'bits>>generationShift != generation || bits&abandonedBit',
    put: 'generation == 0 || bits&abandonedBit',
    by: 'TestRetakeLeavesLaterGenerationsAlone',
  },
  {
    file: 'handle.go',
    what: "a child's hold is counted in the word though the op is in a stripe",
    take: `	if op.stripe != nil {
		return op.stripe.extend()
	}
`,
    put: '',
    by: 'TestChildHoldsTheStripeOfItsParentsOp',
  },
  {
    file: 'handle.go',
    what: 'a child does not remember where its hold is counted',
    take: '	child.held = held\n',
    put: '	_ = held\n',
    by: 'TestChildHoldsTheStripeOfItsParentsOp',
  },
  {
    file: 'table.go',
    what: 'stripes are made twice',
    take: `	if e.stripes != nil {
		return
	}
`,
    put: '',
    by: 'TestRunsHotTwiceChangesNothing',
  },
];
