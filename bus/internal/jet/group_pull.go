package jet

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// pull asks for as many events as the last Take wanted, unless a pull is under way.
// It ends when some have come, or after pullExpires. m.mu is held.
func (m *member) pull() {
	n := min(m.most, m.options.MaxInFlight-len(m.leases)-len(m.buffer))
	if n < 1 || m.pulling || m.closed || m.idle || m.err != nil {
		return
	}
	r := pullRequest{Batch: n, MaxBytes: prefetchBytes, NoWait: true}
	if m.alone {
		r, n = pullRequest{Batch: 1}, 1
	}
	m.pulls++
	if m.t.b.pull(m.t.stream, m.consumer, m.inbox+"."+strconv.FormatUint(m.pulls, 36), r) != nil {
		return // there is no connection: reconnected asks again
	}
	m.pulling, m.alone, m.asked, m.heard = true, false, n, time.Now()
}

// again asks anew if someone waits. m.mu is held.
func (m *member) again() {
	m.pulling = false
	if m.waiters > 0 && len(m.buffer) == 0 {
		m.pull()
	}
}

// handle is the handler of all messages.
func (m *member) handle(msg *nats.Msg) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heard = time.Now()
	if isStatus(msg) {
		if strings.HasSuffix(msg.Subject, "."+strconv.FormatUint(m.pulls, 36)) { // not of an older pull
			m.status(statusOf(msg))
		}
		return
	}
	d, ok := deliveryOf(msg.Reply)
	if !ok {
		return // not from a consumer
	}
	m.last = msg.Reply
	if m.asked--; m.asked <= 0 {
		m.pulling = false
	}
	delete(m.leases, d.seq) // its time was over, by the server's clock
	switch {
	case d.seq < m.start:
		m.send(msg.Reply, "+ACK")
		m.again()
	case m.replace(d.seq, msg.Reply):
	case m.closed || m.idle || len(m.leases)+len(m.buffer) >= m.options.MaxInFlight:
		m.refuseOne(d.seq, msg.Reply) // of a pull that counted as lost, or was for someone who has left
	default:
		m.keepEvent(d, msg)
	}
}

// keepEvent adds an event to those that wait.
func (m *member) keepEvent(d delivery, msg *nats.Msg) {
	e := eventOf(d.seq, d.time, msg.Header, msg.Data)
	e.Deliveries = d.deliveries - min(m.t.b.unseen.of(m.key(), d.seq), d.deliveries-1)
	size := record.Size(len(e.Headers), 0, len(e.Data))
	m.buffer = append(m.buffer, waiting{d.seq, msg.Reply, record.Append(make([]byte, 0, size), &e), m.heard})
	m.ready.fire()
}

// replace gives an event that waits already its new reply subject.
func (m *member) replace(seq uint64, reply string) bool {
	i := slices.IndexFunc(m.buffer, func(w waiting) bool { return w.seq == seq })
	if i >= 0 {
		m.buffer[i].reply, m.buffer[i].since = reply, m.heard
	}
	return i >= 0
}

// status takes a word of the server about the pull that is under way.
func (m *member) status(st status) {
	switch {
	case st.code == statusHeartbeat:
	case st.isComplete():
	case st.code == statusConflict && strings.Contains(st.text, "MaxBytes"),
		st.code == statusTimeout && strings.Contains(st.text, "Pending"):
		m.alone = true // one large event; or others wait, and there is not enough for all
		m.again()
	case st.code == statusTimeout || st.code == statusNotFound:
		m.again()
	default: // deleted, without a leader, shut down ...
		m.pulling = false
		kick(m.recheck)
	}
}

// keep is the goroutine that looks after the events that wait, and the consumer.
func (m *member) keep() {
	m.mu.Lock()
	wait := m.options.AckWait
	m.mu.Unlock()
	tick := time.NewTicker(min(max(wait/4, 10*time.Millisecond), heartbeat))
	defer tick.Stop()
	for wait := pause(0); ; {
		select {
		case <-m.ctx.Done():
			return
		case <-tick.C:
			if m.tick() {
				wait = 0
			}
			continue
		case <-m.recheck:
		}
		if sleep(m.ctx, wait.next()) != nil {
			return
		}
		m.check()
	}
}

// tick keeps alive what waits, and asks again when the consumer is silent.
func (m *member) tick() (alive bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	for i := range m.buffer {
		if now.Sub(m.buffer[i].since) > m.options.AckWait/4 {
			m.send(m.buffer[i].reply, "+WPI")
			m.buffer[i].since = now
		}
	}
	if m.pulling && now.Sub(m.heard) > silence {
		m.pulling = false
		kick(m.recheck)
		return false
	}
	return m.pulling
}

