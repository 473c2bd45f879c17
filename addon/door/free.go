package door

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/quiesce/quiesce/guard"
)

// deadlineOf turns milliseconds into a deadline. The JS side has refused NaN
// and negative ones; Infinity, and what is beyond Go's 292 years, is none.
func deadlineOf(ms float64) time.Duration {
	if ns := ms * float64(time.Millisecond); ns < math.MaxInt64 {
		return time.Duration(ns)
	}
	return guard.NoDeadline
}

// Free begins a free. Its outcome is delivered to the env as a number under
// the call's number. When Free returns, no op enters the handle any more.
func Free(env, call uint64, token guard.Token, ms float64, out *Wire) {
	e := envOf(env)
	if e == nil {
		failPlainly(out, errEnvEnded)
		return
	}
	h, err := table.Lookup(token)
	if err == guard.ErrInvalid {
		failPlainly(out, err)
		return
	}
	*out = Wire{}
	look(env, h)
	table.FreeAsync(token, deadlineOf(ms), func(o guard.Outcome, err error) {
		c := completion{call: call}
		answerOutcome(&c.result, o, err)
		e.deliver(c, nil)
		if o == guard.TimedOut {
			warnTimedOut(env, h)
		}
	})
}

// FreeSync frees and waits on this thread, a JS thread. If the drain would wait
// for the thread itself, it refuses and nothing is freed.
func FreeSync(env uint64, token guard.Token, ms float64, out *Wire) {
	h, err := table.Lookup(token)
	switch {
	case err == guard.ErrInvalid:
		failPlainly(out, err)
		return
	case err == nil && !h.Freeing() && waitsForThisThread(h):
		failPlainly(out, errWouldDeadlock)
		return
	}
	look(env, h)
	o, err := table.Free(token, deadlineOf(ms))
	answerOutcome(out, o, err)
	if o == guard.TimedOut {
		warnTimedOut(env, h)
	}
}

// ThreadHolds is the shim's: it reports whether the JS thread that is calling
// has entered the guard and not yet left.
var ThreadHolds = func(guard.Token) bool { return false }

// waitsForThisThread reports whether the calling JS thread is inside the handle
// or a descendant. Only a bare guard can be: a sync op is over before its
// thread runs any JS again, and an async one ends without the thread.
func waitsForThisThread(h *guard.Handle) bool {
	if classOf(h) == guardClass && ThreadHolds(h.Token()) {
		return true
	}
	return slices.ContainsFunc(h.Children(), waitsForThisThread)
}

// look notes who is inside a handle that is about to be freed, so that a
// time-out can tell for how long.
func look(env uint64, h *guard.Handle) {
	if h == nil || !(Tracing.Load() || listens(env, ListensTimeouts)) {
		return
	}
	if _, ops := h.State(); ops > 0 {
		opsInFlight()
	}
}

func answerOutcome(out *Wire, o guard.Outcome, err error) {
	if err != nil {
		failPlainly(out, err)
		return
	}
	v := Number(float64(o))
	*out = Wire{Tag: uint64(v.tag), Bits: v.bits}
}

// An allFreed is what FreeAll tells.
type allFreed struct {
	Drained        int            `json:"drained"`
	AlreadyFreeing int            `json:"alreadyFreeing"`
	TimedOut       int            `json:"timedOut"`
	Errors         []*description `json:"errors"`
}

// FreeAll begins to free every live handle of the process; the children are
// freed by their parents, and those that others are freeing are waited for as
// long. The counts are delivered to the env as JSON.
func FreeAll(env, call uint64, ms float64, out *Wire) {
	e := envOf(env)
	if e == nil {
		failPlainly(out, errEnvEnded)
		return
	}
	*out = Wire{}
	var mu sync.Mutex
	var all sync.WaitGroup
	result := allFreed{Errors: []*description{}}
	for _, h := range table.Handles() {
		if h.Parent() != nil {
			continue
		}
		all.Add(1)
		told := tellsFree(env, h, "freeAll")
		table.FreeAsync(h.Token(), deadlineOf(ms), func(o guard.Outcome, err error) {
			defer all.Done()
			if o == guard.AlreadyFreeing {
				awaitRelease(h, deadlineOf(ms))
			}
			mu.Lock()
			defer mu.Unlock()
			result.count(o, err)
			if told != nil && o != guard.AlreadyFreeing {
				told(o, err)
			} else if o == guard.TimedOut {
				warnTimedOut(env, h)
			}
		})
	}
	go func() {
		all.Wait()
		c := completion{call: call}
		storeJSON(&c.result, &result)
		e.deliver(c, nil)
	}()
}

func awaitRelease(h *guard.Handle, deadline time.Duration) {
	if deadline == guard.NoDeadline {
		<-h.Done()
		return
	}
	select {
	case <-h.Done():
	case <-time.After(deadline):
	}
}

func (a *allFreed) count(o guard.Outcome, err error) {
	switch o {
	case guard.Drained:
		a.Drained++
	case guard.AlreadyFreeing:
		a.AlreadyFreeing++
	case guard.TimedOut:
		a.TimedOut++
	}
	if err != nil {
		a.Errors = append(a.Errors, describeChain(err, maxCauses))
	}
}
