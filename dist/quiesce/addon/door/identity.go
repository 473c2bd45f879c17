package door

import (
	"io"
	"sync"
	"sync/atomic"

	"github.com/quiesce/quiesce/guard"
)

// An Identity remembers the handle of a resource that methods may return more
// than once: one resource must not come to stand behind two guards.
type Identity struct {
	// Reopens: nothing is closed with the handle, so there may be another.
	Reopens bool

	mu     sync.Mutex // one opens at a time
	handle atomic.Pointer[guard.Handle]
	closed atomic.Bool
}

// Close tells that the resource is closed: unless it Reopens, it never gets a
// handle again. It takes no lock, since a resource is closed where it cannot be
// opened, too.
func (id *Identity) Close() {
	id.closed.Store(!id.Reopens)
	id.handle.Store(nil) // which refers to the resource
}

// OpenOnce is like Open for a resource that may be behind a handle already: the
// value is then that handle, borrowed, and a freed one is an ErrFreed.
func (c *Class) OpenOnce(resource io.Closer, id *Identity) Value {
	return valueOfHandle(&opening{resource, c, id})
}

// wireBorrowed marks, in the Length of a handle's Wire, one that was open.
const wireBorrowed = 1 << 32

// open opens a handle for what a member returned. Its parent is the handle
// that was entered; of a constructor that took handles, the first of them.
func open(parent *pass, o *opening) (Wire, error) {
	id := o.identity
	if id == nil {
		h, err := openNew(parent, o)
		return handleWire(h), err
	}
	id.mu.Lock()
	defer id.mu.Unlock()
	known := id.handle.Load()
	if id.closed.Load() { // looked at second: Close sets it first
		return Wire{}, guard.ErrFreed
	}
	if known != nil {
		return openAgain(known)
	}
	h, err := openNew(parent, o)
	id.handle.Store(h)
	if id.closed.Load() || (id.Reopens && err == nil && h.Freeing()) {
		id.handle.Store(nil) // Close has come before that, or may have
	}
	return handleWire(h), err
}

func openNew(parent *pass, o *opening) (h *guard.Handle, err error) {
	options := guard.Options{Class: o.class}
	if parent != nil && parent.op.Handle() != nil {
		h, err = parent.op.OpenChild(o.resource, options)
	} else {
		h, err = table.Open(o.resource, options)
	}
	if err == nil {
		remember(h, o.resource)
	}
	return h, err
}

func openAgain(h *guard.Handle) (Wire, error) {
	op, err := table.Enter(h.Token())
	if err != nil {
		return Wire{}, err
	}
	defer op.Leave()
	if !op.Attach() {
		return Wire{}, guard.ErrFreed
	}
	w := handleWire(h)
	w.Length |= wireBorrowed
	return w, nil
}

// parentOf returns the pass whose handle a result of the call belongs to.
func parentOf(p *pass, a *Args) *pass {
	if p.op.Handle() != nil {
		return p
	}
	entered := a.entered()
	for i := range entered {
		if entered[i].op.Handle() != nil {
			return &entered[i]
		}
	}
	return p
}
