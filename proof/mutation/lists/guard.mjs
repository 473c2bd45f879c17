// The protections of the bare guard and of the parker, each dropped. `by` is the test that must fail.

export const guard = [
  {
    file: 'guard.go',
    what: 'an enter adds without a look before',
    take: 'l.bits < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1',
    put: 'l.stripes == nil && w.bits.Add(1) == l.bits+1',
    by: 'TestGuardEnterAfterFreeIsRefusedAndChangesNothing',
  },
  {
    file: 'guard.go',
    what: 'the limit of ops is not looked at',
    take: 'l.bits < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1',
    put: 'isOpen(l.bits, 0) && l.stripes == nil && w.bits.Add(1) == l.bits+1',
    by: 'TestGuardOpsLimitIsRefusedWithoutWritingBeyond',
  },
  {
    file: 'guard.go',
    what: 'the limit of ops is looked at after the add',
    take: 'l.bits < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1',
    put: 'l.bits < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1 || w.bits.Add(1) == l.bits',
    by: 'TestGuardOpsLimitIsRefusedWithoutWritingBeyond',
  },
  {
    file: 'guard.go',
    what: 'an enter counts in the word though there are stripes',
    take: 'l.bits < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1',
    put: 'l.bits < OpsLimit && w.bits.Add(1) == l.bits+1',
    by: 'TestOpLeavesWhereItEntered',
  },
  {
    file: 'guard.go',
    what: 'an enter is a load and a store, not one addition',
    take: `	if l.bits < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1 {
`,
    put: `	if l.bits < OpsLimit && l.stripes == nil && func() bool { w.bits.Store(w.bits.Load() + 1); return w.bits.Load() == l.bits+1 }() {
`,
    by: 'TestGuardEntersOfManyThreadsAllCount',
    race: true,
  },
  {
    file: 'guard.go',
    what: 'a refused enter that was the last does not settle',
    take: `	case refusedLast:
		g.settle()
`,
    put: '',
    by: 'TestFault3_RefusedEnterOfAGuardSettles',
  },
  {
    file: 'guard.go',
    what: 'a refused enter settles when it was not the last, and not when it was',
    take: '	case refusedLast:\n		g.settle()',
    put: '	case refused:\n		g.settle()',
    by: 'TestGuardRefusedEnterThatWasTheLastSettles',
  },
  {
    file: 'guard.go',
    what: 'the last leave does not settle',
    take: `	} else if g.word.leave() {
		g.settle()
	}`,
    put: `	} else {
		g.word.leave()
	}`,
    by: 'TestWaiterParksUntilTheLastOpLeaves',
  },
  {
    file: 'guard.go',
    what: 'an op may leave twice',
    take: `	op.guard = nil
`,
    put: '',
    by: 'TestGuardLeaveTwiceIsANoOp',
  },
  {
    file: 'guard.go',
    what: 'the leave of an empty op is not looked at',
    take: '	if g := op.guard; g != nil {',
    put: '	if g := op.guard; op != nil {',
    by: 'TestGuardLeaveTwiceIsANoOp',
  },
  {
    file: 'guard.go',
    what: 'a begin-free that lost goes on',
    take: `	if !g.word.begin(0) {
		return AlreadyFreeing
	}`,
    put: '	g.word.begin(0)',
    by: 'TestGuardSecondBeginFreeLoses',
  },
  {
    file: 'guard.go',
    what: 'the winner does not wait for the drain',
    take: `	if !g.parker.await(&g.word, ctx.Done()) {
		return TimedOut
	}
`,
    put: '',
    by: 'TestGuardBeginFreeWaitsForAnOpInFlight',
  },
  {
    file: 'guard.go',
    what: 'the winner releases after its time-out',
    take: `		return TimedOut
	}
	g.release()`,
    put: `		g.release()
		return TimedOut
	}
	g.release()`,
    by: 'TestGuardBeginFreeTimesOutAndStaysFreeing',
  },
  {
    file: 'guard.go',
    what: 'the winner does not release after the drain',
    take: `	g.release()
	return Drained`,
    put: '	return Drained',
    by: 'TestGuardSecondBeginFreeLoses',
  },
  {
    file: 'guard.go',
    what: 'the last op to leave does not claim what the winner gave up',
    take: `	if g.word.claim() {
		go g.release()
		return
	}
`,
    put: '',
    by: 'TestGuardReleaseAfterATimeOutRunsOnceByTheLastOp',
  },
  {
    file: 'guard.go',
    what: 'a claimed release runs on the thread of the op that left',
    take: '		go g.release()',
    put: '		g.release()',
    by: 'TestGuardClaimedReleaseIsNotOnTheLeaversGoroutine',
  },
  {
    file: 'guard.go',
    what: 'the last op to leave does not wake the winner',
    take: '	g.parker.wake()\n',
    put: '',
    by: 'TestWaiterParksUntilTheLastOpLeaves',
    quick: true,
  },
  {
    file: 'guard.go',
    what: 'a guard without a Release is released all the same',
    race: true,
    take: `	if g.Release != nil {
		g.Release()
	}`,
    put: '	g.Release()',
    by: 'TestGuardWithoutReleaseWorks',
  },
  {
    file: 'parker.go',
    what: 'the winner does not look at the word again once it has its parker',
    take: `		if w.drained() {
			break
		}
`,
    put: '',
    by: 'TestLeaveWhileTheWinnerMakesItsParker',
    race: true,
  },
  {
    file: 'parker.go',
    what: 'the winner does not look at the word again after a wake-up',
    take: '		case <-permit:\n',
    put: '		case <-permit:\n			return true\n',
    by: 'TestStalePermitDoesNotEndTheWait',
    quick: true,
  },
  {
    file: 'parker.go',
    what: 'a winner whose deadline passed believes it, though the ops have drained',
    take: 'return !w.abandon()',
    put: 'w.abandon()\n			return false',
    by: 'TestDeadlineThatPassesAfterTheLastLeaveHasDrained',
  },
  {
    file: 'parker.go',
    what: 'a winner whose deadline passed does not hand the release over',
    take: 'return !w.abandon()',
    put: 'return w.drained()',
    by: 'TestGuardReleaseAfterATimeOutRunsOnceByTheLastOp',
  },
  {
    file: 'parker.go',
    what: 'the deadline is not looked at',
    take: `		case <-done:
			return !w.abandon()
`,
    put: '',
    by: 'TestWaiterParksUntilTheDeadline',
  },
  {
    file: 'parker.go',
    what: 'the parker holds no permit: a wake-up before the park is lost',
    take: 'make(chan struct{}, 1)',
    put: 'make(chan struct{})',
    by: 'TestStalePermitDoesNotEndTheWait',
  },
  {
    file: 'parker.go',
    what: 'a wake-up waits until the permit is taken',
    take: '	default: // the permit is there already\n',
    put: '',
    by: 'TestStalePermitDoesNotEndTheWait',
  },
  {
    file: 'parker.go',
    what: 'every winner makes a parker of its own',
    take: `	if c := p.permits.Load(); c != nil {
		return *c
	}
	c := make(chan struct{}, 1)
	p.permits.CompareAndSwap(nil, &c)`,
    put: `	c := make(chan struct{}, 1)
	p.permits.Store(&c)`,
    by: 'TestParkerIsNeverReplaced',
  },
  {
    file: 'parker.go',
    what: 'of two who make the parker each has one of its own',
    take: `	p.permits.CompareAndSwap(nil, &c)
	return *p.permits.Load()`,
    put: `	p.permits.Store(&c)
	return c`,
    by: 'TestParkerIsNeverReplaced',
    race: true,
  },
  {
    file: 'parker.go',
    what: 'a wake-up with no parker is not looked at',
    take: `	if c == nil {
		return
	}
`,
    put: '',
    by: 'TestWakeWithoutAWaiterMakesNoParker',
  },
];
