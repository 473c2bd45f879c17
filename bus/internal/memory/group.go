package memory

import (
	"context"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// A delivery is an event that went to a member and was not acked. It is in one of
// the group's queues: in timed while a member has it, or while it is held back by
// the delay of a Nak, and then in ready.
type delivery struct {
	seq   uint64
	by    *member // who has it; nil if nobody
	due   time.Time
	times uint32
	place int
}

// A group is a position in a topic, and what was delivered but not acked. All of
// it is under the topic's mutex.
type group struct {
	consumer    // its cursor is before the first event that was never delivered
	t           *Topic
	name        string
	gone        error // set when the group is deleted
	members     int
	ackWait     time.Duration
	deliveries  map[uint64]*delivery
	timed       queue // by due
	ready       queue // by seq
	spare       []*delivery
	alarm       alarm // for the first of timed
	sweepAt     int   // so many deliveries, and those that retention removed are looked for
	redelivered int64
}

// sweepLeast is how many deliveries are not worth to be swept.
const sweepLeast = 1024

// group returns the group that the options name, which it makes if there is none.
func (t *Topic) group(o backend.Options) *group {
	g, ok := t.groups[o.Group]
	if !ok {
		g = &group{t: t, name: o.Group, ackWait: backend.AckWait, deliveries: map[uint64]*delivery{}, sweepAt: sweepLeast}
		g.cursor = t.start(o)
		g.by = g
		g.timed.before = func(a, b *delivery) bool { return a.due.Before(b.due) }
		g.ready.before = func(a, b *delivery) bool { return a.seq < b.seq }
		g.alarm.ring = g.expire
		t.groups[o.Group] = g
	}
	if o.AckWait > 0 {
		g.ackWait = o.AckWait
	}
	return g
}

// DeleteGroup forgets a group. Its members fail with ErrNoGroup.
func (t *Topic) DeleteGroup(_ context.Context, name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone != nil {
		return t.gone
	}
	g, ok := t.groups[name]
	if !ok {
		return backend.ErrNoGroup.With(nil, "topic %q has no group %q", t.name, name)
	}
	delete(t.groups, name)
	g.gone = backend.ErrNoGroup.With(nil, "group %q of topic %q was deleted; subscribe again to make a new one", name, t.name)
	g.forget()
	t.leave(&g.consumer)
	t.rouse(&g.consumer)
	return nil
}

// forget drops all deliveries.
func (g *group) forget() {
	for _, d := range g.deliveries {
		if d.by != nil {
			d.by.inFlight--
		}
	}
	clear(g.deliveries)
	g.timed.items, g.ready.items, g.spare = nil, nil, nil
	g.alarm.stop()
}

// pending returns how many events were never delivered.
func (g *group) pending() int64 {
	l := g.t.log
	if g.next >= l.next {
		return 0
	}
	return int64(l.next - max(g.next, l.head))
}

// there returns how many events wait for a member.
func (g *group) there() int {
	g.purge()
	return int(g.pending()) + len(g.ready.items)
}

// purge drops what is ready and was removed by retention.
func (g *group) purge() {
	for d := g.ready.first(); d != nil && d.seq < g.t.log.head; d = g.ready.first() {
		g.ready.remove(d)
		g.done(d)
	}
}

// sweep drops what a Nak holds back and retention has removed, or a group whose
// members do nothing but that would grow. It comes after purge.
func (g *group) sweep() {
	if len(g.deliveries) < g.sweepAt {
		return
	}
	for seq, d := range g.deliveries {
		if d.by == nil && seq < g.t.log.head {
			g.timed.remove(d)
			g.done(d)
		}
	}
	g.sweepAt = max(sweepLeast, 2*len(g.deliveries))
}

// done ends a delivery that was taken out of its queue.
func (g *group) done(d *delivery) {
	delete(g.deliveries, d.seq)
	*d = delivery{}
	g.spare = append(g.spare, d)
}

// deliver gives an event to a member, and returns how often it was by now.
func (g *group) deliver(d *delivery, m *member, now time.Time) uint32 {
	d.by = m
	d.due = now.Add(g.ackWait)
	d.times++
	if d.times > 1 {
		g.redelivered++
	}
	m.inFlight++
	m.delivered++
	g.timed.push(d)
	g.alarm.set(d.due, now)
	return d.times
}

// first returns the delivery of an event that was never delivered.
func (g *group) first(seq uint64) *delivery {
	var d *delivery
	if n := len(g.spare); n > 0 {
		d, g.spare = g.spare[n-1], g.spare[:n-1]
	} else {
		d = &delivery{}
	}
	d.seq = seq
	g.deliveries[seq] = d
	return d
}

// back takes an event from who has it, for delivery after the delay.
func (g *group) back(d *delivery, delay time.Duration, now time.Time) {
	g.timed.remove(d)
	if d.by != nil {
		d.by.inFlight--
		d.by = nil
	}
	switch {
	case d.seq < g.t.log.head:
		g.done(d)
	case delay > 0:
		d.due = now.Add(delay)
		g.timed.push(d)
		g.alarm.set(d.due, now)
	default:
		d.due = time.Time{}
		g.ready.push(d)
	}
}

// expire has events delivered again that were not acked in time, or whose delay
// is over. It runs on a goroutine of the alarm.
func (g *group) expire() {
	g.t.mu.Lock()
	defer g.t.mu.Unlock()
	if g.t.gone != nil || g.gone != nil {
		return
	}
	g.alarm.rang()
	now := time.Now()
	for d := g.timed.first(); d != nil; d = g.timed.first() {
		if now.Before(d.due) {
			g.alarm.set(d.due, now)
			break
		}
		g.back(d, 0, now)
	}
	g.t.rouse(&g.consumer)
}

func (g *group) stats() backend.GroupStats {
	g.purge()
	return backend.GroupStats{
		Name: g.name, Pending: g.pending(), InFlight: int64(len(g.deliveries)), Redelivered: g.redelivered,
	}
}
