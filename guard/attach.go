package guard

import "time"

// attach adds an attachment, but never the first one.
func (h *Handle) attach() bool {
	for {
		n := h.attachments.Load()
		if n <= 0 {
			return false
		}
		if h.attachments.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// detach takes one attachment off and reports whether it was the last. The
// last one begins the free, in the background; done, if not nil, hears of its end.
func (h *Handle) detach(done func(Outcome, error)) bool {
	for {
		n := h.attachments.Load()
		if n <= 0 {
			return false
		}
		if h.attachments.CompareAndSwap(n, n-1) {
			if n == 1 {
				h.table.freeInBackground(h, done)
			}
			return n == 1
		}
	}
}

// Attach adds an attachment, which keeps the handle open until Detach. If the
// handle has a pending share, the attachment is taken over from it.
//
// Errors: ErrFreed once freeing began or the last attachment has gone,
// ErrInvalid.
func (t *Table) Attach(token Token) (*Handle, error) {
	h, err := t.Lookup(token)
	if err != nil {
		return nil, err
	}
	if h.Freeing() || !(h.takeShare() || h.attach()) {
		return nil, ErrFreed
	}
	return h, nil
}

// Detach gives an attachment back. It never blocks. The last one to go frees
// the handle in the background with the default deadline; last reports that.
// On a handle that is released already it does nothing.
func (t *Table) Detach(token Token) (last bool) {
	return t.DetachThen(token, nil)
}

// DetachThen is Detach for who wants to know how the free ended that it began,
// if it did: done is called on a goroutine of its own. It is not called where
// somebody else was faster to free.
func (t *Table) DetachThen(token Token, done func(Outcome, error)) (last bool) {
	h, err := t.Lookup(token)
	return err == nil && h.detach(done)
}

// freeInBackground frees the handle unless somebody else does.
func (t *Table) freeInBackground(h *Handle, done func(Outcome, error)) {
	if f := h.begin(); f != nil {
		go f.waitInBackground(done)
	}
}

// A share is an attachment that waits for somebody to take it over.
type share struct{ timer *time.Timer }

// Share adds an attachment that the next Attach takes over, or that goes away
// after ttl. Then expired, if not nil, is called on a goroutine of its own.
//
// Errors: ErrFreed, ErrInvalid.
func (t *Table) Share(token Token, ttl time.Duration, expired func()) error {
	h, err := t.Lookup(token)
	if err != nil {
		return err
	}
	h.mu.Lock() // before looking: a free takes it after freeing is set, to drop the shares
	defer h.mu.Unlock()
	if h.Freeing() || !h.attach() {
		return ErrFreed
	}
	s := &share{}
	s.timer = time.AfterFunc(ttl, func() {
		if h.dropShare(s) {
			h.detach(nil)
			if expired != nil {
				expired()
			}
		}
	})
	h.shares = append(h.shares, s)
	return nil
}

// takeShare takes over the attachment of the oldest pending share.
func (h *Handle) takeShare() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.shares) == 0 {
		return false
	}
	h.shares[0].timer.Stop()
	h.shares = h.shares[1:]
	return true
}

// dropShare reports whether the share was still pending.
func (h *Handle) dropShare(s *share) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, pending := range h.shares {
		if pending == s {
			h.shares = append(h.shares[:i:i], h.shares[i+1:]...)
			return true
		}
	}
	return false
}

// dropShares forgets the pending shares of a handle that is being freed.
func (h *Handle) dropShares() {
	for _, s := range h.shares {
		s.timer.Stop()
	}
	h.shares = nil
}
