// Package histories records what threads do to guarded handles at the same
// time, and checks that some order of one call after the other explains it.
package histories

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Kind is what a call does.
type Kind string

// The kinds of calls. A Close is recorded by the resource itself, from its
// first line to its last; every other call by the thread that made it.
const (
	Open   Kind = "open"
	Enter  Kind = "enter"
	Leave  Kind = "leave"
	Free   Kind = "free"
	Attach Kind = "attach"
	Detach Kind = "detach"
	Close  Kind = "close"
)

// The results, in the words of the API; "" is that of a call that returns
// nothing.
const (
	OK             = "ok"
	Freed          = "freed" // ErrFreed, ERR_HANDLE_FREED, a tryEnter that returns false
	Drained        = "drained"
	AlreadyFreeing = "already-freeing"
	TimedOut       = "timed-out"
	Last           = "last"     // of a detach, which took the last attachment
	NotLast        = "not-last" // and one that did not
)

// A Call is one call on the handle that a token names. Times are those of one
// monotonic clock, in nanoseconds.
type Call struct {
	Thread int    `json:"thread"`
	Kind   Kind   `json:"kind"`
	Token  uint64 `json:"token"`
	Result string `json:"result"`
	// Deadline is that of a free, in nanoseconds.
	Deadline int64 `json:"deadline,omitempty"`
	Call     int64 `json:"call"`
	Return   int64 `json:"return"`
	// Settled is when the promise of an asynchronous free was seen to settle:
	// then Return is when the caller got the promise. 0 for the others.
	Settled int64 `json:"settled,omitempty"`
}

// end returns when the result was there.
func (c *Call) end() int64 { return max(c.Return, c.Settled) }

func (c *Call) slot() uint64       { return c.Token >> 32 }
func (c *Call) generation() uint32 { return uint32(c.Token) }

// overlaps reports whether two threads were in these calls at the same time.
func (c *Call) overlaps(d *Call) bool {
	return c.Thread != d.Thread && c.Call <= d.end() && d.Call <= c.end()
}

// A History is what several threads did, from a moment at which no handle of
// the slots was live until all of them were released.
type History struct {
	// Bare says that the handles have no resource: there is nobody to record
	// a Close.
	Bare  bool   `json:"bare,omitempty"`
	Calls []Call `json:"calls"`
}

// overlapping reports whether two calls on one slot were made at one time.
func (h *History) overlapping() bool {
	for i := range h.Calls {
		for j := range i {
			if a, b := &h.Calls[i], &h.Calls[j]; a.slot() == b.slot() && a.overlaps(b) {
				return true
			}
		}
	}
	return false
}

// recycled reports whether a slot served two handles; stale, whether a token
// of the first was used after the second was there.
func (h *History) recycled() (recycled, stale bool) {
	reopened := map[uint64]*Call{} // slot -> its latest open
	for i := range h.Calls {
		if c := &h.Calls[i]; c.Kind == Open {
			if before := reopened[c.slot()]; before == nil || before.generation() < c.generation() {
				recycled = recycled || before != nil
				reopened[c.slot()] = c
			}
		}
	}
	for i := range h.Calls {
		c := &h.Calls[i]
		o := reopened[c.slot()]
		stale = stale || o != nil && c.generation() < o.generation() && c.Call > o.Return
	}
	return recycled, stale
}

// String lists the calls by the time at which they were made.
func (h *History) String() string {
	calls := slices.Clone(h.Calls)
	slices.SortFunc(calls, func(a, b Call) int { return cmp.Compare(a.Call, b.Call) })
	var b strings.Builder
	for _, c := range calls {
		fmt.Fprintf(&b, "%12d..%-12d thread %2d  %d:%d %s", c.Call, c.end(), c.Thread, c.slot(), c.generation(), c.Kind)
		if c.Kind == Free {
			fmt.Fprintf(&b, "(%d ns)", c.Deadline)
		}
		fmt.Fprintf(&b, " %s\n", c.Result)
	}
	return b.String()
}
