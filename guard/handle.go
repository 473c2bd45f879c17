package guard

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// A Handle is one resource from open to release. Its memory is Go's: whoever
// holds a *Handle may look at it for ever, also after the release.
type Handle struct {
	table    *Table
	slot     *slot
	token    Token
	resource io.Closer
	class    any
	opened   time.Time
	site     atomic.Pointer[string]
	// collected tells that something which kept the handle was collected.
	collected atomic.Bool

	// attachments only falls to zero once: an attach succeeds from above zero.
	attachments atomic.Int64
	// scope is the context of the ops, made by the first who asks.
	scope atomic.Pointer[scope]

	mu       sync.Mutex // guards the fields down to shares; taken before the table's mu
	children map[*Handle]struct{}
	walked   bool // a free has collected the children; later ones free themselves
	shares   []*share

	parent   *Handle // the child holds one enter of it, until its Close returned
	held     *stripe // that counts this enter, nil for the parent's word
	attached bool    // the child is an attachment of its parent

	closing  atomic.Bool
	closeErr error         // written before done is closed
	done     chan struct{} // closed after the release
}

type scope struct {
	context.Context
	cancel context.CancelCauseFunc
}

// Token returns the handle's token.
func (h *Handle) Token() Token { return h.token }

// Class returns the Class that the handle was opened with.
func (h *Handle) Class() any { return h.class }

// SetSite tells where the handle was opened, for diagnostics.
func (h *Handle) SetSite(site string) { h.site.Store(&site) }

// Site returns where the handle was opened, if that was told.
func (h *Handle) Site() string {
	if site := h.site.Load(); site != nil {
		return *site
	}
	return ""
}

// SetCollected tells that garbage collection took something that kept the
// handle, for diagnostics.
func (h *Handle) SetCollected() { h.collected.Store(true) }

// Collected reports whether SetCollected was called.
func (h *Handle) Collected() bool { return h.collected.Load() }

// Opened returns when the handle was opened.
func (h *Handle) Opened() time.Time { return h.opened }

// Parent returns the handle that this one is a child of, or nil.
func (h *Handle) Parent() *Handle { return h.parent }

// Attachments returns the number of attachments.
func (h *Handle) Attachments() int { return int(h.attachments.Load()) }

// Freeing reports whether freeing began.
func (h *Handle) Freeing() bool { return !isOpen(h.slot.word.bits.Load(), h.token.generation()) }

// Done returns a channel that is closed after the release.
func (h *Handle) Done() <-chan struct{} { return h.done }

// Children returns the children that are not yet released, in no order.
func (h *Handle) Children() []*Handle {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]*Handle, 0, len(h.children))
	for child := range h.children {
		list = append(list, child)
	}
	return list
}

// context returns the context of the handle's ops. The caller is inside an op,
// so the generation is the handle's. The winner of a begin-free first sets
// freeing and then looks for a context; the maker here publishes it and then
// looks for freeing: one of the two cancels it.
func (h *Handle) context() context.Context {
	if s := h.scope.Load(); s != nil {
		return s
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	s := &scope{ctx, cancel}
	if !h.scope.CompareAndSwap(nil, s) {
		cancel(nil)
		return h.scope.Load()
	}
	if h.Freeing() {
		cancel(ErrFreed)
	}
	return s
}

func (h *Handle) cancel() {
	if s := h.scope.Load(); s != nil {
		s.cancel(ErrFreed)
	}
}

// A HandleOp is one use of a handle's resource, from Enter to Leave. It belongs
// to one goroutine at a time and must not be copied. Only the zero HandleOp may
// be overwritten by another.
type HandleOp struct {
	_      noCopy // not last: there it would take room
	handle *Handle
	word   *word   // of the handle's slot
	stripe *stripe // that counts it, nil for the word
}

// Handle returns the handle that was entered, or nil after Leave.
func (op *HandleOp) Handle() *Handle { return op.handle }

// Resource returns the resource. It is valid until Leave.
func (op *HandleOp) Resource() io.Closer { return op.handle.resource }

// Context returns the context of the handle. A begin-free cancels it with the
// cause ErrFreed right after it has set freeing.
func (op *HandleOp) Context() context.Context { return op.handle.context() }

// Attach adds an attachment for an op that goes on without its caller; whoever
// gets it must call Table.Detach. It reports false when the last attachment has
// gone already.
func (op *HandleOp) Attach() bool { return op.handle.attach() }

// Leave ends the op. Further calls, and those on a zero HandleOp, do nothing.
// It never blocks and never closes the resource on this goroutine.
func (op *HandleOp) Leave() {
	if h := op.handle; h != nil {
		op.handle = nil
		h.leave(op.word, op.stripe)
	}
}

// leave takes one op off the slot's word, or off a stripe of it.
func (h *Handle) leave(w *word, s *stripe) {
	if s != nil {
		h.leaveStripe(s)
	} else if w.leave() {
		h.table.Settle(h.token)
	}
}

func (h *Handle) leaveStripe(s *stripe) {
	if h.slot.word.leaveStripe(s) {
		h.table.Settle(h.token)
	}
}

// extend adds one enter for a child, where the op itself is counted.
func (op *HandleOp) extend() bool {
	if op.stripe != nil {
		return op.stripe.extend()
	}
	return op.handle.slot.word.extend()
}

// OpenChild puts a resource behind a new handle that is a child of the op's:
// freeing the parent frees the child first, and a live child keeps the parent
// open. Ownership of the resource passes with the call. When the parent's
// freeing has already collected its children, the child is freed at once and
// the call fails with ErrFreed; the parent is not released before the child.
//
// Errors: ErrFreed, ErrHandleLimit, ErrOpsLimit, ErrNoMemory.
func (op *HandleOp) OpenChild(resource io.Closer, o Options) (*Handle, error) {
	parent := op.handle
	if !op.extend() {
		closeResource(resource)
		return nil, ErrOpsLimit
	}
	child, late, err := parent.adopt(resource, o, op.stripe)
	if err != nil {
		parent.leave(op.word, op.stripe) // first: Close may end this goroutine
		closeResource(resource)
		return nil, err
	}
	if late {
		child.table.freeInBackground(child, nil)
		return nil, ErrFreed
	}
	return child, nil
}

// adopt opens the child under the parent's lock: whoever frees it meanwhile
// waits at that lock to take it off the children.
func (h *Handle) adopt(resource io.Closer, o Options, held *stripe) (child *Handle, late bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	child, err = h.table.open(resource, o, h)
	if err != nil {
		return nil, false, err
	}
	child.held = held
	if h.walked || !h.attach() {
		return child, true, nil
	}
	child.attached = true
	if h.children == nil {
		h.children = make(map[*Handle]struct{})
	}
	h.children[child] = struct{}{}
	return child, false, nil
}

// orphan undoes what OpenChild did to the parent, after the child's Close.
func (h *Handle) orphan() {
	parent := h.parent
	parent.mu.Lock()
	delete(parent.children, h)
	attached := h.attached
	parent.mu.Unlock()
	if attached {
		parent.detach(nil)
	}
	parent.leave(&parent.slot.word, h.held)
}