// check asks whether topic and group are still there, and has them go on.
func (m *member) check() {
	if m.t.b.connected(m.ctx) != nil {
		kick(m.recheck)
		return
	}
	_, err := m.t.b.consumerInfo(m.ctx, m.t.stream, m.consumer)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.ctx.Err() != nil:
	case errors.Is(err, backend.ErrNoGroup):
		m.err = backend.ErrNoGroup.With(err, "the group '%s' of the topic '%s' was deleted; subscribe again to make a new one",
			m.options.Group, m.t.name)
		m.fail()
	case isGone(err):
		m.err = m.t.gone(err)
		m.fail()
	case err != nil:
		kick(m.recheck)
	case m.waiters > 0 && len(m.buffer) == 0:
		m.pull()
	}
}

// fail ends it for good, when err was set. m.mu is held.
func (m *member) fail() {
	clear(m.leases)
	m.oldest = nil
	m.ready.fire()
}

// reconnected implements feed.
func (m *member) reconnected() {
	m.mu.Lock()
	unsent := m.unsent
	m.unsent, m.pulling = nil, false
	for _, r := range unsent {
		m.send(r.subject, r.text)
	}
	m.mu.Unlock()
	kick(m.recheck)
}

// Ack implements backend.Subscription.
func (m *member) Ack(seq uint64) bool {
	done := m.answer(seq, "+ACK")
	if done {
		m.t.b.unseen.forget(m.key(), seq)
	}
	return done
}

// Nak implements backend.Subscription.
func (m *member) Nak(seq uint64, delay time.Duration) bool {
	if delay > 0 {
		return m.answer(seq, `-NAK {"delay": `+strconv.FormatInt(int64(delay), 10)+`}`)
	}
	return m.answer(seq, "-NAK")
}

func (m *member) answer(seq uint64, text string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire(time.Now())
	l, ok := m.leases[seq]
	if !ok {
		return false
	}
	delete(m.leases, seq)
	m.send(l.reply, text)
	if m.waiters > 0 && len(m.leases) == m.options.MaxInFlight-1 {
		m.pull() // there is room again
	}
	return true
}

// send sends an answer, later if there is no connection. m.mu is held.
func (m *member) send(subject, text string) {
	if err := m.t.b.nc.Publish(subject, []byte(text)); isOffline(err) {
		m.unsent = append(m.unsent, reply{subject, text})
	}
}

// Close implements backend.Subscription. The server hears first that nobody listens
// here any more, so that what is given back does not come here once more. What it had
// sent by then is given back too: the subscription ends when all of that is here.
func (m *member) Close() error {
	m.cancel()
	m.keeper.Wait()
	m.t.b.removeFeed(m.t.name, m)
	ended := m.sub.StatusChanged(nats.SubscriptionClosed)
	if m.leave() == nil && m.t.b.nc.IsConnected() {
		select {
		case <-ended:
		case <-time.After(closeWait):
		}
	}
	m.settle()
	return nil
}

// settle waits until the group has taken account of all acks and naks: it answers to
// a further one, which says nothing, after those before it. Else a directory that is
// closed now could forget them.
func (m *member) settle() {
	m.mu.Lock()
	last := m.last
	m.mu.Unlock()
	if last == "" || !m.t.b.nc.IsConnected() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	ctx, leave := m.t.b.duringSession(ctx)
	defer leave()
	_, _ = m.t.b.nc.RequestWithContext(ctx, last, []byte("+WPI")) // without it they are in time, or come again
}

// leave stops listening, and gives back what was not acked.
func (m *member) leave() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.err = errClosed
	err := m.sub.Drain()
	m.giveBack()
	m.ready.fire()
	return err
}

// groupStats makes the figures of a group. Deliveries are counted by the consumer;
// the first ones of them are as many as events were passed, or fewer where
// retention removed some.
func groupStats(info *consumerInfo) backend.GroupStats {
	firsts := int64(info.Delivered.Stream) - int64(startOf(info)) + 1
	return backend.GroupStats{
		Name:        unescape(strings.TrimPrefix(info.Name, groupPrefix)),
		Pending:     info.NumPending,
		InFlight:    info.NumAckPending,
		Redelivered: max(int64(info.Delivered.Consumer)-max(firsts, 0), info.NumRedelivered),
	}
}
