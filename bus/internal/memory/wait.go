package memory

import (
	"context"
	"time"
)

// A consumer is what moves through a topic: a plain subscription, or a group as a
// whole. All of it is under the topic's mutex.
type consumer struct {
	cursor
	by      reader
	waiters []*waiter
	asleep  bool // it is in the topic's list of that name
	lag     lagging
	// careless: it may lose events, so it holds nobody up.
	careless bool
	// again rings when those who were woken may not have taken what they were woken
	// for: others wait for it too.
	again alarm
}

// answer is how long one who was woken may take to take.
const answer = 20 * time.Millisecond

// A reader is the one that a consumer is a part of.
type reader interface {
	// there returns how many waiters are worth to be woken.
	there() int
}

// A waiter is one call of Wait that sleeps.
type waiter struct {
	wake chan struct{} // has room for one
	s    sleeper
}

// A sleeper is a subscription as its waiters see it.
type sleeper interface {
	// ready tells that Take would return something, or an error.
	ready() bool
	// failed returns the error that all calls end with, if there is one.
	failed() error
}

// wait returns when the sleeper is ready.
func (t *Topic) wait(ctx context.Context, c *consumer, s sleeper) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !s.ready() {
		w := t.sleep(c, s)
		t.mu.Unlock()
		select {
		case <-w.wake:
		case <-ctx.Done():
		}
		t.mu.Lock()
		t.retire(c, w)
		// This one may have been woken for an event that another one has to take now.
		if ctx.Err() != nil {
			t.rouse(c)
			return context.Cause(ctx)
		}
		if !s.ready() {
			t.rouse(c)
		}
	}
	return s.failed()
}

// sleep enters a waiter at the end of its consumer's list.
func (t *Topic) sleep(c *consumer, s sleeper) *waiter {
	var w *waiter
	if n := len(t.spare); n > 0 {
		w, t.spare = t.spare[n-1], t.spare[:n-1]
	} else {
		w = &waiter{wake: make(chan struct{}, 1)}
	}
	w.s = s
	c.waiters = append(c.waiters, w)
	if !c.asleep {
		c.asleep = true
		t.asleep = append(t.asleep, c)
	}
	return w
}

// retire takes back a waiter, woken or not.
func (t *Topic) retire(c *consumer, w *waiter) {
	for i := range c.waiters {
		if c.waiters[i] == w {
			last := len(c.waiters) - 1
			copy(c.waiters[i:], c.waiters[i+1:])
			c.waiters[last] = nil
			c.waiters = c.waiters[:last]
			break
		}
	}
	select {
	case <-w.wake:
	default:
	}
	w.s = nil
	t.spare = append(t.spare, w)
}

// rouseAll wakes those who wait for what is there now.
func (t *Topic) rouseAll() {
	kept := t.asleep[:0]
	for _, c := range t.asleep {
		t.rouse(c)
		c.asleep = len(c.waiters) > 0
		if c.asleep {
			kept = append(kept, c)
		}
	}
	clear(t.asleep[len(kept):])
	t.asleep = kept
}

// rouse wakes those of one consumer, in the order in which they came, and not
// more than there are events, but for those who fail.
func (t *Topic) rouse(c *consumer) {
	if len(c.waiters) == 0 {
		return
	}
	n := c.by.there()
	kept := c.waiters[:0]
	for _, w := range c.waiters {
		switch {
		case w.s.failed() != nil:
			w.wake <- struct{}{}
		case n > 0 && w.s.ready():
			n--
			w.wake <- struct{}{}
		default:
			kept = append(kept, w)
		}
	}
	woken := len(c.waiters) - len(kept)
	clear(c.waiters[len(kept):])
	c.waiters = kept
	if woken > 0 && len(kept) > 0 {
		t.rouseAgain(c)
	}
}

// rouseAgain has others be woken if those that were do not take: since their thread
// is busy, or has lost interest.
func (t *Topic) rouseAgain(c *consumer) {
	if c.again.ring == nil {
		c.again.ring = func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			c.again.rang()
			t.rouse(c)
		}
	}
	now := time.Now()
	c.again.set(now.Add(answer), now)
}
