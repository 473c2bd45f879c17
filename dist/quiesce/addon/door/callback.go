package door

import (
	"runtime"
	"sync/atomic"

	"github.com/quiesce/quiesce/guard"
)

// How many calls of one callback may wait for its thread, and how many bytes of
// strings and other data they may have. A single call may have more.
const (
	CallbackQueue = 1024
	CallbackBytes = 16 << 20
)

// A completion with one of these bits is for the callback whose number the
// rest is. The shim has the same.
const (
	callbackCalled   = 1 << 63
	callbackReleased = 1 << 62
)

// A Callback is a JS function that was an argument. Any goroutine may call it,
// also after the method has returned: it runs later on the thread that passed
// it, in the order of the calls. It belongs to the handle whose method it was
// passed to, or that the constructor it was passed to has opened. Until garbage
// collection finds that nobody can call it any more, or its env ends, it is an
// attachment of that handle. After the release of the handle it is not called.
type Callback struct {
	env     uint64
	number  uint64
	member  *Member
	handle  atomic.Pointer[guard.Handle]
	waiting waiting
	dropped atomic.Bool
}

// waiting counts the calls of a callback that wait, and their bytes.
type waiting struct {
	calls atomic.Int32
	bytes atomic.Int64
}

// add reports whether there is room for one more.
func (w *waiting) add(bytes int) bool {
	calls, total := w.calls.Add(1), w.bytes.Add(int64(bytes))
	if calls == 1 || (calls <= CallbackQueue && total <= CallbackBytes) {
		return true
	}
	w.remove(bytes)
	return false
}

func (w *waiting) remove(bytes int) {
	w.calls.Add(-1)
	w.bytes.Add(int64(-bytes))
}

// newCallback takes over the function that the argument names. It fails when
// the handle's last attachment has gone, or the env has ended.
func newCallback(m *Member, p *pass, w *Wire) (*Callback, error) {
	e := envOf(w.Length)
	if e == nil {
		return nil, errEnvEnded
	}
	c := &Callback{env: w.Length, number: w.Bits, member: m}
	h := p.op.Handle()
	if h != nil && !p.op.Attach() {
		return nil, guard.ErrFreed
	}
	c.handle.Store(h)
	e.addCallback(c.number, h)
	runtime.AddCleanup(c, releaseCallback, [2]uint64{c.env, c.number})
	return c, nil
}

// bind has the callback belong to a handle that the call has opened.
func (c *Callback) bind(h *guard.Handle) {
	e := envOf(c.env)
	if e == nil || c.handle.Load() != nil {
		return
	}
	if _, err := table.Attach(h.Token()); err != nil {
		return // it is freed already
	}
	if e.bindCallback(c.number, h) {
		c.handle.Store(h)
	} else {
		detachCallback(c.env, h)
	}
}

// Call has the function called with the value. It never blocks. When as many
// calls are waiting as may this one is dropped, and the first time a warning
// tells so. An error in the place of the value is thrown there.
// Once the handle is released, or its env has ended, it does nothing.
func (c *Callback) Call(v Value, err error) {
	e := envOf(c.env)
	if e == nil || isReleased(c.handle.Load()) {
		return
	}
	bytes := v.size()
	if !c.waiting.add(bytes) {
		if !c.dropped.Swap(true) {
			warn(c.env, warning{Kind: "overflow", Class: c.member.String(), Limit: CallbackQueue})
		}
		return
	}
	if v.tag == tagError {
		v, err = Value{}, RangeError("an argument of the callback "+v.text())
	}
	done := completion{call: callbackCalled | c.number, waiting: &c.waiting, bytes: bytes}
	answer(&done.result, c.member, nil, v, err)
	e.deliver(done, nil)
}

func isReleased(h *guard.Handle) bool {
	if h == nil {
		return false
	}
	select {
	case <-h.Done():
		return true
	default:
		return false
	}
}

// MayCall reports whether the callback of a completion may still be called: the
// handle may have been released while it waited. It runs on the env's thread.
func MayCall(env, number uint64) bool {
	e := envOf(env)
	if e == nil {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return !isReleased(e.callbacks[number])
}

// releaseCallback follows the collection of a callback: its function is let go.
func releaseCallback(name [2]uint64) {
	env, number := name[0], name[1]
	e := envOf(env)
	if e == nil {
		return
	}
	h, found := e.removeCallback(number)
	if !found {
		return // the env has ended, and gave the attachment back
	}
	detachCallback(env, h)
	letGo(e, number)
}

// letGo has the JS side forget a function.
func letGo(e *Env, number uint64) { e.deliver(completion{call: callbackReleased | number}, nil) }

func detachCallback(env uint64, h *guard.Handle) {
	if h != nil {
		detachCall(env, h)
	}
}

// takeCallbacks makes callbacks of the arguments that are functions. It comes
// after enter; what it has made is given back by garbage collection.
func (m *Member) takeCallbacks(p *pass, a *Args) error {
	made := make([]*Callback, len(m.params))
	a.keep().callbacks = made
	for i, param := range m.params {
		if param.Kind != KindCallback || !a.Has(i) {
			continue
		}
		c, err := newCallback(m, p, &a.wires[i])
		if err != nil {
			return err
		}
		made[i] = c
	}
	return nil
}

// refuseCallbacks lets those functions go that a call which was refused has
// not taken over.
func (m *Member) refuseCallbacks(a *Args) {
	taken := a.taken()
	for i, param := range m.params {
		if param.Kind != KindCallback || !a.Has(i) || (taken != nil && taken[i] != nil) {
			continue
		}
		if e := envOf(a.wires[i].Length); e != nil {
			letGo(e, a.wires[i].Bits)
		}
	}
}

// bindCallbacks follows a call that has opened a handle.
func bindCallbacks(a *Args, w *Wire) {
	taken := a.taken()
	if taken == nil || tag(w.Tag) != tagHandle {
		return
	}
	h, err := table.Lookup(guard.Token(w.Bits))
	for _, c := range taken {
		if err == nil && c != nil {
			c.bind(h)
		}
	}
}
