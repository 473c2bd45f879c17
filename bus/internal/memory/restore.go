package memory

import (
	"context"
	"math"
	"sync"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// restore builds a log apart from its topic, within the topic's limits.
type restore struct {
	t      *Topic
	next   uint64 // of the topic, when this began
	limits backend.Limits

	mu  sync.Mutex // taken before that of the topic
	log *log       // nil when it is over
}

// lastNumber is the highest that a record can hold.
const lastNumber = 1 << 53

// Restore begins to fill a topic that has no events.
func (t *Topic) Restore(_ context.Context, first uint64) (backend.Restore, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.restorable(t.log.next); err != nil {
		return nil, err
	}
	if first < 1 || first > lastNumber {
		return nil, backend.ErrSnapshot.With(nil, "a snapshot cannot begin with number %d; take another one", first)
	}
	return &restore{t: t, next: t.log.next, limits: t.limits, log: newLog(first, t.limits)}, nil
}

// restorable returns why a topic cannot be filled, or nil.
func (t *Topic) restorable(next uint64) error {
	if t.gone != nil {
		return t.gone
	}
	if t.log.events() > 0 || t.log.next != next {
		return backend.ErrNotEmpty.With(nil, "topic %q is not empty; restore into a new one", t.name)
	}
	return nil
}

// Append adds a page. After one that is refused, the restore can only be closed.
func (r *restore) Append(_ context.Context, page []byte, _ int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.log == nil {
		return errClosed("restore")
	}
	for len(page) > 0 {
		size := record.SizeAt(page)
		if err := r.add(page[:size]); err != nil {
			r.log = nil
			return err
		}
		page = page[size:]
	}
	return nil
}

func (r *restore) add(rec []byte) error {
	if seq := record.SeqAt(rec); seq != r.log.next {
		return backend.ErrSnapshot.With(nil, "event %d is where event %d has to be; the snapshot is damaged", seq, r.log.next)
	}
	if at := record.TimeAt(rec); math.IsNaN(at) || math.IsInf(at, 0) {
		return backend.ErrSnapshot.With(nil, "event %d has no valid time; the snapshot is damaged", r.log.next)
	}
	r.log.restore(rec)
	r.log.trim(r.limits, 0) // Commit looks at the age
	return nil
}

// Commit puts the log in the place of the topic's.
func (r *restore) Commit(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.log == nil {
		return errClosed("restore")
	}
	restored := r.log
	r.log = nil
	r.t.mu.Lock()
	defer r.t.mu.Unlock()
	if err := r.t.restorable(r.next); err != nil {
		return err
	}
	r.t.replace(restored)
	return nil
}

// Close drops what was not committed.
func (r *restore) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log = nil
	return nil
}

// replace gives an empty topic another log. A log without events only moves the
// next number, and never back.
func (t *Topic) replace(l *log) {
	if l.events() == 0 {
		l.next = max(l.next, t.log.next)
		l.head = l.next
	}
	old := t.log.next
	t.log = l
	l.scale(t.limits)
	for _, c := range t.consumers {
		p, ok := c.by.(*plain)
		c.rebase(l, old, ok && p.exact)
	}
	for _, g := range t.groups {
		g.forget() // its events were gone, and their numbers may be those of others now
		if g.members == 0 {
			g.rebase(l, old, false)
		}
	}
	t.room.look = mark{}
	t.tidy()
	t.rouseAll()
}

// rebase moves a consumer of a log whose next number was old into another one.
// Who had seen everything lost nothing, though the log may begin later; who would
// be beyond its end sees what comes. Who waits for a number goes on to do so.
func (c *consumer) rebase(l *log, old uint64, exact bool) {
	c.segment = -1
	if exact || c.next > old {
		return
	}
	if c.next == old {
		c.next = max(c.next, l.head)
	}
	c.next = min(c.next, l.next)
}
