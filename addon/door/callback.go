package door

import (
	"runtime"
	"sync/atomic"

	"github.com/quiesce/quiesce/guard"
)

// CallbackQueue is how many calls of one callback may wait for its thread.
const CallbackQueue = 1024

// A completion with one of these bits is for the callback whose number the
// rest is. The shim has the same.
const (
	callbackCalled   = 1 << 63
	callbackReleased = 1 << 62
)

// A Callback is a JS function that was an argument. Any goroutine may call it,
// also after the method has returned: it runs later on the thread that passed
// it, in the order of the calls. Until garbage collection finds that nobody can
// call it any more, or its env ends, it is an attachment of the handle whose
// method it was passed to.
type Callback struct {
	env     uint64
	number  uint64
	member  *Member
	handle  *guard.Handle // nil where a function or a constructor took it
	queued  atomic.Int32
	dropped atomic.Bool
}

// newCallback takes over the function that the argument names. It fails when
// the handle's last attachment has gone, or the env has ended.
func newCallback(m *Member, p *pass, w *Wire) (*Callback, error) {
	e := envOf(w.Length)
	if e == nil {
		return nil, errEnvEnded
	}
	c := &Callback{env: w.Length, number: w.Bits, member: m, handle: p.op.Handle()}
	if c.handle != nil && !p.op.Attach() {
		return nil, guard.ErrFreed
	}
	if !e.addCallback(c) {
		c.detach()
		return nil, errEnvEnded
	}
	held := &Callback{env: c.env, number: c.number, handle: c.handle}
	runtime.AddCleanup(c, func(held *Callback) { held.release() }, held)
	return c, nil
}

// Call has the function called with the value. It never blocks. When
// CallbackQueue calls are waiting already this one is dropped, and the first
// time a warning tells so. An error in the place of the value is thrown there.
// Once the handle is released, or its env has ended, it does nothing.
func (c *Callback) Call(v Value, err error) {
	if c.released() {
		return
	}
	e := envOf(c.env)
	if e == nil {
		return
	}
	if c.queued.Add(1) > CallbackQueue {
		c.queued.Add(-1)
		if !c.dropped.Swap(true) {
			warn(c.env, warning{Kind: "overflow", Class: c.member.String(), Limit: CallbackQueue})
		}
		return
	}
	if v.tag == tagError {
		v, err = Value{}, RangeError("an argument of the callback "+v.text)
	}
	done := completion{call: callbackCalled | c.number, queued: &c.queued}
	answer(&done.result, c.member, nil, v, err)
	e.deliver(done, nil)
}

func (c *Callback) released() bool {
	if c.handle == nil {
		return false
	}
	select {
	case <-c.handle.Done():
		return true
	default:
		return false
	}
}

// release follows the collection of a callback: its function is let go.
func (c *Callback) release() {
	e := envOf(c.env)
	if e == nil || !e.removeCallback(c.number) {
		return // the env has ended, and gave the attachment back
	}
	c.detach()
	e.deliver(completion{call: callbackReleased | c.number}, nil)
}

func (c *Callback) detach() {
	if c.handle != nil {
		detachCall(c.env, c.handle)
	}
}

func (e *Env) addCallback(c *Callback) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.callbacks[c.number] = c.handle
	return true
}

func (e *Env) removeCallback(number uint64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, found := e.callbacks[number]
	delete(e.callbacks, number)
	return found
}

// takeCallbacks makes callbacks of the arguments that are functions. It comes
// after enter; what it has made is given back by garbage collection.
func (m *Member) takeCallbacks(p *pass, a *Args) error {
	a.callbacks = make([]*Callback, len(m.params))
	for i, param := range m.params {
		if param.Kind != KindCallback || !a.Has(i) {
			continue
		}
		c, err := newCallback(m, p, &a.wires[i])
		if err != nil {
			return err
		}
		a.callbacks[i] = c
	}
	return nil
}
