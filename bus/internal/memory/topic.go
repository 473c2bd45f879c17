package memory

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// MaxEvent is how many bytes of headers, id and data an event may have.
const MaxEvent = 8 << 20

// numbersAtOnce is how many numbers of events are allocated together.
const numbersAtOnce = 256

// A Topic is a log with all who read it. It is one value for all its users.
type Topic struct {
	name string

	mu        sync.Mutex // of all below, and of all consumers
	gone      error      // what everything fails with from now on
	limits    backend.Limits
	log       *log
	ids       ids
	numbers   []uint64 // to be handed out by store
	retention alarm
	consumers []*consumer // plain subscriptions, and groups that have members
	groups    map[string]*group
	members   int // of all groups
	asleep    []*consumer
	spare     []*waiter
	room      room
}

func newTopic(name string, limits *backend.Limits) *Topic {
	t := &Topic{name: name, groups: map[string]*group{}}
	if limits == nil {
		limits = &backend.Limits{}
	}
	t.limits = bounded(*limits)
	t.log = newLog(1, t.limits)
	t.room.mark = markOf(t.limits)
	t.retention.ring = t.expire
	return t
}

// MaxEvent returns the constant of that name.
func (t *Topic) MaxEvent() int { return MaxEvent }

// Append stores a batch; done is always true.
func (t *Topic) Append(batch []byte, count int) (seqs []uint64, done bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	seqs = t.list(count)
	err = t.store(batch, seqs, time.Now())
	if err != nil {
		seqs = nil
	}
	return seqs, true, err
}

// Publish is Append.
func (t *Topic) Publish(_ context.Context, batch []byte, count int) ([]uint64, error) {
	seqs, _, err := t.Append(batch, count)
	return seqs, err
}

// list returns a list for the numbers of so many events. A single one would cost
// an allocation each.
func (t *Topic) list(count int) []uint64 {
	if count > numbersAtOnce/8 {
		return make([]uint64, count)
	}
	if count > len(t.numbers) {
		t.numbers = make([]uint64, numbersAtOnce)
	}
	seqs := t.numbers[:count:count]
	t.numbers = t.numbers[count:]
	return seqs
}

// store appends a batch, and sets the numbers of its events where the caller
// wants them. Then it lets go what is beyond the limits, and wakes who waits.
func (t *Topic) store(batch []byte, seqs []uint64, now time.Time) error {
	if t.gone != nil {
		return t.gone
	}
	if err := t.check(batch); err != nil {
		return err
	}
	ms := record.Millis(now)
	if !t.ids.empty() {
		t.ids.forget(now)
	}
	for len(batch) > 0 {
		seq, count, size := t.add(batch, ms, now)
		for i := range min(count, len(seqs)) {
			seqs[i] = seq + uint64(i)
		}
		seqs = seqs[min(count, len(seqs)):]
		batch = batch[size:]
	}
	t.log.trim(t.limits, ms)
	if t.limits.Age > 0 || !t.ids.empty() {
		t.arm(now)
	}
	if len(t.asleep) > 0 {
		t.rouseAll()
	}
	return nil
}

// add appends some events from the start of a batch, unless the id of the first one
// is known, and returns the number of that one, how many they were, and their size.
func (t *Topic) add(batch []byte, ms float64, now time.Time) (seq uint64, count, size int) {
	if !record.HasID(batch) {
		seq = t.log.next
		count, size = t.log.append(batch, ms)
		return seq, count, size
	}
	size = record.SizeAt(batch)
	id := record.PublishedAt(batch).ID
	seq, known := t.ids.find(id)
	if !known {
		seq = t.log.appendWithID(batch[:size], ms)
		t.ids.add(id, seq, now)
	}
	return seq, 1, size
}

// check refuses a batch with an event that is too large, before any is stored.
func (t *Topic) check(batch []byte) error {
	if len(batch) <= MaxEvent {
		return nil
	}
	for len(batch) > 0 {
		e := record.PublishedAt(batch)
		if n := len(e.Headers) + len(e.ID) + len(e.Data); n > MaxEvent {
			return backend.ErrTooLarge.With(nil, "an event has %d bytes of headers, id and data; at most %d go into topic %q",
				n, MaxEvent, t.name)
		}
		batch = batch[record.SizeAt(batch):]
	}
	return nil
}

// Read returns a page from seq on, or from the first event that is there. It is
// full unless maxBytes or the end forbids.
func (t *Topic) Read(_ context.Context, seq uint64, count, maxBytes int) ([]byte, error) {
	parts, size, err := t.parts(seq, count, maxBytes)
	if size == 0 {
		return nil, err
	}
	page := make([]byte, 0, size)
	for _, h := range parts {
		page = append(page, h.bytes...)
		h.release()
	}
	return page, nil
}

// parts returns the pieces of such a page, and their size.
func (t *Topic) parts(seq uint64, count, maxBytes int) (parts []held, size int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone != nil {
		return nil, 0, t.gone
	}
	c := unknown(max(seq, t.log.head))
	for count > 0 && c.next < t.log.next {
		if size > 0 && t.log.nextSize(&c) > maxBytes-size {
			break
		}
		part, n, s := t.log.chunk(&c, count, maxBytes-size)
		parts = append(parts, s.hold(part))
		size += len(part)
		count -= n
	}
	return parts, size, nil
}

// Stats tells the state of the topic. Bytes are those of the records that are
// kept: 32 of each event, its headers and data, rounded up to 8.
func (t *Topic) Stats(context.Context) (backend.Stats, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone != nil {
		return backend.Stats{}, t.gone
	}
	s := backend.Stats{
		Events: t.log.events(), Bytes: t.log.bytes,
		First: t.log.head, Last: t.log.next - 1,
		Subscriptions: t.members, Limits: t.limits,
	}
	for _, c := range t.consumers {
		if _, ok := c.by.(*plain); ok {
			s.Subscriptions++
		}
	}
	for _, g := range t.groups {
		s.Groups = append(s.Groups, g.stats())
	}
	slices.SortFunc(s.Groups, func(a, b backend.GroupStats) int { return cmp.Compare(a.Name, b.Name) })
	return s, nil
}

// Close has nothing to do: the topic stays for its other users.
func (t *Topic) Close() error { return nil }

// drop ends the topic: everything on it fails with the error from now on.
func (t *Topic) drop(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.gone = err
	t.log = newLog(t.log.next, t.limits)
	t.ids = ids{}
	t.retention.stop()
	for _, g := range t.groups {
		g.alarm.stop()
	}
	t.rouseAll()
	t.room.rouse()
}
