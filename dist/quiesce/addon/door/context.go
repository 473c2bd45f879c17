package door

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A callContext is the context of an async call. Most calls never look at
// theirs, and a third of the time of a short one went into making it. So it
// becomes a real one, a child of the handle's, when they do; from then on it
// answers what that one answers, its Cause and what derives from it included.
type callContext struct {
	pass *pass // entered until cancel is called

	mu     sync.Mutex
	ended  bool  // cancel was called
	cause  error // what ended it
	within context.Context
	stop   context.CancelCauseFunc // of within; nil until somebody looks
}

var _ context.Context = (*callContext)(nil)

// cancel ends it, as a context.CancelCauseFunc does.
func (c *callContext) cancel(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	c.ended, c.cause = true, cause
	if c.stop != nil {
		c.stop(cause)
	}
}

// real makes it what it is to those who look. One that has ended before is not
// the handle's any more.
func (c *callContext) real() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop != nil {
		return c.within
	}
	parent := context.Background()
	if !c.ended {
		parent = c.pass.context()
	}
	c.within, c.stop = context.WithCancelCause(parent)
	if c.ended {
		c.stop(c.cause)
	}
	return c.within
}

func (c *callContext) Deadline() (deadline time.Time, ok bool) { return c.real().Deadline() }
func (c *callContext) Done() <-chan struct{}                   { return c.real().Done() }
func (c *callContext) Err() error                              { return c.real().Err() }
func (c *callContext) Value(key any) any                       { return c.real().Value(key) }
func (c *callContext) String() string                          { return fmt.Sprint(c.real()) }
