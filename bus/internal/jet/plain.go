package jet

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

const prefetchBytes = 8 << 20

// plain is a plain subscription: an ephemeral consumer, replaced by a new one that
// starts at the next number whenever an event is missing, the consumer is silent or
// gone, or the connection was lost. So there is no gap and no duplicate, whatever
// happens between here and the stream. (Ordered consumers of nats.go do the same,
// but skip over what retention removed, and cannot tell a deleted topic.)
type plain struct {
	t       *topic
	options backend.Options
	created time.Time // of the stream: one made anew is another topic
	ctx     context.Context
	cancel  context.CancelFunc
	keeper  sync.WaitGroup
	reset   chan struct{} // a permit: the consumer must be replaced

	mu        sync.Mutex
	buffer    pages
	next      uint64 // number of the next event for the buffer
	taken     uint64 // number of the next event for Take
	line      *line  // nil while there is no consumer
	err       error  // for good
	ready     signal
	delivered int64
	lost      int64
}

// A line is one consumer, and what was asked of it. Its fields are under the
// subscription's lock.
type line struct {
	consumer   string
	inbox      string
	sub        *nats.Subscription
	seq        uint64 // of the consumer: that of its last event
	asked      int    // events that are to come
	askedBytes int
	big        bool // the next event is above askedBytes
	heard      time.Time
}

func (t *topic) follow(ctx context.Context, created time.Time, start uint64, o backend.Options) (*plain, error) {
	s := &plain{t: t, options: o, created: created, next: start, taken: start, reset: make(chan struct{}, 1)}
	s.ctx, s.cancel = context.WithCancel(t.b.ctx)
	if err := s.open(ctx); err != nil {
		s.cancel()
		return nil, err
	}
	t.b.addFeed(t.name, s)
	s.keeper.Go(s.keep)
	return s, nil
}

// Take implements backend.Subscription.
func (s *plain) Take(into []byte, max int) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buffer.count == 0 {
		return 0, s.err
	}
	if first := s.buffer.first(); first != s.taken {
		gone := s.taken
		s.taken = first
		s.lost += int64(first - gone)
		if !s.options.SkipLost {
			return 0, backend.Lost(gone, first)
		}
	}
	if size := s.buffer.firstSize(); size > len(into) {
		return -size, nil
	}
	page, last, count := s.buffer.take(max, len(into))
	s.taken = last + 1
	s.delivered += int64(count)
	s.more()
	return copy(into, page), nil
}

// Wait implements backend.Subscription.
func (s *plain) Wait(ctx context.Context) error {
	for {
		s.mu.Lock()
		there := s.buffer.count > 0 || s.err != nil
		ready := s.ready.wait()
		s.mu.Unlock()
		if there {
			return nil
		}
		select {
		case <-ready:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Ack implements backend.Subscription.
func (*plain) Ack(uint64) bool { return false }

// Nak implements backend.Subscription.
func (*plain) Nak(uint64, time.Duration) bool { return false }

// Stats implements backend.Subscription.
func (s *plain) Stats() backend.SubscriptionStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return backend.SubscriptionStats{Delivered: s.delivered, Lost: s.lost, Next: s.taken}
}

// Close implements backend.Subscription.
func (s *plain) Close() error {
	s.cancel()
	s.keeper.Wait()
	s.t.b.removeFeed(s.t.name, s)
	s.drop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buffer.clear()
	s.err = errClosed
	s.ready.fire()
	return nil
}

// more asks for events when a good part of the buffer is free. s.mu is held.
func (s *plain) more() {
	l := s.line
	if l == nil {
		return
	}
	want := s.options.MaxInFlight - s.buffer.count - l.asked
	bytes := prefetchBytes - s.buffer.bytes - l.askedBytes
	switch {
	case l.big:
		if s.buffer.count > 0 || l.asked > 0 {
			return
		}
		want, bytes = 1, 0 // alone, whatever its size
	case want < 1 || l.asked > 0 && (want < s.options.MaxInFlight/2 || bytes < prefetchBytes/2):
		return
	case bytes < prefetchBytes/4:
		return // what is taken makes room
	}
	if s.t.b.pull(s.t.stream, l.consumer, l.inbox, pullRequest{Batch: want, MaxBytes: bytes}) != nil {
		return // there is no connection: all begins anew when it is back
	}
	if l.asked == 0 {
		l.heard = time.Now()
	}
	l.asked += want
	l.askedBytes += bytes
}
