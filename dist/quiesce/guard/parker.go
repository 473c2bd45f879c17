package guard

import "sync/atomic"

// A parker is where the winner of a begin-free waits for the drain. It holds
// one permit. It belongs to the guard or slot for good: a wake-up by the late
// enter of an earlier generation may reach a later waiter, so a waiter looks at
// the word again after each one.
//
// It is made by the first winner who must wait. Winner: make the parker, then
// look at the word. Leaver: decrement the word, then look for a parker. The
// atomics are sequentially consistent, so one of the two sees the other.
type parker struct{ permits atomic.Pointer[chan struct{}] }

// permit returns the channel to receive from; only a winner calls it.
func (p *parker) permit() <-chan struct{} {
	if c := p.permits.Load(); c != nil {
		return *c
	}
	c := make(chan struct{}, 1)
	p.permits.CompareAndSwap(nil, &c)
	return *p.permits.Load()
}

func (p *parker) wake() {
	c := p.permits.Load()
	if c == nil {
		return
	}
	select {
	case *c <- struct{}{}:
		yieldThread()
	default: // the permit is there already
	}
}

// await parks until the ops on w have drained, and reports false when done was
// closed first. Then the release belongs to the last op to leave.
func (p *parker) await(w *word, done <-chan struct{}) bool {
	for !w.drained() {
		permit := p.permit()
		if w.drained() {
			break
		}
		select {
		case <-permit:
		case <-done:
			return !w.abandon()
		}
	}
	return true
}
