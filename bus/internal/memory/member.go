package memory

import (
	"context"
	"math"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// member is a subscription of a group. All of it is under the topic's mutex.
type member struct {
	g           *group
	maxInFlight int
	inFlight    int
	delivered   int64
	taken       time.Time // the last event
	closed      bool
}

// join adds a member. A group holds publishers up only while it has some.
func (g *group) join(o backend.Options) *member {
	if g.members == 0 {
		g.t.join(&g.consumer)
	}
	g.members++
	g.t.members++
	m := &member{g: g, maxInFlight: o.MaxInFlight}
	if m.maxInFlight <= 0 {
		m.maxInFlight = math.MaxInt
	}
	return m
}

// A handout is what one Take gives to a member.
type handout struct {
	m     *member
	now   time.Time
	page  []byte // its capacity is the room for it
	count int    // how many more may be taken
	need  int    // the size of the first one, which has no room
}

// Take gives first what is to be delivered again, then what is new.
func (m *member) Take(into []byte, count int) (int, error) {
	g := m.g
	g.t.mu.Lock()
	defer g.t.mu.Unlock()
	if err := m.failed(); err != nil {
		return 0, err
	}
	h := handout{m: m, count: min(count, m.maxInFlight-m.inFlight), page: into[:0:len(into)]}
	if h.count <= 0 {
		g.t.rouse(&g.consumer) // it may have been woken for an event that another one can take
		return 0, nil
	}
	if g.there() == 0 {
		return 0, nil
	}
	g.sweep()
	h.now = time.Now()
	h.again()
	h.fresh()
	if h.need > 0 {
		return -h.need, nil
	}
	m.taken = h.now
	g.t.took(&g.consumer)
	return len(h.page), nil
}

// fits reports whether one more record may be taken.
func (h *handout) fits(size int) bool {
	if h.count <= 0 {
		return false
	}
	if size <= cap(h.page)-len(h.page) {
		return true
	}
	if len(h.page) == 0 {
		h.need = size
	}
	h.count = 0
	return false
}

// again adds events that were delivered before.
func (h *handout) again() {
	g := h.m.g
	for d := g.ready.first(); d != nil; d = g.ready.first() {
		rec := g.t.log.record(d.seq)
		if !h.fits(len(rec)) {
			return
		}
		g.ready.remove(d)
		at := len(h.page)
		h.page = append(h.page, rec...)
		putDeliveries(h.page[at:], g.deliver(d, h.m, h.now))
		h.count--
	}
}

// fresh adds events that were never delivered, as far as they lie in one segment.
func (h *handout) fresh() {
	g, l := h.m.g, h.m.g.t.log
	if g.next < l.head {
		g.cursor = l.locate(l.head)
	}
	if g.next >= l.next || !h.fits(l.nextSize(&g.cursor)) {
		return
	}
	seq, at := g.next, len(h.page)
	part, n, _ := l.chunk(&g.cursor, h.count, cap(h.page)-at)
	h.page = append(h.page, part...)
	for range n {
		putDeliveries(h.page[at:], g.deliver(g.first(seq), h.m, h.now))
		at += record.SizeAt(h.page[at:])
		seq++
	}
}

func (m *member) Wait(ctx context.Context) error { return m.g.t.wait(ctx, &m.g.consumer, m) }

func (m *member) ready() bool {
	return m.failed() != nil || m.inFlight < m.maxInFlight && m.g.there() > 0
}

func (m *member) failed() error {
	switch {
	case m.g.t.gone != nil:
		return m.g.t.gone
	case m.g.gone != nil:
		return m.g.gone
	case m.closed:
		return errClosed("subscription")
	}
	return nil
}

// has returns the delivery of an event that this member has now, or nil.
func (m *member) has(seq uint64) *delivery {
	if d := m.g.deliveries[seq]; d != nil && d.by == m {
		return d
	}
	return nil
}

func (m *member) Ack(seq uint64) bool {
	g := m.g
	g.t.mu.Lock()
	defer g.t.mu.Unlock()
	d := m.has(seq)
	if d == nil {
		return false
	}
	g.timed.remove(d)
	g.done(d)
	m.inFlight--
	if m.inFlight == m.maxInFlight-1 {
		g.t.rouse(&g.consumer)
	}
	return true
}

func (m *member) Nak(seq uint64, delay time.Duration) bool {
	g := m.g
	g.t.mu.Lock()
	defer g.t.mu.Unlock()
	d := m.has(seq)
	if d == nil {
		return false
	}
	g.back(d, delay, time.Now())
	g.t.rouse(&g.consumer)
	return true
}

func (m *member) Stats() backend.SubscriptionStats {
	m.g.t.mu.Lock()
	defer m.g.t.mu.Unlock()
	return backend.SubscriptionStats{Delivered: m.delivered, InFlight: int64(m.inFlight)}
}

// Close gives back what was not acked. The group stays, with its position.
func (m *member) Close() error {
	g := m.g
	g.t.mu.Lock()
	defer g.t.mu.Unlock()
	if m.closed {
		return nil
	}
	m.closed = true
	now := time.Now()
	for _, d := range g.deliveries {
		if d.by == m {
			g.back(d, 0, now)
		}
	}
	g.members--
	g.t.members--
	if g.members == 0 {
		g.t.leave(&g.consumer)
	}
	g.t.rouse(&g.consumer)
	return nil
}
