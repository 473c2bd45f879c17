package jet

import (
	"context"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// plainIdle is how long the server keeps a consumer that nobody asks.
const plainIdle = time.Minute

// keep is the goroutine that replaces the consumer.
func (s *plain) keep() {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for wait := pause(0); ; {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
			if s.alive() {
				wait = 0
			}
			continue
		case <-s.reset:
		}
		if sleep(s.ctx, wait.next()) != nil {
			return
		}
		s.renew()
	}
}

// renew opens a new consumer, or fails for good if the topic is no more.
func (s *plain) renew() {
	s.drop()
	if s.t.b.connected(s.ctx) != nil {
		kick(s.reset) // the credentials: back will not be called before they are good
		return
	}
	err := s.check()
	if err == nil {
		err = s.open(s.ctx)
	}
	switch {
	case err == nil || s.ctx.Err() != nil:
	case isGone(err):
		s.mu.Lock()
		s.err = s.t.gone(err)
		s.ready.fire()
		s.mu.Unlock()
	default:
		kick(s.reset)
	}
}

// check fails if the topic is no more.
func (s *plain) check() error {
	info, err := s.t.b.streamInfo(s.ctx, s.t.stream)
	if err == nil && !info.Created.Equal(s.created) {
		return backend.ErrNoTopic.With(nil, "the topic '%s' was deleted, and made anew", s.t.name)
	}
	return err
}

// alive reports whether there is news of the consumer; without, it is replaced.
func (s *plain) alive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line == nil {
		return false
	}
	if s.line.asked > 0 && time.Since(s.line.heard) > silence {
		kick(s.reset)
		return false
	}
	return true
}

// reconnected implements feed: what was under way is lost.
func (s *plain) reconnected() { kick(s.reset) }

// drop leaves the consumer to the server.
func (s *plain) drop() {
	s.mu.Lock()
	l := s.line
	s.line = nil
	s.mu.Unlock()
	if l == nil {
		return
	}
	// Without a connection the server drops it by itself, after plainIdle.
	_ = l.sub.Unsubscribe()
	_ = s.t.b.nc.Publish("$JS.API.CONSUMER.DELETE."+s.t.stream+"."+l.consumer, nil)
}

// open makes a consumer that starts at the next number.
func (s *plain) open(ctx context.Context) error {
	name := plainPrefix + nuid.Next()
	l := &line{consumer: name, inbox: nats.NewInbox(), heard: time.Now()}
	sub, err := s.t.b.nc.Subscribe(l.inbox, func(m *nats.Msg) { s.handle(l, m) })
	if err != nil {
		return known(err)
	}
	l.sub = sub
	_ = sub.SetPendingLimits(-1, -1) // fails only if closed; the buffer is the limit
	s.mu.Lock()
	start := s.next
	s.mu.Unlock()
	_, err = s.t.b.createConsumer(ctx, "create", s.t.stream, &jetstream.ConsumerConfig{
		Name:              name,
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       start,
		AckPolicy:         jetstream.AckNonePolicy,
		MaxDeliver:        -1,
		InactiveThreshold: plainIdle,
		MemoryStorage:     true,
		Replicas:          1,
	})
	if err != nil && codeOf(err) != codeConsumerExists { // from a try without an answer
		_ = sub.Unsubscribe()
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line = l
	s.more()
	return nil
}

// handle is the handler of a line's messages.
func (s *plain) handle(l *line, m *nats.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line != l {
		return // replaced by now
	}
	l.heard = time.Now()
	if isStatus(m) {
		s.status(l, statusOf(m))
		return
	}
	d, ok := deliveryOf(m.Reply)
	if !ok || d.consumerSeq != l.seq+1 {
		s.line = nil // an event is missing: nothing more from this one
		_ = l.sub.Unsubscribe()
		kick(s.reset)
		return
	}
	l.seq++
	l.big = false
	if l.asked = max(l.asked-1, 0); l.asked == 0 {
		l.askedBytes = 0
	} else {
		l.askedBytes = max(l.askedBytes-m.Size(), 0)
	}
	if d.seq >= s.next {
		e := eventOf(d.seq, d.time, m.Header, m.Data)
		s.buffer.add(&e)
		s.next = d.seq + 1
		s.ready.fire()
	}
	s.more()
}

// status takes a word of the server. s.mu is held.
func (s *plain) status(l *line, st status) {
	switch {
	case st.code == statusHeartbeat:
	case st.code == statusTimeout || st.isComplete():
		s.over(l, st)
	case st.code == statusConflict && strings.Contains(st.text, "MaxBytes"):
		s.over(l, st)
		l.big = true
		s.more()
	default: // deleted, without a leader, shut down ...
		kick(s.reset)
	}
}

// over counts a pull that ended early, and asks anew.
func (s *plain) over(l *line, st status) {
	l.asked = max(l.asked-st.pending, 0)
	l.askedBytes = max(l.askedBytes-st.bytes, 0)
	if l.asked == 0 {
		l.askedBytes = 0
	}
	s.more()
}
