// The protections of attachments and shares, each dropped. `by` is the test that must fail.

const file = 'attach.go';

export const attach = [
  {
    file,
    what: 'an attach succeeds from zero',
    take: `		if n <= 0 {
			return false
		}
		if h.attachments.CompareAndSwap(n, n+1) {`,
    put: '		if h.attachments.CompareAndSwap(n, n+1) {',
    by: 'TestAttachFromZeroFails',
    quick: true,
  },
  {
    file,
    what: 'an attach is a load and a store, not a compare-and-swap',
    take: `		if h.attachments.CompareAndSwap(n, n+1) {
			return true
		}`,
    put: `		h.attachments.Store(n + 1)
		return true`,
    by: 'TestAttachesOfManyThreadsAllCount',
    race: true,
  },
  {
    file,
    what: 'a detach too many goes below zero',
    take: `		if n <= 0 {
			return false
		}
		if h.attachments.CompareAndSwap(n, n-1) {`,
    put: '		if h.attachments.CompareAndSwap(n, n-1) {',
    by: 'TestDetachTooManyDoesNothing',
  },
  {
    file,
    what: 'a detach is a load and a store, not a compare-and-swap',
    take: `		if h.attachments.CompareAndSwap(n, n-1) {
			if n == 1 {
				h.table.freeInBackground(h, done)
			}
			return n == 1
		}`,
    put: `		h.attachments.Store(n - 1)
		if n == 1 {
			h.table.freeInBackground(h, done)
		}
		return n == 1`,
    by: 'TestDetachesOfManyThreadsAllCount',
    race: true,
  },
  {
    file,
    what: 'the last detach does not free',
    take: `			if n == 1 {
				h.table.freeInBackground(h, done)
			}
`,
    put: '',
    by: 'TestLastDetachFreesInTheBackground',
    quick: true,
  },
  {
    file,
    what: 'a detach frees what others are attached to',
    take: '			if n == 1 {\n',
    put: '			if n >= 1 {\n',
    by: 'TestAttachAndDetachCount',
  },
  {
    file,
    what: 'the last detach waits for the free',
    take: '		go f.waitInBackground(done)',
    put: '		f.waitInBackground(done)',
    by: 'TestLastDetachWithAnOpInFlight',
  },
  {
    file,
    what: 'the last detach begins the free on a goroutine, after it has returned',
    take: `	if f := h.begin(); f != nil {
		go f.waitInBackground(done)
	}`,
    put: `	go func() {
		if f := h.begin(); f != nil {
			f.waitInBackground(done)
		}
	}()`,
    by: 'TestLastDetachFreesInTheBackground',
  },
  {
    file,
    what: 'an attach to a freeing handle succeeds',
    take: 'if h.Freeing() || !(h.takeShare() || h.attach()) {',
    put: 'if !(h.takeShare() || h.attach()) {',
    by: 'TestAttachToAFreeingHandleIsRefused',
  },
  {
    file,
    what: 'an attach does not take a share over',
    take: 'if h.Freeing() || !(h.takeShare() || h.attach()) {',
    put: 'if h.Freeing() || !h.attach() {',
    by: 'TestFault46_ShareIsTakenOverByTheFirstAttach',
  },
  {
    file,
    what: 'a share does not keep the handle',
    take: `	if h.Freeing() || !h.attach() {
		return ErrFreed
	}
	s :=`,
    put: `	if h.Freeing() || h.attachments.Load() <= 0 {
		return ErrFreed
	}
	s :=`,
    by: 'TestFault46_ShareIsTakenOverByTheFirstAttach',
  },
  {
    file,
    what: 'a share of a freeing handle is accepted',
    take: `	if h.Freeing() || !h.attach() {
		return ErrFreed
	}
	s :=`,
    put: `	if !h.attach() {
		return ErrFreed
	}
	s :=`,
    by: 'TestShareWhileAFreeForgetsThemIsRefused',
  },
  {
    file,
    what: 'a share looks for freeing before it has the lock',
    take: `	h.mu.Lock() // before looking: a free takes it after freeing is set, to drop the shares
	defer h.mu.Unlock()
	if h.Freeing() || !h.attach() {
		return ErrFreed
	}
	s :=`,
    put: `	if h.Freeing() || !h.attach() {
		return ErrFreed
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	s :=`,
    by: 'TestShareWhileAFreeForgetsThemIsRefused',
  },
  {
    file,
    what: 'a share that expires keeps its attachment',
    take: '			h.detach(nil)\n',
    put: '',
    by: 'TestShareExpiresWithOthersAttached',
  },
  {
    file,
    what: 'a share that was taken over expires all the same',
    take: '		if h.dropShare(s) {',
    put: '		if h.dropShare(s); true {',
    by: 'TestExpiryOfAShareThatWasTakenOverDoesNothing',
  },
  {
    file,
    what: 'a share that was taken over keeps its timer',
    take: '	h.shares[0].timer.Stop()\n',
    put: '',
    by: 'TestExpiryOfAShareThatWasTakenOverDoesNothing',
  },
  {
    file,
    what: 'a share is taken over twice',
    take: '	h.shares = h.shares[1:]\n',
    put: '',
    by: 'TestFault46_ShareIsTakenOverByTheFirstAttach',
  },
  {
    file,
    what: 'shares are taken over without the lock',
    take: `func (h *Handle) takeShare() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
`,
    put: 'func (h *Handle) takeShare() bool {\n',
    by: 'TestSharesAreTouchedUnderTheLock',
  },
  {
    file,
    what: 'an expiry touches the shares without the lock',
    take: `func (h *Handle) dropShare(s *share) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
`,
    put: 'func (h *Handle) dropShare(s *share) bool {\n',
    by: 'TestSharesAreTouchedUnderTheLock',
  },
  {
    file,
    what: 'an expiry takes another share than its own',
    take: '		if pending == s {',
    put: '		if pending != nil {',
    by: 'TestExpiryOfAShareTakesNoOther',
  },
  {
    file,
    what: 'a free keeps the pending shares',
    take: '	h.shares = nil\n',
    put: '',
    by: 'TestFreeForgetsPendingShares',
  },
];
