package memory

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// run does the same at random to a topic and to its model.
type run struct {
	*testing.T
	r     *rand.Rand
	bus   backend.Bus
	topic backend.Topic
	m     *model
}

// TestTopicIsAsItsModel runs thousands of random steps, in time that is made up.
func TestTopicIsAsItsModel(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for i := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, i))
			limits := randomLimits(r)
			b := New()
			defer b.Close()
			x := &run{t, r, b, topicOf(t, b, "t", &limits), newModel(limits)}
			x.joins() // so that there is the group from the start
			for range 400 {
				x.step()
				x.compare()
			}
		})
	}
}

func (x *run) step() {
	switch n := x.r.IntN(100); {
	case n < 25:
		x.publishes()
	case n < 40:
		x.takes()
	case n < 60:
		x.memberTakes()
	case n < 75:
		x.acks()
	case n < 80:
		x.naks()
	case n < 90:
		time.Sleep(time.Duration(x.r.IntN(20_000)) * time.Millisecond)
		synctest.Wait()
		x.m.tick()
	case n < 92:
		x.subscribes()
	case n < 94:
		x.joins()
	case n < 96:
		x.leaves()
	case n < 97:
		x.m.limits = randomLimits(x.r)
		topicOf(x, x.bus, "t", &x.m.limits)
		x.m.trim()
	default:
		x.reads()
	}
}

func (x *run) demand(problem string) {
	x.Helper()
	if problem != "" {
		x.Fatal(problem)
	}
}

func (x *run) publishes() {
	var list []record.Event
	var b []byte
	for range 1 + x.r.IntN(30) {
		e := record.Event{Data: fmt.Appendf(nil, "%d %0*d", x.r.Uint64(), x.r.IntN(300), 0)}
		if x.r.IntN(3) == 0 {
			e.ID = fmt.Append(nil, x.r.IntN(100))
		}
		if x.r.IntN(3) == 0 {
			e.Headers = record.AppendHeader(nil, "name", "value")
		}
		list = append(list, e)
		b = record.Append(b, &e)
	}
	if x.r.IntN(4) == 0 {
		_, err := x.topic.Post(b, len(list))
		must(x, err)
		x.m.publish(list)
		return
	}
	seqs, _, err := x.topic.Append(b, len(list))
	must(x, err)
	equalSeqs(x, "numbers", seqs, x.m.publish(list)...)
}

func (x *run) subscribes() {
	o := backend.Options{From: backend.Start(x.r.IntN(4)), SkipLost: x.r.IntN(2) == 0}
	o.Seq = 1 + x.r.Uint64N(x.m.end()+10)
	p := &modelPlain{s: subscribe(x, x.topic, o), skipLost: o.SkipLost}
	switch o.From {
	case backend.New:
		p.next = x.m.end() + 1
	case backend.First:
		p.next = x.m.head
	case backend.Last:
		p.next = max(x.m.end(), x.m.head)
	case backend.AtSeq:
		p.next = o.Seq
	}
	x.m.plains = append(x.m.plains, p)
}

func (x *run) joins() {
	o := backend.Options{Group: "g", AckWait: time.Duration(1+x.r.IntN(60)) * time.Second, MaxInFlight: 1 + x.r.IntN(50)}
	x.m.group.ackWait = o.AckWait
	x.m.list = append(x.m.list, &modelMember{subscribe(x, x.topic, o), o.MaxInFlight})
}

func (x *run) leaves() {
	if n := len(x.m.list); n > 0 && x.r.IntN(2) == 0 {
		i := x.r.IntN(n)
		by := x.m.list[i]
		must(x, by.s.Close())
		for seq := range x.m.group.deliveries {
			x.m.back(by, seq, 0)
		}
		x.m.list = slices.Delete(x.m.list, i, i+1)
	} else if n := len(x.m.plains); n > 0 {
		i := x.r.IntN(n)
		must(x, x.m.plains[i].s.Close())
		x.m.plains = slices.Delete(x.m.plains, i, i+1)
	}
}

