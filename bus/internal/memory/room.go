package memory

import (
	"context"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// Publishers that post are held up while someone is more than a mark behind, until
// nobody is more than half of it. The mark is half of what the topic keeps, so that
// who posts and drains overruns nobody, and no more than this.
const (
	markEvents = 16384
	markBytes  = 4 << 20
)

// patience is how long a consumer that takes nothing may hold up publishers; moment,
// those who publish in the loop over it.
const (
	patience = time.Second
	moment   = 100 * time.Millisecond
)

// A mark is a number of events and one of bytes.
type mark struct{ events, bytes int64 }

func (m mark) half() mark { return mark{m.events / 2, m.bytes / 2} }

// passes reports whether one of the two is above the other mark's.
func (m mark) passes(o mark) bool { return m.events > o.events || m.bytes > o.bytes }

func markOf(l backend.Limits) mark {
	m := mark{markEvents, min(l.Bytes/2, markBytes)}
	if l.Events > 0 {
		m.events = min(l.Events/2, markEvents)
	}
	return m
}

// room is what a topic knows of those who lag.
type room struct {
	mark    mark
	holding int       // consumers that hold up publishers
	due     time.Time // when the first of them is no longer waited for
	moved   time.Time // when one of them has taken something, and holds them up still
	// Numbers of the log, of which none is reached before someone may have passed
	// the mark, so that a post seldom has to look at all consumers.
	look    mark
	soonest int64         // and no survey before this number of an event
	drained chan struct{} // closed when no more than one holds them up; nil if nobody waits for it
}

// lagging is what a topic knows of one consumer that lags.
type lagging struct {
	holds bool      // it holds up publishers
	since time.Time // it took nothing, while it did
	idle  bool      // it has taken nothing for so long that nobody waits for it
}

// Post is Append, and tells whether someone lags too much. It never overloads:
// who lags loses events.
func (t *Topic) Post(batch []byte, _ int) (room bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if err := t.store(batch, nil, now); err != nil {
		return false, err
	}
	return t.roomAt(now), nil
}

// PostsLater is false.
func (t *Topic) PostsLater() bool { return false }

// Settle has nothing to wait for.
func (t *Topic) Settle(context.Context) error { return nil }

// Room reports whether nobody lags too much.
func (t *Topic) Room() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone != nil || t.room.holding == 0 && !t.mayLag() {
		return true
	}
	return t.roomAt(time.Now())
}

func (t *Topic) roomAt(now time.Time) bool {
	r := &t.room
	if r.holding == 0 && t.mayLag() || r.holding > 0 && !now.Before(r.due) {
		t.survey(now, r.mark)
	}
	return r.holding == 0
}

// mayLag reports whether someone may have passed the mark since the last survey.
func (t *Topic) mayLag() bool {
	at := mark{int64(t.log.next), t.log.written}
	return at.passes(t.room.look) && at.events > t.room.soonest
}

// Drain waits until those who lag have caught up, or none of them has taken anything
// for some time. Who waits beside a member, in the loop over it, does not wait for its
// group: but only when the member has taken nothing for a moment. Else it may be a
// loop next to it, which is to be held up.
func (t *Topic) Drain(ctx context.Context, beside backend.Subscription) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine, _ := beside.(*member)
	for start := time.Now(); ; {
		if t.gone != nil {
			return t.gone
		}
		now := time.Now()
		t.survey(now, t.room.mark.half())
		limit := min(t.room.due.Sub(now), later(start, t.room.moved).Add(patience).Sub(now))
		if t.room.holding == 1 && mine != nil && mine.g.t == t && mine.g.lag.holds {
			limit = min(limit, mine.taken.Add(moment).Sub(now))
		}
		if t.room.holding == 0 || limit <= 0 {
			return nil
		}
		if err := t.await(ctx, limit); err != nil {
			return err
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// await waits, without the mutex, until no more than one holds up publishers, or so
// long.
func (t *Topic) await(ctx context.Context, limit time.Duration) error {
	if t.room.drained == nil {
		t.room.drained = make(chan struct{})
	}
	done := t.room.drained
	t.mu.Unlock()
	defer t.mu.Lock()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// rouse wakes all who drain.
func (r *room) rouse() {
	if r.drained != nil {
		close(r.drained)
		r.drained = nil
	}
}

// survey finds those who are more than a mark behind. Who holds up publishers
// already does so until it is only half of the mark behind.
func (t *Topic) survey(now time.Time, limit mark) {
	r := &t.room
	r.due = now.Add(patience)
	left := r.mark
	for _, c := range t.consumers {
		behind := t.behind(c)
		switch {
		case c.lag.idle, c.careless:
		case !behind.passes(r.mark.half()) || !c.lag.holds && !behind.passes(limit):
			t.release(c)
			left.events = min(left.events, r.mark.events-behind.events)
			left.bytes = min(left.bytes, r.mark.bytes-behind.bytes)
		default:
			t.hold(c, now)
		}
	}
	r.look = mark{int64(t.log.next) + max(left.events, 0), t.log.written + max(left.bytes, 0)}
	r.soonest = int64(t.log.next) + min(int64(len(t.consumers)/8), r.mark.events/4)
}

// behind returns how much a consumer has still to take.
func (t *Topic) behind(c *consumer) mark {
	l := t.log
	if c.next >= l.next {
		return mark{}
	}
	if c.segment < 0 && c.next >= l.head {
		c.cursor = l.locate(c.next)
	}
	return mark{min(int64(l.next-c.next), l.events()), min(l.written-c.passed, l.bytes)}
}

// hold has a consumer hold up publishers, unless it has done so for too long.
func (t *Topic) hold(c *consumer, now time.Time) {
	if !c.lag.holds {
		c.lag = lagging{holds: true, since: now}
		t.room.holding++
	}
	end := c.lag.since.Add(patience)
	if !now.Before(end) {
		t.release(c)
		c.lag.idle = true
	} else if end.Before(t.room.due) {
		t.room.due = end
	}
}

// release ends what hold began.
func (t *Topic) release(c *consumer) {
	if !c.lag.holds {
		return
	}
	c.lag.holds = false
	t.room.holding--
	if t.room.holding <= 1 {
		t.room.rouse()
	}
}

// took tells that a consumer has taken something.
func (t *Topic) took(c *consumer) {
	if c.lag.idle {
		c.lag.idle = false
		t.room.look = mark{}
	}
	if !c.lag.holds {
		return
	}
	if t.behind(c).passes(t.room.mark.half()) {
		c.lag.since = time.Now()
		t.room.moved = c.lag.since
	} else {
		t.release(c)
	}
}

// join adds a consumer to those who may hold up publishers.
func (t *Topic) join(c *consumer) {
	t.consumers = append(t.consumers, c)
	t.room.look = mark{}
}

// leave removes it.
func (t *Topic) leave(c *consumer) {
	for i := range t.consumers {
		if t.consumers[i] == c {
			last := len(t.consumers) - 1
			t.consumers[i] = t.consumers[last]
			t.consumers[last] = nil
			t.consumers = t.consumers[:last]
			break
		}
	}
	t.release(c)
	c.lag = lagging{}
}
