package door

import (
	"sync/atomic"
	"time"

	"github.com/quiesce/quiesce/guard"
)

// What an env may listen for. The JS side has the same.
const (
	ListensFrees = 1 << iota
	ListensTimeouts
)

// leaked counts the leaks that were told.
var leaked atomic.Uint64

// Listen tells what somebody on the env's thread has subscribed to.
func Listen(env uint64, what uint32) {
	if e := envOf(env); e != nil {
		e.listens.Store(what)
	}
}

func listens(env uint64, what uint32) bool {
	e := envOf(env)
	return e != nil && e.listens.Load()&what != 0
}

// tellsFree returns what tells the env how a free ended that no call of it
// waits for, or nil where nobody listens.
func tellsFree(env uint64, h *guard.Handle, by string) func(guard.Outcome, error) {
	if !listens(env, ListensFrees|ListensTimeouts) {
		return nil
	}
	begun := time.Now()
	return func(o guard.Outcome, err error) {
		if o == guard.TimedOut {
			warnTimedOut(env, h)
		}
		if !listens(env, ListensFrees) {
			return
		}
		w := warning{
			Kind: "free", Class: classOf(h).name, Token: uint64(h.Token()),
			By: by, Outcome: o.String(), Duration: milliseconds(time.Since(begun)),
		}
		if err != nil {
			w.Error = describeChain(err, maxCauses)
		}
		warn(env, w)
	}
}
