package memory

import (
	"context"
	"math"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// plain is a subscription that sees every event. All of it is under the topic's
// mutex.
type plain struct {
	consumer
	t         *Topic
	skipLost  bool
	exact     bool // it waits for one number, and has not had it yet
	delivered int64
	lost      int64
	closed    bool
}

// Subscribe starts a subscription, of a group if the options name one.
func (t *Topic) Subscribe(_ context.Context, o backend.Options) (backend.Subscription, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone != nil {
		return nil, t.gone
	}
	if o.Group != "" {
		return t.group(o).join(o), nil
	}
	p := &plain{t: t, skipLost: o.SkipLost, exact: o.From == backend.AtSeq}
	p.cursor = t.start(o)
	p.by = p
	p.careless = o.SkipLost
	t.join(&p.consumer)
	return p, nil
}

// start returns where a subscription starts.
func (t *Topic) start(o backend.Options) cursor {
	l := t.log
	switch o.From {
	case backend.First:
		return l.locate(l.head)
	case backend.Last:
		return l.locate(max(l.next-1, l.head))
	case backend.AtTime:
		return l.locate(l.since(o.Time))
	case backend.AtSeq:
		return unknown(max(o.Seq, 1))
	default:
		return l.locate(l.next)
	}
}

// Take copies from one segment at most.
func (p *plain) Take(into []byte, count int) (int, error) {
	h, need, err := p.piece(count, len(into))
	if h.segment == nil {
		return -need, err
	}
	defer h.release()
	return copy(into, h.bytes), nil
}

// piece returns what Take copies, if there is something, or what room it needs.
func (p *plain) piece(count, maxBytes int) (h held, need int, err error) {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	if err := p.failed(); err != nil {
		return h, 0, err
	}
	if err := p.overrun(); err != nil {
		return h, 0, err
	}
	l := p.t.log
	if p.next >= l.next || count <= 0 {
		return h, 0, nil
	}
	if size := l.nextSize(&p.cursor); size > maxBytes {
		return h, size, nil
	}
	page, n, s := l.chunk(&p.cursor, count, maxBytes)
	p.exact = false
	p.delivered += int64(n)
	p.t.took(&p.consumer)
	return s.hold(page), 0, nil
}

// overrun goes on at the first event that is there, if events were removed that
// this one has not taken.
func (p *plain) overrun() error {
	l := p.t.log
	if p.next >= l.head {
		return nil
	}
	first := p.next
	p.cursor = l.locate(l.head)
	p.exact = false
	p.lost += int64(l.head - first)
	p.t.took(&p.consumer)
	if p.skipLost {
		return nil
	}
	return backend.Lost(first, l.head)
}

func (p *plain) Wait(ctx context.Context) error { return p.t.wait(ctx, &p.consumer, p) }

func (p *plain) there() int { return math.MaxInt }

// ready is true for one who lost events, too, even if there are none now: unless
// it is to skip them, Take has to say so.
func (p *plain) ready() bool {
	l := p.t.log
	return p.next < l.next && (!p.skipLost || l.events() > 0) || p.failed() != nil
}

func (p *plain) failed() error {
	if p.t.gone != nil {
		return p.t.gone
	}
	if p.closed {
		return errClosed("subscription")
	}
	return nil
}

// Ack is for members of a group.
func (p *plain) Ack(uint64) bool { return false }

// Nak is for members of a group.
func (p *plain) Nak(uint64, time.Duration) bool { return false }

func (p *plain) Stats() backend.SubscriptionStats {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	return backend.SubscriptionStats{Delivered: p.delivered, Lost: p.lost, Next: p.next}
}

func (p *plain) Close() error {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	p.closed = true
	p.t.leave(&p.consumer)
	p.t.rouse(&p.consumer)
	return nil
}
