package jet

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// member is one of a group. It asks for events only when it has none and someone
// wants some, so that they wait with the group and not here; what waits here all
// the same is kept alive. A lease counts from Take.
type member struct {
	t        *topic
	consumer string
	start    uint64 // events before it are not the group's
	options  backend.Options
	ctx      context.Context
	cancel   context.CancelFunc
	keeper   sync.WaitGroup
	recheck  chan struct{} // a permit: is the group still there?
	sub      *nats.Subscription
	inbox    string // of pulls; each has its own last part

	mu        sync.Mutex
	buffer    []waiting
	leases    map[uint64]lease
	oldest    []leased // of leases, by deadline; some may be over
	most      int      // of the last Take
	pulls     uint64
	pulling   bool // the last pull is not over
	asked     int  // by it, not delivered
	alone     bool // the next pull must not ask for more than one event
	heard     time.Time
	waiters   int
	idle      bool    // nobody wants events: the one who waited last was called off
	unsent    []reply // acks and naks that wait for the connection
	last      string  // reply subject of the last event that came
	err       error   // for good
	closed    bool
	ready     signal
	delivered int64
}

// waiting is an event that was not taken yet.
type waiting struct {
	seq    uint64
	reply  string
	record []byte
	since  time.Time // when the server's clock for it started
}

type lease struct {
	reply    string
	deadline time.Time
}

type leased struct {
	seq      uint64
	deadline time.Time
}

type reply struct{ subject, text string }

func (t *topic) newMember(consumer string, start uint64, o backend.Options) (*member, error) {
	m := &member{t: t, consumer: consumer, start: start, options: o, most: 1, recheck: make(chan struct{}, 1)}
	m.leases = map[uint64]lease{}
	m.inbox = nats.NewInbox()
	m.ctx, m.cancel = context.WithCancel(t.b.ctx)
	sub, err := t.b.nc.Subscribe(m.inbox+".*", m.handle)
	if err != nil {
		m.cancel()
		return nil, known(err)
	}
	m.sub = sub
	_ = sub.SetPendingLimits(-1, -1) // fails only if closed; what is asked for is the limit
	t.b.addFeed(t.name, m)
	m.keeper.Go(m.keep)
	return m, nil
}

// Take implements backend.Subscription.
func (m *member) Take(into []byte, max int) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.most, m.idle = max, false
	m.expire(time.Now())
	if len(m.buffer) == 0 {
		if m.err != nil {
			return 0, m.err
		}
		m.pull()
		return 0, nil
	}
	if size := len(m.buffer[0].record); size > len(into) {
		return -size, nil
	}
	return m.hand(into, max), nil
}

// hand copies a page of what waits, the first of which has room, and leases it.
// m.mu is held.
func (m *member) hand(into []byte, max int) (size int) {
	n := 0
	now := time.Now()
	for n < len(m.buffer) && n < max && len(m.buffer[n].record) <= len(into)-size {
		w := m.buffer[n]
		n++
		size += copy(into[size:], w.record)
		if now.Sub(w.since) > m.options.AckWait/20 {
			m.send(w.reply, "+WPI") // the server's clock starts anew
		}
		deadline := now.Add(m.options.AckWait)
		m.leases[w.seq] = lease{w.reply, deadline}
		m.oldest = append(m.oldest, leased{w.seq, deadline})
	}
	m.buffer = m.buffer[n:]
	if len(m.buffer) == 0 {
		m.buffer = nil // what was taken lies before it
	}
	m.delivered += int64(n)
	return size
}

// Wait implements backend.Subscription.
func (m *member) Wait(ctx context.Context) error {
	m.mu.Lock()
	m.waiters++
	m.idle = false
	defer func() {
		m.waiters--
		if ctx.Err() != nil && m.waiters == 0 {
			m.idle = true
			m.refuse()
		}
		m.mu.Unlock()
	}()
	for {
		now := time.Now()
		m.expire(now)
		if len(m.buffer) > 0 || m.err != nil {
			return nil
		}
		m.pull()
		ready, next := m.ready.wait(), m.nextEnd(now)
		m.mu.Unlock()
		err := waitFor(ctx, ready, next)
		m.mu.Lock()
		if err != nil {
			return err
		}
	}
}

// waitFor waits for the channel, but not for longer than d if that is above zero.
func waitFor(ctx context.Context, ready <-chan struct{}, d time.Duration) error {
	var timer <-chan time.Time
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ready:
	case <-timer:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// expire ends the leases whose time is over: the group gives those events to
// anyone now. m.mu is held.
func (m *member) expire(now time.Time) {
	n := 0
	for n < len(m.oldest) {
		o := m.oldest[n]
		l, there := m.leases[o.seq]
		current := there && l.deadline.Equal(o.deadline)
		if current && now.Before(o.deadline) {
			break
		}
		if current {
			delete(m.leases, o.seq)
		}
		n++
	}
	m.oldest = m.oldest[n:]
}

// nextEnd is the time to the end of the next lease, while only that makes room.
func (m *member) nextEnd(now time.Time) time.Duration {
	if len(m.oldest) == 0 || len(m.leases) < m.options.MaxInFlight {
		return 0
	}
	return max(m.oldest[0].deadline.Sub(now), time.Millisecond)
}

// Stats implements backend.Subscription.
func (m *member) Stats() backend.SubscriptionStats {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire(time.Now())
	return backend.SubscriptionStats{Delivered: m.delivered, InFlight: int64(len(m.leases))}
}

// refuse gives back what nobody has taken. m.mu is held.
func (m *member) refuse() {
	for _, w := range m.buffer {
		m.refuseOne(w.seq, w.reply)
	}
	m.buffer = nil
}

func (m *member) refuseOne(seq uint64, reply string) {
	m.t.b.unseen.add(m.key(), seq)
	m.send(reply, "-NAK")
}

// giveBack gives back all. m.mu is held.
func (m *member) giveBack() {
	m.refuse()
	m.expire(time.Now())
	for l := range maps.Values(m.leases) {
		m.send(l.reply, "-NAK")
	}
	clear(m.leases)
	m.oldest = nil
}
