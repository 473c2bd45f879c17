package jet

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
	"github.com/quiesce/quiesce/bus/internal/record"
)

func testStarts(t *testing.T, p *place) {
	topic := p.topic(t, &backend.Limits{Events: 10})
	empty := subscribe(t, topic, backend.Options{From: backend.Last})
	defer closeAll(t, empty)
	batch, n := numbered(1, 10)
	publish(t, topic, batch, n)
	wantSeqs(t, collect(t, empty, 1), 1)
	time.Sleep(20 * time.Millisecond)
	middle := record.Millis(time.Now())
	time.Sleep(20 * time.Millisecond)
	batch, n = numbered(11, 5)
	publish(t, topic, batch, n)
	for _, c := range []struct {
		o     backend.Options
		first uint64
	}{
		{backend.Options{From: backend.First}, 6},
		{backend.Options{From: backend.Last}, 15},
		{backend.Options{From: backend.AtSeq, Seq: 9}, 9},
		{backend.Options{From: backend.AtTime, Time: middle}, 11},
		{backend.Options{From: backend.AtTime, Time: 1}, 6},
		{backend.Options{From: backend.AtTime, Time: middle, Group: "g1"}, 11},
		{backend.Options{From: backend.Last, Group: "g2"}, 15},
	} {
		s := subscribe(t, topic, c.o)
		wantSeqs(t, collect(t, s, int(16-c.first)), c.first)
		none(t, s)
		closeAll(t, s)
	}
}

func testNew(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, n := numbered(1, 10)
	publish(t, topic, batch, n)
	s := subscribe(t, topic, backend.Options{From: backend.New})
	g := subscribe(t, topic, backend.Options{From: backend.New, Group: "g"})
	f := subscribe(t, topic, backend.Options{From: backend.AtTime, Time: record.Millis(time.Now().Add(time.Hour))})
	defer closeAll(t, s, g, f)
	publish(t, topic, batch, n)
	for _, s := range []backend.Subscription{s, g, f} {
		wantSeqs(t, collect(t, s, 10), 11)
	}
	if st := s.Stats(); st.Delivered != 10 || st.Next != 21 || st.Lost != 0 {
		t.Fatalf("%+v", st)
	}
}

func testBeyondEnd(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	s := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 5})
	g := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 5, Group: "g"})
	defer closeAll(t, s, g)
	batch, n := numbered(1, 7)
	publish(t, topic, batch, n)
	wantSeqs(t, collect(t, s, 3), 5)
	wantSeqs(t, collect(t, g, 3), 5)
}

func testLost(t *testing.T, p *place) {
	topic := p.topic(t, &backend.Limits{Events: 10})
	batch, n := numbered(1, 109)
	publish(t, topic, batch, n)
	s := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 5, MaxInFlight: 2})
	defer closeAll(t, s)
	if err := s.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := backendtest.TakePage(s, 10, 1<<20)
	wantError(t, err, backend.ErrLost)
	if want := backend.Lost(5, 100).Error(); err.Error() != want {
		t.Fatalf("%q, want %q", err, want)
	}
	wantSeqs(t, collect(t, s, 1), 100)
	publish(t, topic, batch, n) // 101 may be in the buffer, the rest up to 208 is gone
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for s.Stats().Next < 219 {
		if _, err = next(ctx, s, 1); err != nil && !errors.Is(err, backend.ErrLost) {
			t.Fatal(err)
		}
	}
	if st := s.Stats(); st.Lost+st.Delivered != 218-4 || st.Next != 219 {
		t.Fatalf("%+v", st)
	}
}

// testGap: a page has no gap, where events were removed between two that are in
// the buffer.
func testGap(t *testing.T, p *place) {
	topic := p.topic(t, &backend.Limits{Events: 10})
	s := subscribe(t, topic, backend.Options{From: backend.First, MaxInFlight: 4})
	defer closeAll(t, s)
	l := s.(*plain)
	full := func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.buffer.count == 4
	}
	batch, n := numbered(1, 4)
	publish(t, topic, batch, n)
	eventually(t, "the buffer is full", full)
	batch, n = numbered(5, 100)
	publish(t, topic, batch, n)
	for _, most := range []int{2, 10} {
		eventually(t, "the buffer is full", full)
		page, err := backendtest.TakePage(s, most, 1<<20)
		must(t, err)
		events := parse(page)
		wantSeqs(t, events, l.taken-2)
		if len(events) != 2 {
			t.Fatalf("%d events", len(events))
		}
	}
	_, err := backendtest.TakePage(s, 10, 1<<20)
	if err == nil || err.Error() != backend.Lost(5, 95).Error() {
		t.Fatal(err)
	}
	wantSeqs(t, collect(t, s, 10), 95)
}

