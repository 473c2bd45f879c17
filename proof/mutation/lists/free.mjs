// The protections of a free, each dropped. `by` is the test that must fail.

const file = 'free.go';

export const free = [
  {
    file,
    what: 'a free that lost goes on',
    race: true,
    take: `	if !h.slot.word.begin(h.token.generation()) {
		return nil
	}
	h.table.freeing`,
    put: `	h.slot.word.begin(h.token.generation())
	h.table.freeing`,
    by: 'TestFault2_ManyFreesOneWinner',
    quick: true,
  },
  {
    file,
    what: 'a free does not cancel the ops in flight',
    take: '	h.cancel()\n',
    put: '',
    by: 'TestFault7_FreeCancelsAnOpThatWaits',
    quick: true,
  },
  {
    file,
    what: 'a free cancels before it sets freeing',
    take: `	if !h.slot.word.begin(h.token.generation()) {
		return nil
	}
	h.table.freeing.Add(1)
	h.cancel()`,
    put: `	h.cancel()
	if !h.slot.word.begin(h.token.generation()) {
		return nil
	}
	h.table.freeing.Add(1)`,
    by: 'TestFreeCancelsAfterItHasSetFreeing',
  },
  {
    file,
    what: 'a free does not free the children',
    take: `		if c := child.begin(); c != nil {
			f.children = append(f.children, c)
		}`,
    put: '		_ = child',
    by: 'TestFault8_OpOnAChildWhileItsParentIsFreed',
  },
  {
    file,
    what: 'the walk over the children leaves no mark',
    take: '	h.walked = true\n',
    put: '',
    by: 'TestFault45_ChildOpenedWhileItsParentIsBeingFreed',
    quick: true,
  },
  {
    file,
    what: 'a free leaves the pending shares to expire',
    take: '	h.dropShares()\n',
    put: '',
    by: 'TestFreeForgetsPendingShares',
  },
  {
    file,
    what: 'a free does not wait for the children',
    take: `	childErr := f.waitForChildren(l)
`,
    put: `	var childErr error
	go f.waitForChildren(l)
`,
    by: 'TestFault47_CloseOfAChildThatFailsIsToldByItsParentsFree',
  },
  {
    file,
    what: 'the children are waited for one after the other, each with the whole deadline',
    take: `	for _, child := range f.children {
		go func() {
			_, err := child.waitWithin(l)
			ended <- err
		}()
	}`,
    put: `	for _, child := range f.children {
		_, err := child.waitWithin(l)
		ended <- err
	}`,
    by: 'TestChildrenAreFreedAtOnce',
  },
  {
    file,
    what: 'the winner does not wait for the drain',
    take: '	if !e.parker.await(&h.slot.word, l.drain.Done()) {',
    put: '	if e.parker.await(&h.slot.word, l.drain.Done()); false {',
    by: 'TestFault5_OpOutlivesTheDeadline',
  },
  {
    file,
    what: 'the winner closes after its time-out, under the op',
    take: `		h.table.abandoned.Add(1) // settle may have taken it off before
`,
    put: `		h.table.abandoned.Add(1) // settle may have taken it off before
		closeResource(h.resource)
`,
    by: 'TestFault5_OpOutlivesTheDeadline',
  },
  {
    file,
    what: 'a free returns before Close has',
    take: `	select {
	case <-h.done:
	case <-l.close.Done():
		select {
		case <-h.done:
		default:
			return TimedOut, nil
		}
	}
`,
    put: '',
    by: 'TestFault47_CloseLongerThanTheDeadline',
  },
  {
    file,
    what: 'the deadline does not cover Close',
    take: `	select {
	case <-h.done:
	case <-l.close.Done():
		select {
		case <-h.done:
		default:
			return TimedOut, nil
		}
	}
`,
    put: '	<-h.done\n',
    by: 'TestFault47_CloseLongerThanTheDeadline',
  },
  {
    file,
    what: 'a Close that ends with the deadline is told as a time-out at random',
    take: `		select {
		case <-h.done:
		default:
			return TimedOut, nil
		}
	}`,
    put: `		return TimedOut, nil
	}`,
    by: 'TestCloseThatHasEndedIsNeverToldAsATimeOut',
  },
  {
    file,
    what: 'deadline 0 leaves no time for Close',
    take: '		return &limit{drain: over, close: ctx, stop: stop}',
    put: '		stop()\n		return &limit{drain: over, close: ctx, stop: stop}',
    by: 'TestDeadlineZeroGivesCloseTheDefaultDeadline',
  },
  {
    file,
    what: 'deadline 0 waits for the ops',
    take: 'drain: over, close: ctx,',
    put: 'drain: context.WithoutCancel(over), close: ctx,',
    by: 'TestFault11_DeadlineZeroLooksOnce',
  },
  {
    file,
    what: 'no deadline is a deadline in the past',
    take: '	case deadline < 0:',
    put: '	case deadline < -1<<62:',
    by: 'TestFault11_GreatDeadlinesWaitWithoutOverflow',
  },
  {
    file,
    what: 'a free with a token that never was is told as lost, without an error',
    take: `	if err == ErrInvalid {
		return nil, err
	}`,
    put: `	if err == ErrInvalid {
		return nil, nil
	}`,
    by: 'TestFault13_TokensThatNeverWereAreInvalid',
  },
  {
    file,
    what: 'the asynchronous free begins on its goroutine, after it has returned',
    take: `	f, err := t.beginFree(token)
	if f == nil {
		go done(AlreadyFreeing, err)
		return
	}
	l := newLimit(deadline)
	go func() { done(f.wait(l)) }()`,
    put: '	go func() { done(t.Free(token, deadline)) }()',
    by: 'TestFreeAsyncHasBegunWhenItReturnsAndTellsOnce',
    race: true, // the goroutine may be there first
  },
  {
    file,
    what: 'a free that is over is not counted',
    take: '	defer func() { f.handle.table.outcomes[o].Add(1) }()\n',
    put: '',
    by: 'TestStatsCountFreesByTheirOutcomes',
  },
  {
    file,
    what: 'a free that came too late is not counted',
    take: '		t.outcomes[AlreadyFreeing].Add(1)\n',
    put: '',
    by: 'TestStatsCountFreesByTheirOutcomes',
  },
  {
    file,
    what: 'a Close that failed is not counted',
    take: '		h.table.failed.Add(1)\n',
    put: '',
    by: 'TestStatsCountFreesByTheirOutcomes',
  },
  {
    file,
    what: 'nobody is told how a free in the background ended',
    take: `	if done != nil {
		done(o, err)
	}`,
    put: '	_, _ = o, err',
    by: 'TestDetachThenTellsOfTheFreeThatItBegan',
  },
];
