package door

import (
	"context"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/quiesce/quiesce/guard"
)

// An Env is one Node-API environment as the door sees it: the async calls that
// it waits for and the completions on their way to it. It is made and closed
// on its JS thread; everything else may be done by any thread.
type Env struct {
	number uint64
	native Native
	// wake guards the env's thread-safe function: nobody touches that once
	// Close has begun, which runs before Node tears it down.
	wake guard.Guard

	mu        sync.Mutex
	pending   map[uint64]*pending
	inFlight  uint64                   // of those pending, the ones that are ops
	callbacks map[uint64]*guard.Handle // by number; the handle that each keeps open, or nil
	queue     []completion
	signalled bool
	closed    bool

	// thread is the worker_threads.threadId, -1 where nobody has told it.
	thread atomic.Int64
	// listens has what somebody on its JS side has subscribed to.
	listens atomic.Uint32

	// sightings are of raw enters, by those who read the ledger.
	sightings map[guard.Token]sighting

	// taking[taken:] is being handed over; only the JS thread looks at it.
	taking []completion
	taken  int
}

// Native is what the shim gives to an env.
type Native struct {
	// Wake makes the JS thread call Take soon. It is called under the guard.
	Wake func()
	// Current is the shim's record of the sync op that runs, in C memory.
	Current *CurrentOp
	// Holds reads the ledger of raw enters; any thread may call it while the
	// env is registered.
	Holds func(yield func(Hold))
	// Attachments yields the handle of each live wrapper; likewise.
	Attachments func(yield func(guard.Token))
}

// A CurrentOp is the sync op that an env is in. The shim writes it, diagnostics
// read it. Sequence is odd while it is written.
type CurrentOp struct {
	Sequence atomic.Uint64
	Token    atomic.Uint64 // 0 = none
	Member   atomic.Uint64
	Started  atomic.Uint64 // ms of the shim's clock
	Held     atomic.Uint64 // raw enters of the env, of all guards
}

// A Hold is what one env's ledger says of one guard.
type Hold struct {
	Token guard.Token
	Count uint32
	Times uint64 // differs between two stays
}

// A completion waits to be taken by its env. A call number of 0 is a warning;
// see callback.go for others that are no calls.
type completion struct {
	call    uint64
	result  Wire
	waiting *waiting // of a callback, whom it tells that it was taken
	bytes   int
}

var envs = struct {
	sync.RWMutex
	last uint64
	all  map[uint64]*Env
}{all: map[uint64]*Env{}}

// NewEnv registers an env and returns its number, which is never used again.
// From the first env on no class can be registered.
func NewEnv(n Native) uint64 {
	number, live := newEnv(n)
	addProcessor(live)
	return number
}

func newEnv(n Native) (number uint64, live int) {
	envs.Lock()
	defer envs.Unlock()
	frozen = true
	envs.last++
	e := &Env{
		number: envs.last, native: n,
		pending: map[uint64]*pending{}, callbacks: map[uint64]*guard.Handle{},
	}
	e.thread.Store(-1)
	envs.all[envs.last] = e
	return envs.last, len(envs.all)
}

func envOf(number uint64) *Env {
	envs.RLock()
	defer envs.RUnlock()
	return envs.all[number]
}

// CloseEnv is called by the env's cleanup hook, on its JS thread. When it
// returns nothing touches the env any more: its thread-safe function is left
// alone, its calls are cancelled, and what was on its way is dropped.
func CloseEnv(number uint64) {
	e := envOf(number)
	if e == nil {
		return
	}
	e.wake.BeginFree(context.Background()) // waits for wake-ups that are under way, no longer
	e.mu.Lock()
	e.closed = true
	queue, calls, callbacks := e.queue, e.pending, e.callbacks
	e.queue, e.pending, e.callbacks = nil, nil, nil
	e.mu.Unlock()
	envs.Lock()
	delete(envs.all, number)
	envs.Unlock()
	for _, p := range calls {
		p.context.cancel(errEnvEnded)
	}
	for _, h := range callbacks {
		if h != nil {
			detachCall(number, h)
		}
	}
	for _, left := range [][]completion{e.taking[e.taken:], queue} {
		for i := range left {
			drop(&left[i].result)
		}
	}
}

// addCallback is called on the env's thread, and so not after CloseEnv.
func (e *Env) addCallback(number uint64, h *guard.Handle) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.callbacks[number] = h
}

// bindCallback hands an attachment of the handle to a callback that is there
// and has none.
func (e *Env) bindCallback(number uint64, h *guard.Handle) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if before, found := e.callbacks[number]; !found || before != nil {
		return false
	}
	e.callbacks[number] = h
	return true
}

// removeCallback returns the handle that the callback was an attachment of.
func (e *Env) removeCallback(number uint64) (h *guard.Handle, found bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	h, found = e.callbacks[number]
	delete(e.callbacks, number)
	return h, found
}

// enqueue reports whether the JS thread must be woken.
func (e *Env) enqueue(c completion, p *pending) (first bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if p != nil {
		p.leave()
		e.forget(p)
	}
	if e.closed {
		drop(&c.result)
		return false
	}
	e.queue = append(e.queue, c)
	first = !e.signalled
	e.signalled = true
	return first
}

// Take hands completions to the JS thread of the env, in their order, and
// returns how many. After it returned none, the next one wakes the thread.
func Take(number uint64, calls []uint64, results []Wire) int {
	e := envOf(number)
	if e == nil {
		return 0
	}
	if e.taken == len(e.taking) {
		e.mu.Lock()
		e.taking, e.queue, e.taken = e.queue, e.taking[:0], 0
		e.signalled = len(e.taking) > 0
		e.mu.Unlock()
	}
	n := min(len(calls), len(e.taking)-e.taken)
	for i, c := range e.taking[e.taken : e.taken+n] {
		calls[i], results[i] = c.call, c.result
		if c.waiting != nil {
			c.waiting.remove(c.bytes)
		}
		e.taking[e.taken+i] = completion{} // it may refer to a callback, and the list lives on
	}
	e.taken += n
	return n
}

// warn has the env emit a process warning, if it is still there.
func warn(number uint64, w warning) {
	if e := envOf(number); e != nil {
		c := completion{}
		text := mustEncode(w)
		if store(&c.result, tagString, unsafe.String(unsafe.SliceData(text), len(text))) {
			e.deliver(c, nil)
		}
	}
}
