// The protections of handles, their contexts and their children, each dropped. `by` is the test that must fail.

const file = 'handle.go';

export const handle = [
  {
    file,
    what: 'a context that is made while a free begins is not cancelled',
    take: `	if h.Freeing() {
		cancel(ErrFreed)
	}
	return s`,
    put: '	return s',
    by: 'TestFault48_ContextMadeAfterTheFreeBeganIsCancelled',
    quick: true,
  },
  {
    file,
    what: 'the maker of a context looks for freeing before it publishes it',
    take: `	ctx, cancel := context.WithCancelCause(context.Background())
	s := &scope{ctx, cancel}
	if !h.scope.CompareAndSwap(nil, s) {
		cancel(nil)
		return h.scope.Load()
	}
	if h.Freeing() {
		cancel(ErrFreed)
	}`,
    put: `	freeing := h.Freeing()
	ctx, cancel := context.WithCancelCause(context.Background())
	s := &scope{ctx, cancel}
	if !h.scope.CompareAndSwap(nil, s) {
		cancel(nil)
		return h.scope.Load()
	}
	if freeing {
		cancel(ErrFreed)
	}`,
    by: 'TestFault48_WhoeverComesSecondCancels',
    race: true,
  },
  {
    file,
    what: 'two ops that ask at once have two contexts',
    take: `	if !h.scope.CompareAndSwap(nil, s) {
		cancel(nil)
		return h.scope.Load()
	}`,
    put: '	h.scope.Store(s)',
    by: 'TestOneContextForAllWhoAskAtOnce',
    race: true,
  },
  {
    file,
    what: 'a context is cancelled without its cause',
    take: '		s.cancel(ErrFreed)',
    put: '		s.cancel(nil)',
    by: 'TestContextIsCancelledByTheFreeWithItsCause',
  },
  {
    file,
    what: 'a handle of an earlier generation says that it is not freeing',
    take: 'return !isOpen(h.slot.word.bits.Load(), h.token.generation())',
    put: 'return h.slot.word.bits.Load()&freeingBit != 0',
    by: 'TestStateOfAReleasedHandleWhoseSlotIsUsedAgain',
  },
  {
    file,
    what: 'an op may leave twice',
    take: '	op.handle = nil\n',
    put: '',
    by: 'TestFault39_HandleOpLeaveTwiceIsANoOp',
  },
  {
    file,
    what: 'the leave of an empty op is not looked at',
    take: '	if h := op.handle; h != nil {',
    put: '	if h := op.handle; op != nil {',
    by: 'TestFault39_LeaveOfARefusedEnterIsANoOp',
  },
  {
    file,
    what: 'the last leave does not settle',
    take: `	} else if w.leave() {
		h.table.Settle(h.token)
	}`,
    put: `	} else {
		w.leave()
	}`,
    by: 'TestFault6_FreeFromInsideAnOp',
  },
  {
    file,
    what: 'an op goes on as an attachment that is not counted',
    take: 'return op.handle.attach() }',
    put: 'return op.handle.attachments.Load() > 0 }',
    by: 'TestAttachByAnOp',
  },
  {
    file,
    what: 'a child does not hold its parent',
    take: `	if !op.extend() {
		closeResource(resource)
		return nil, ErrOpsLimit
	}
`,
    put: '',
    by: 'TestChildIsAnAttachmentOfItsParent',
  },
  {
    file,
    what: 'a child that is refused is not closed: no room for its hold',
    take: `		closeResource(resource)
		return nil, ErrOpsLimit`,
    put: '		return nil, ErrOpsLimit',
    by: 'TestChildBeyondALimitIsClosedAndRefused',
  },
  {
    file,
    what: 'a child that is refused is not closed: no room for its handle',
    take: `		parent.leave(op.word, op.stripe) // first: Close may end this goroutine
		closeResource(resource)`,
    put: '		parent.leave(op.word, op.stripe) // first: Close may end this goroutine',
    by: 'TestChildBeyondALimitIsClosedAndRefused',
  },
  {
    file,
    what: 'a child that is refused keeps its hold',
    take: '		parent.leave(op.word, op.stripe) // first: Close may end this goroutine\n',
    put: '',
    by: 'TestChildBeyondALimitIsClosedAndRefused',
  },
  {
    file,
    what: 'a child that is refused gives its hold back after its Close only',
    take: `		parent.leave(op.word, op.stripe) // first: Close may end this goroutine
		closeResource(resource)`,
    put: `		closeResource(resource)
		parent.leave(op.word, op.stripe)`,
    by: 'TestRefusedChildWhoseCloseEndsTheGoroutine',
  },
  {
    file,
    what: 'a late child is refused, but not freed',
    take: '		child.table.freeInBackground(child, nil)\n',
    put: '',
    by: 'TestFault45_ChildOpenedWhileItsParentIsBeingFreed',
  },
  {
    file,
    what: 'a late child is adopted after the walk',
    take: '	if h.walked || !h.attach() {',
    put: '	if !h.attach() {',
    by: 'TestFault45_ChildOpenedWhileItsParentIsBeingFreed',
  },
  {
    file,
    what: 'a child is adopted by a parent without attachments',
    take: '	if h.walked || !h.attach() {',
    put: '	if h.attach(); h.walked {',
    by: 'TestChildOpenedBetweenTheLastDetachAndItsFree',
  },
  {
    file,
    what: 'a child is not an attachment of its parent',
    take: '	if h.walked || !h.attach() {',
    put: '	if h.walked || h.attachments.Load() <= 0 {',
    by: 'TestFault45_LastWrapperOfAParentWithALiveChild',
  },
  {
    file,
    what: 'a child does not know that it is an attachment',
    take: '	child.attached = true\n',
    put: '',
    by: 'TestChildIsAnAttachmentOfItsParent',
  },
  {
    file,
    what: 'a late child gives back an attachment that it never had',
    take: '	if attached {\n		parent.detach(nil)\n	}',
    put: '	if attached || !attached {\n		parent.detach(nil)\n	}',
    by: 'TestLateChildGivesBackNoAttachment',
  },
  {
    file,
    what: 'a parent does not know its child',
    take: '	h.children[child] = struct{}{}\n',
    put: '',
    by: 'TestFreeingAParentFreesDescendantsFirst',
  },
  {
    file,
    what: 'a child is adopted without the lock',
    take: `	h.mu.Lock()
	defer h.mu.Unlock()
	child, err = h.table.open`,
    put: `	child, err = h.table.open`,
    by: 'TestChildIsAdoptedUnderItsParentsLock',
  },
  {
    file,
    what: 'a released child stays in the list of its parent',
    take: '	delete(parent.children, h)\n',
    put: '',
    by: 'TestChildIsAnAttachmentOfItsParent',
  },
  {
    file,
    what: 'a released child keeps the hold of its parent',
    take: `		parent.detach(nil)
	}
	parent.leave(&parent.slot.word, h.held)`,
    put: `		parent.detach(nil)
	}`,
    by: 'TestChildIsAnAttachmentOfItsParent',
  },
  {
    file,
    what: 'a released child keeps its attachment of the parent',
    take: `	if attached {
		parent.detach(nil)
	}
`,
    put: '	_ = attached\n',
    by: 'TestChildIsAnAttachmentOfItsParent',
  },
  {
    file,
    what: 'a released child lets go of the hold before the attachment',
    take: `	if attached {
		parent.detach(nil)
	}
	parent.leave(&parent.slot.word, h.held)`,
    put: `	parent.leave(&parent.slot.word, h.held)
	if attached {
		parent.detach(nil)
	}`,
    survives:
      "either order ends the same: the attachment is of the handle, whose memory is Go's, and its free compares the generation",
  },
];
