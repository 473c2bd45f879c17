package memory

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// model is what a topic ought to be, in plain slices: a second opinion on all that
// does not depend on how events lie in memory.
type model struct {
	limits backend.Limits
	all    []kept // every event ever; the number i at i-1
	head   uint64 // the first that is there
	bytes  int64
	ids    map[string]idOfThen
	plains []*modelPlain
	group  modelGroup
	list   []*modelMember
}

type kept struct {
	data string
	time time.Time
	size int
}

type idOfThen struct {
	seq uint64
	at  time.Time
}

type modelPlain struct {
	s        backend.Subscription
	next     uint64
	lost     int64
	skipLost bool
}

type modelGroup struct {
	next        uint64
	ackWait     time.Duration
	deliveries  map[uint64]*modelDelivery
	redelivered int64
}

type modelDelivery struct {
	by    *modelMember
	due   time.Time // zero if it is ready
	times uint32
}

type modelMember struct {
	s   backend.Subscription
	max int
}

func newModel(limits backend.Limits) *model {
	return &model{limits: limits, head: 1, ids: map[string]idOfThen{},
		group: modelGroup{next: 1, deliveries: map[uint64]*modelDelivery{}}}
}

func (m *model) end() uint64 { return uint64(len(m.all)) }

// publish returns the numbers that the events have to get.
func (m *model) publish(list []record.Event) []uint64 {
	now := time.Now()
	var seqs []uint64
	for _, e := range list {
		then, ok := m.ids[string(e.ID)]
		if len(e.ID) > 0 && ok && now.Sub(then.at) < 2*time.Minute {
			seqs = append(seqs, then.seq)
			continue
		}
		size := record.Size(len(e.Headers), 0, len(e.Data))
		m.all = append(m.all, kept{string(e.Data), now, size})
		m.bytes += int64(size)
		seqs = append(seqs, m.end())
		if len(e.ID) > 0 {
			m.ids[string(e.ID)] = idOfThen{m.end(), now}
		}
	}
	m.trim()
	return seqs
}

func (m *model) trim() {
	l, now := m.limits, time.Now()
	for m.head <= m.end() {
		n := int64(m.end() - m.head + 1)
		first := m.all[m.head-1]
		old := l.Age > 0 && now.Sub(first.time) >= l.Age
		many := n > 1 && (m.bytes > l.Bytes || l.Events > 0 && n > l.Events)
		if !old && !many {
			return
		}
		m.bytes -= int64(first.size)
		m.head++
	}
}

// tick does what time brings about.
func (m *model) tick() {
	m.trim()
	now := time.Now()
	for seq, d := range m.group.deliveries {
		if !d.due.IsZero() && !now.Before(d.due) {
			d.by, d.due = nil, time.Time{}
		}
		if d.due.IsZero() && seq < m.head {
			delete(m.group.deliveries, seq)
		}
	}
}

func (m *model) inFlight(by *modelMember) int {
	n := 0
	for _, d := range m.group.deliveries {
		if d.by == by {
			n++
		}
	}
	return n
}

// next returns the numbers that a member would get, all that are there, in order.
func (m *model) next() []uint64 {
	var list []uint64
	for _, seq := range slices.Sorted(maps.Keys(m.group.deliveries)) {
		if m.group.deliveries[seq].due.IsZero() && seq >= m.head {
			list = append(list, seq)
		}
	}
	for seq := max(m.group.next, m.head); seq <= m.end(); seq++ {
		list = append(list, seq)
	}
	return list
}

// page tells what is wrong with a page of events that begin with want, or "".
func (m *model) page(page []byte, want []uint64, count, maxBytes int) string {
	got := events(page)
	switch {
	case len(got) == 0 && len(want) > 0 && count > 0:
		return fmt.Sprintf("there is nothing; want %v", want)
	case len(got) > len(want) || len(got) > max(count, 0):
		return fmt.Sprintf("%d events; want at most %d of %v", len(got), count, want)
	case len(got) > 1 && len(page) > maxBytes:
		return fmt.Sprintf("%d bytes; want at most %d", len(page), maxBytes)
	}
	for i, e := range got {
		k := m.all[want[i]-1]
		if e.Seq != want[i] || string(e.Data) != k.data || e.Time != record.Millis(k.time) {
			return fmt.Sprintf("event %d is number %d of %v, %q; want number %d of %v, %q",
				i, e.Seq, e.Time, e.Data, want[i], record.Millis(k.time), k.data)
		}
	}
	return ""
}

// took notes what a member has got, and tells what is wrong, or "".
func (m *model) took(by *modelMember, list []record.Event) string {
	g := &m.group
	for _, e := range list {
		d := g.deliveries[e.Seq]
		if d == nil {
			d = &modelDelivery{}
			g.deliveries[e.Seq] = d
			g.next = max(g.next, e.Seq+1)
		} else {
			g.redelivered++
		}
		d.times++
		d.by, d.due = by, time.Now().Add(g.ackWait)
		if e.Deliveries != d.times {
			return fmt.Sprintf("event %d has %d deliveries; want %d", e.Seq, e.Deliveries, d.times)
		}
	}
	return ""
}

// back returns an event of a member to the group, and whether it had it.
func (m *model) back(by *modelMember, seq uint64, delay time.Duration) bool {
	d := m.group.deliveries[seq]
	if d == nil || d.by != by {
		return false
	}
	d.by, d.due = nil, time.Time{}
	if delay > 0 {
		d.due = time.Now().Add(delay)
	}
	if seq < m.head {
		delete(m.group.deliveries, seq)
	}
	return true
}

func (m *model) pending() int64 {
	return int64(m.end()+1) - int64(min(max(m.group.next, m.head), m.end()+1))
}

// randomLimits are small, so that all of them bite.
func randomLimits(r *rand.Rand) backend.Limits {
	l := backend.Limits{Bytes: DefaultBytes}
	if r.IntN(2) == 0 {
		l.Events = 1 + r.Int64N(200)
	}
	if r.IntN(2) == 0 {
		l.Bytes = 1 + r.Int64N(30_000)
	}
	if r.IntN(2) == 0 {
		l.Age = time.Duration(1+r.IntN(300)) * time.Second
	}
	return l
}