// sizes returns bounds of a page, that are often not reached.
func (x *run) sizes() (count, maxBytes int) {
	return x.r.IntN(200), x.r.IntN(20_000)
}

func (x *run) takes() {
	if len(x.m.plains) == 0 {
		return
	}
	p := x.m.plains[x.r.IntN(len(x.m.plains))]
	count, maxBytes := x.sizes()
	page, err := backendtest.TakePage(p.s, count, maxBytes)
	if first := p.next; first < x.m.head {
		p.next = x.m.head
		p.lost += int64(x.m.head - first)
		if !p.skipLost {
			is(x, err, backend.ErrLost)
			equal(x, "error", err.Error(), backend.Lost(first, x.m.head).Error())
			return
		}
	}
	must(x, err)
	x.demand(x.m.page(page, x.m.from(p.next), count, maxBytes))
	p.next += uint64(len(events(page)))
}

// from returns the numbers of all events from one on.
func (m *model) from(seq uint64) []uint64 {
	var list []uint64
	for ; seq <= m.end(); seq++ {
		list = append(list, seq)
	}
	return list
}

func (x *run) member() *modelMember {
	if len(x.m.list) == 0 {
		return nil
	}
	return x.m.list[x.r.IntN(len(x.m.list))]
}

func (x *run) memberTakes() {
	by := x.member()
	if by == nil {
		return
	}
	count, maxBytes := x.sizes()
	page, err := backendtest.TakePage(by.s, count, maxBytes)
	must(x, err)
	x.demand(x.m.page(page, x.m.next(), min(count, by.max-x.m.inFlight(by)), maxBytes))
	x.demand(x.m.took(by, events(page)))
}

// some calls f with numbers, most of which are in flight.
func (x *run) some(f func(by *modelMember, seq uint64)) {
	by := x.member()
	if by == nil {
		return
	}
	for range x.r.IntN(30) {
		f(by, max(x.m.group.next, 60)-x.r.Uint64N(60))
	}
}

func (x *run) acks() {
	x.some(func(by *modelMember, seq uint64) {
		has := x.m.back(by, seq, 0)
		equal(x, "ack", by.s.Ack(seq), has)
		if has {
			delete(x.m.group.deliveries, seq)
		}
	})
}

func (x *run) naks() {
	x.some(func(by *modelMember, seq uint64) {
		delay := time.Duration(x.r.IntN(3)) * 10 * time.Second
		equal(x, "nak", by.s.Nak(seq, delay), x.m.back(by, seq, delay))
	})
}

func (x *run) reads() {
	seq := x.r.Uint64N(x.m.end() + 5)
	count, maxBytes := x.sizes()
	page := read(x, x.topic, seq, count, maxBytes)
	x.demand(x.m.page(page, x.m.from(max(seq, x.m.head)), count, maxBytes))
}

// compare demands that all that can be asked for is as in the model.
func (x *run) compare() {
	x.Helper()
	x.m.tick()
	s := statsOf(x, x.topic)
	equal(x, "events", s.Events, int64(x.m.end()+1-x.m.head))
	equal(x, "bytes", s.Bytes, x.m.bytes)
	equal(x, "first", s.First, x.m.head)
	equal(x, "last", s.Last, x.m.end())
	equal(x, "subscriptions", s.Subscriptions, len(x.m.plains)+len(x.m.list))
	equal(x, "group", s.Groups[0], backend.GroupStats{Name: "g", Pending: x.m.pending(),
		InFlight: int64(len(x.m.group.deliveries)), Redelivered: x.m.group.redelivered})
	for _, p := range x.m.plains {
		equal(x, "next", p.s.Stats().Next, p.next)
		equal(x, "lost", p.s.Stats().Lost, p.lost)
	}
	for _, by := range x.m.list {
		equal(x, "in flight", by.s.Stats().InFlight, int64(x.m.inFlight(by)))
	}
}
