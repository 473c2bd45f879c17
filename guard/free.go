package guard

import (
	"context"
	"errors"
	"io"
	"runtime/debug"
	"time"
)

// NoDeadline lets a free wait as long as the ops take.
const NoDeadline time.Duration = -1

// A limit is one absolute deadline, shared by a handle and its descendants.
type limit struct {
	drain context.Context // for the ops
	close context.Context // for the Close that follows
	stop  context.CancelFunc
}

// newLimit starts a deadline. Zero looks once: ops are not waited for, but a
// Close that nothing stands in the way of gets the default deadline, else even
// an idle handle could never be seen to drain.
func newLimit(deadline time.Duration) *limit {
	switch {
	case deadline < 0:
		ctx, stop := context.WithCancel(context.Background())
		return &limit{drain: ctx, close: ctx, stop: stop}
	case deadline == 0:
		over, cancel := context.WithCancel(context.Background())
		cancel()
		ctx, stop := context.WithTimeout(context.Background(), DefaultDeadline)
		return &limit{drain: over, close: ctx, stop: stop}
	}
	ctx, stop := context.WithTimeout(context.Background(), deadline)
	return &limit{drain: ctx, close: ctx, stop: stop}
}

// A freeing is a begin-free that was won. Its wait must be called once.
type freeing struct {
	handle   *Handle
	children []*freeing
}

// begin tries to win the free. The winner sets freeing, cancels the ops in
// flight, and begins with the children; after it no op enters any of them. It
// returns nil to those who lose. It waits for nothing.
func (h *Handle) begin() *freeing {
	if !h.slot.word.begin(h.token.generation()) {
		return nil
	}
	h.table.freeing.Add(1)
	h.cancel()
	f := &freeing{handle: h}
	for _, child := range h.walk() {
		if c := child.begin(); c != nil {
			f.children = append(f.children, c)
		}
	}
	return f
}

// walk collects the children, once. A child that comes later is freed by the
// one who adds it.
func (h *Handle) walk() []*Handle {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.walked = true
	h.dropShares()
	list := make([]*Handle, 0, len(h.children))
	for child := range h.children {
		list = append(list, child)
	}
	return list
}

// wait waits for the children, then for the handle's own drain and Close. Each
// child holds an enter of its parent, so a child that times out makes the
// parent time out, and the last one out releases it.
func (f *freeing) wait(l *limit) (Outcome, error) {
	defer l.stop()
	return f.waitWithin(l)
}

func (f *freeing) waitWithin(l *limit) (o Outcome, err error) {
	defer func() { f.handle.table.outcomes[o].Add(1) }()
	childErr := f.waitForChildren(l)
	h := f.handle
	_, e := h.table.space.at(h.token.index())
	if !e.parker.await(&h.slot.word, l.drain.Done()) {
		h.table.abandoned.Add(1) // settle may have taken it off before
		return TimedOut, nil
	}
	h.startClose()
	select {
	case <-h.done:
	case <-l.close.Done():
		select {
		case <-h.done:
		default:
			return TimedOut, nil
		}
	}
	return Drained, withChildren(h.closeErr, childErr)
}

// waitInBackground waits with the default deadline, and tells of the end.
func (f *freeing) waitInBackground(done func(Outcome, error)) {
	o, err := f.wait(newLimit(DefaultDeadline))
	if done != nil {
		done(o, err)
	}
}

// waitForChildren returns what their releases failed with, if any did in time.
func (f *freeing) waitForChildren(l *limit) error {
	ended := make(chan error, len(f.children))
	for _, child := range f.children {
		go func() {
			_, err := child.waitWithin(l)
			ended <- err
		}()
	}
	var failed []error
	for range f.children {
		if err := <-ended; err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) == 1 {
		return failed[0]
	}
	return errors.Join(failed...)
}

// withChildren adds a child's error to the handle's own: who frees a parent is
// the only one to hear of either.
func withChildren(own, childErr error) error {
	switch {
	case childErr == nil:
		return own
	case own == nil:
		return &ReleaseError{Cause: childErr}
	}
	return &ReleaseError{Cause: errors.Join(own, childErr)}
}

// Free frees the handle: new ops are refused, the contexts of those in flight
// are cancelled, children are freed first. It returns when the resource is
// closed, or with TimedOut after the deadline, which covers the drain and
// Close: then whoever leaves last closes the resource. Zero looks once,
// NoDeadline waits for ever. The caller must not be inside an op of the handle
// or of a descendant, or it waits for itself until the deadline.
//
// Of all calls for one token one wins; the others return AlreadyFreeing at
// once, also those that come after the release.
//
// Errors: ErrInvalid with AlreadyFreeing; with Drained, a *ReleaseError of the
// handle's own Close or of a child's.
func (t *Table) Free(token Token, deadline time.Duration) (Outcome, error) {
	f, err := t.beginFree(token)
	if f == nil {
		return AlreadyFreeing, err
	}
	return f.wait(newLimit(deadline))
}

// FreeAsync begins to free the handle, like Free, but waits on a goroutine of
// its own, which calls done. When FreeAsync returns, no op enters any more.
func (t *Table) FreeAsync(token Token, deadline time.Duration, done func(Outcome, error)) {
	f, err := t.beginFree(token)
	if f == nil {
		go done(AlreadyFreeing, err)
		return
	}
	l := newLimit(deadline)
	go func() { done(f.wait(l)) }()
}

// beginFree returns nil without an error to a caller who lost.
func (t *Table) beginFree(token Token) (f *freeing, err error) {
	h, err := t.Lookup(token)
	if err == ErrInvalid {
		return nil, err
	}
	if err == nil {
		f = h.begin()
	}
	if f == nil {
		t.outcomes[AlreadyFreeing].Add(1)
	}
	return f, nil
}

// startClose runs the release on a goroutine of its own. It is called once: by
// the winner after the drain, or by the one who claimed an abandoned release.
func (h *Handle) startClose() {
	if h.closing.Swap(true) {
		panic("guard: a second release")
	}
	if h.resource == nil {
		h.finish(nil)
		return
	}
	go func() {
		err := error(&PanicError{}) // what remains if Close calls runtime.Goexit
		defer func() { h.finish(err) }()
		err = closeResource(h.resource)
	}()
}

// closeResource closes and turns a panic into an error.
func closeResource(resource io.Closer) (err error) {
	if resource == nil {
		return nil
	}
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, GoStack: string(debug.Stack())}
		}
	}()
	return resource.Close()
}

// finish follows Close. The slot goes back before anybody is told, so that a
// caller who has awaited a free may count on it.
func (h *Handle) finish(err error) {
	if err != nil {
		h.closeErr = &ReleaseError{Cause: err}
		h.table.failed.Add(1)
	}
	t := h.table
	_, e := t.space.at(h.token.index())
	e.handle.Store(nil)
	t.giveSlot(h.token)
	t.freeing.Add(-1)
	t.released.Add(1)
	if h.parent != nil {
		h.orphan()
	}
	close(h.done)
}
