package jet

import (
	"context"
	"time"
)

// A signal wakes all who wait. Its owner's lock is held for both methods, so that
// nothing can happen between a look at the state and the wait.
type signal struct{ ch chan struct{} }

// wait returns a channel that the next fire closes.
func (s *signal) wait() <-chan struct{} {
	if s.ch == nil {
		s.ch = make(chan struct{})
	}
	return s.ch
}

func (s *signal) fire() {
	if s.ch != nil {
		close(s.ch)
		s.ch = nil
	}
}

// kick puts a permit into a channel that holds one.
func kick(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// sleep waits, or returns why it ended early.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// A pause is a time to wait before the next try; it doubles up to two seconds.
type pause time.Duration

func (p *pause) next() time.Duration {
	d := time.Duration(*p)
	*p = pause(min(max(2*d, 50*time.Millisecond), 2*time.Second))
	return d
}

// tryAgain calls f up to so many times, with a pause between, while its error passes.
func tryAgain(ctx context.Context, times int, passes func(error) bool, f func() error) (err error) {
	wait := pause(0)
	for range times {
		if err = f(); !passes(err) {
			break
		}
		if cause := sleep(ctx, wait.next()); cause != nil {
			return cause
		}
	}
	return err
}