func testSkipLost(t *testing.T, p *place) {
	topic := p.topic(t, &backend.Limits{Events: 10})
	batch, n := numbered(1, 100)
	publish(t, topic, batch, n)
	s := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 5, SkipLost: true})
	defer closeAll(t, s)
	wantSeqs(t, collect(t, s, 10), 91)
	if st := s.Stats(); st.Lost != 86 {
		t.Fatalf("%+v", st)
	}
}

func testLargeEvents(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	var batch []byte
	const count = 14
	for i := range count {
		size := 3 << 20
		if i%3 == 0 {
			size = 10
		} else if i == 10 {
			size = topic.MaxEvent()
		}
		batch = record.Append(batch, &record.Event{Data: make([]byte, size)})
	}
	publish(t, topic, batch, count)
	s := subscribe(t, topic, backend.Options{From: backend.First, MaxInFlight: 1000})
	g := subscribe(t, topic, backend.Options{From: backend.First, MaxInFlight: 1000, Group: "g"})
	defer closeAll(t, s, g)
	if err := s.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // whatever comes unasked would be here
	l := s.(*plain)
	l.mu.Lock()
	bytes := l.buffer.bytes
	l.mu.Unlock()
	if bytes > prefetchBytes+maxPayload {
		t.Fatalf("%d bytes are in the buffer", bytes)
	}
	wantSeqs(t, collect(t, s, count), 1)
	wantSeqs(t, collect(t, g, count), 1)
}

func testTopicGone(t *testing.T, p *place) {
	name := newName(t)
	topic := topicOf(t, p.bus, name, nil).(*topic)
	s := subscribe(t, topic, backend.Options{From: backend.First})
	g := subscribe(t, topic, backend.Options{From: backend.First, Group: "g"})
	stale, err := topic.follow(t.Context(), time.Now(), 1, options()) // of one that was there before
	must(t, err)
	defer closeAll(t, s, g, stale)
	kick(stale.reset)
	must(t, stale.Wait(t.Context()))
	_, err = backendtest.TakePage(stale, 1, 1)
	wantError(t, err, backend.ErrNoTopic)
	none(t, g)
	if err := p.bus.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	again := topicOf(t, p.bus, name, nil) // another one, under the same name
	batch, n := batchOf("x")
	publish(t, again, batch, n)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err = next(ctx, s, 1)
	wantError(t, err, backend.ErrNoTopic)
	_, err = next(ctx, g, 1)
	if !isGone(err) {
		t.Fatal(err)
	}
}

func testConsumerGone(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	s := subscribe(t, topic, backend.Options{From: backend.First})
	defer closeAll(t, s)
	batch, n := numbered(1, 10)
	publish(t, topic, batch, n)
	wantSeqs(t, collect(t, s, 10), 1)
	l := s.(*plain)
	l.mu.Lock()
	name := l.line.consumer
	l.mu.Unlock()
	if err := l.t.b.api(t.Context(), "CONSUMER.DELETE."+l.t.stream+"."+name, nil, nil); err != nil {
		t.Fatal(err)
	}
	publish(t, topic, batch, n)
	wantSeqs(t, collect(t, s, 10), 11)
}

func testConsumerStays(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	s := subscribe(t, topic, backend.Options{From: backend.First, MaxInFlight: 10})
	defer closeAll(t, s)
	l := s.(*plain)
	l.mu.Lock()
	line := l.line
	l.mu.Unlock()
	batch, n := numbered(1, 2000)
	publish(t, topic, batch, n)
	collect(t, s, n)
	none(t, s)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.line != line || len(l.reset) > 0 {
		t.Fatal("the consumer was replaced, and nothing had happened to it")
	}
}

func testWaitCancelled(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	s := subscribe(t, topic, backend.Options{From: backend.First})
	g := subscribe(t, topic, backend.Options{From: backend.First, Group: "g"})
	defer closeAll(t, s, g)
	for _, s := range []backend.Subscription{s, g} {
		cause := errors.New("because")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(50*time.Millisecond, func() { cancel(cause) })
		if err := s.Wait(ctx); !errors.Is(err, cause) {
			t.Fatal(err)
		}
	}
}
