// The protections of a release, each dropped. `by` is the test that must fail.

const file = 'free.go';

export const release = [
  {
    file,
    what: 'a release may start twice',
    take: `	if h.closing.Swap(true) {
		panic("guard: a second release")
	}
`,
    put: '	h.closing.Store(true)\n',
    by: 'TestSecondReleasePanicsBeforeItCloses',
  },
  {
    file,
    what: 'Close runs on the thread that starts it',
    take: `	go func() {
		err := error(&PanicError{})`,
    put: `	func() {
		err := error(&PanicError{})`,
    by: 'TestClaimedReleaseOfAHandleIsNotOnTheLeaversGoroutine',
  },
  {
    file,
    what: 'a Close that ends its goroutine is taken for one that succeeded',
    take: 'err := error(&PanicError{}) // what remains if Close calls runtime.Goexit',
    put: 'var err error',
    by: 'TestFault47_CloseThatEndsItsGoroutine',
  },
  {
    file,
    what: 'a Close that ends its goroutine is never finished',
    take: `		defer func() { h.finish(err) }()
		err = closeResource(h.resource)`,
    put: `		err = closeResource(h.resource)
		h.finish(err)`,
    by: 'TestFault47_CloseThatEndsItsGoroutine',
  },
  {
    file,
    what: 'a panic of Close is not recovered',
    take: 'if v := recover(); v != nil {',
    put: 'if v := any(nil); v != nil {',
    by: 'TestFault47_CloseThatPanics',
  },
  {
    file,
    what: 'a Close that failed is told as one that succeeded',
    take: `	if err != nil {
		h.closeErr = &ReleaseError{Cause: err}
		h.table.failed.Add(1)
	}
`,
    put: '',
    by: 'TestFault47_CloseThatFails',
  },
  {
    file,
    what: "a child's Close that failed is not told by the free of its parent",
    take: '		return &ReleaseError{Cause: childErr}',
    put: '		return nil',
    by: 'TestFault47_CloseOfAChildThatFailsIsToldByItsParentsFree',
  },
  {
    file,
    what: 'a release leaves its handle in the table',
    take: '	e.handle.Store(nil)\n',
    put: '	_ = e\n',
    by: 'TestManyHandlesOneAfterTheOtherTakeOneSlot',
  },
  {
    file,
    what: 'a release clears the table after it gave the slot back',
    take: `	e.handle.Store(nil)
	t.giveSlot(h.token)`,
    put: `	t.giveSlot(h.token)
	e.handle.Store(nil)`,
    by: 'TestReleaseStopsAtTheTablesLockBeforeItTells',
  },
  {
    file,
    what: 'a release does not give its slot back',
    take: '	t.giveSlot(h.token)\n',
    put: '',
    by: 'TestManyHandlesOneAfterTheOtherTakeOneSlot',
  },
  {
    file,
    what: 'a free is told before the slot is back',
    take: `	t := h.table
	_, e := t.space.at(h.token.index())`,
    put: `	t := h.table
	close(h.done)
	defer func() { _ = recover() }()
	_, e := t.space.at(h.token.index())`,
    by: 'TestReleaseStopsAtTheTablesLockBeforeItTells',
  },
  {
    file,
    what: 'a free is told before the error of Close is written',
    take: `	if err != nil {
		h.closeErr = &ReleaseError{Cause: err}
		h.table.failed.Add(1)
	}
	t := h.table`,
    put: `	defer func() {
		if err != nil {
			h.closeErr = &ReleaseError{Cause: err}
		}
	}()
	t := h.table`,
    by: 'TestReleaseStopsAtTheTablesLockBeforeItTells',
  },
  {
    file,
    what: 'a child is taken off its parent after its free was told',
    take: `	if h.parent != nil {
		h.orphan()
	}
	close(h.done)`,
    put: `	close(h.done)
	if h.parent != nil {
		h.orphan()
	}`,
    by: 'TestChildIsOffItsParentBeforeItsFreeReturns',
  },
];
