package jet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

func testNumbers(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, n := numbered(0, 10_000)
	seqs := publish(t, topic, batch, n)
	for i, seq := range seqs {
		if seq != uint64(i)+1 {
			t.Fatalf("event %d got the number %d", i, seq)
		}
	}
	batch, n = numbered(0, 1)
	if seqs = publish(t, topic, batch, n); seqs[0] != 10_001 {
		t.Fatalf("got the number %d", seqs[0])
	}
	s := subscribe(t, topic, backend.Options{From: backend.First})
	defer closeAll(t, s)
	events := collect(t, s, 10_001)
	wantSeqs(t, events, 1)
	for i, e := range events[:10_000] {
		if string(e.Data) != fmt.Sprint(i) {
			t.Fatalf("event %d has the data %q", i, e.Data)
		}
	}
}

func testHeaders(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	var headers []byte
	for _, h := range [][2]string{{"a", ""}, {"Status", "404"}, {"Key!#$%&'*+", "värde, \"x\": y"}, {"a", "again"}} {
		headers = record.AppendHeader(headers, h[0], h[1])
	}
	before := record.Millis(time.Now())
	publish(t, topic, record.Append(nil, &record.Event{Headers: headers, ID: []byte("id"), Data: []byte{0, 255, 13, 10}}), 1)
	s := subscribe(t, topic, backend.Options{From: backend.First})
	defer closeAll(t, s)
	g := subscribe(t, topic, backend.Options{From: backend.First, Group: "g"})
	defer closeAll(t, g)
	page, err := topic.Read(t.Context(), 1, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range slices.Concat(collect(t, s, 1), collect(t, g, 1), parse(page)) {
		want := "Key!#$%&'*+\x00värde, \"x\": y\x00Status\x00404\x00a\x00, again\x00"
		if string(e.Headers) != want || string(e.Data) != "\x00\xff\r\n" {
			t.Errorf("headers %q, data %q", e.Headers, e.Data)
		}
		if e.Time < before-1 || e.Time > record.Millis(time.Now())+1 {
			t.Errorf("time %f, want about %f", e.Time, before)
		}
	}
}

func testForeign(t *testing.T, p *place) {
	topic := p.topic(t, nil).(*topic)
	m := nats.NewMsg(topic.subject)
	m.Header = nats.Header{"b": {"1", "2"}, "Nats-Msg-Id": {"theirs"}, "Quiesce-Other": {"x"}}
	m.Data = []byte("theirs")
	if err := topic.b.nc.PublishMsg(m); err != nil {
		t.Fatal(err)
	}
	s := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 1})
	defer closeAll(t, s)
	if e := collect(t, s, 1)[0]; string(e.Headers) != "b\x001, 2\x00" || string(e.Data) != "theirs" {
		t.Errorf("headers %q, data %q", e.Headers, e.Data)
	}
}

func testDuplicate(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, n := withID("one", "a")
	first := publish(t, topic, batch, n)[0]
	other, n := withID("two", "b")
	second := publish(t, topic, other, n)[0]
	if again := publish(t, topic, batch, n)[0]; again != first || second != first+1 {
		t.Fatalf("numbers %d, %d, and %d again", first, second, again)
	}
	plain, n := batchOf("x", "x")
	if seqs := publish(t, topic, plain, n); seqs[0] != second+1 || seqs[1] != second+2 {
		t.Fatalf("events without an id got %v", seqs)
	}
}

func testTooLarge(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, _ := batchOf("small")
	batch = record.Append(batch, &record.Event{Data: make([]byte, topic.MaxEvent()+1)})
	_, err := topic.Publish(t.Context(), batch, 2)
	wantError(t, err, backend.ErrTooLarge)
	_, err = topic.Post(batch, 2)
	wantError(t, err, backend.ErrTooLarge)
	if s, err := topic.Stats(t.Context()); err != nil || s.Events != 0 {
		t.Fatalf("%d events, %v", s.Events, err)
	}
}

func testLargest(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	e := record.Event{ID: []byte("0123456789"), Headers: record.AppendHeader(nil, "n", "v")}
	e.Data = make([]byte, topic.MaxEvent()-len(e.ID)-len(e.Headers)-2)
	publish(t, topic, record.Append(nil, &e), 1)
	s := subscribe(t, topic, backend.Options{From: backend.First})
	defer closeAll(t, s)
	if got := collect(t, s, 1)[0]; len(got.Data) != len(e.Data) {
		t.Fatalf("got %d bytes", len(got.Data))
	}
}

func testTopics(t *testing.T, p *place) {
	name := newName(t)
	topic := topicOf(t, p.bus, name, nil)
	names, err := p.bus.Topics(t.Context())
	if err != nil || !slices.Contains(names, name) || !slices.IsSorted(names) {
		t.Fatal(names, err)
	}
	if err := p.bus.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	wantError(t, p.bus.Delete(t.Context(), name), backend.ErrNoTopic)
	batch, n := batchOf("x")
	_, err = topic.Publish(t.Context(), batch, n)
	wantError(t, err, backend.ErrNoTopic)
	_, err = topic.Stats(t.Context())
	wantError(t, err, backend.ErrNoTopic)
	_, err = topic.Read(t.Context(), 1, 1, 1)
	wantError(t, err, backend.ErrNoTopic)
	_, err = topic.Subscribe(t.Context(), backend.Options{Group: "g", AckWait: time.Second, MaxInFlight: 1})
	wantError(t, err, backend.ErrNoTopic)
	if names, err = p.bus.Topics(t.Context()); err != nil || slices.Contains(names, name) {
		t.Fatal(names, err)
	}
}

func testLimits(t *testing.T, p *place) {
	name := newName(t)
	limits := backend.Limits{Events: 10, Bytes: 1 << 20, Age: time.Minute}
	topic := topicOf(t, p.bus, name, &limits)
	want := func(l backend.Limits, events int64) {
		t.Helper()
		s, err := topic.Stats(t.Context())
		l.Replicas = s.Limits.Replicas
		if err != nil || s.Limits != l || s.Events != events {
			t.Fatalf("%+v, %v", s, err)
		}
	}
	want(limits, 0)
	batch, n := numbered(1, 25)
	publish(t, topic, batch, n)
	want(limits, 10)
	topicOf(t, p.bus, name, nil)
	want(limits, 10)
	topicOf(t, p.bus, name, &backend.Limits{Events: 5, Age: time.Hour})
	want(backend.Limits{Events: 5, Age: time.Hour}, 5)
	topicOf(t, p.bus, name, &backend.Limits{})
	want(backend.Limits{}, 5)
	if s, _ := topic.Stats(t.Context()); s.First != 21 || s.Last != 25 {
		t.Fatalf("%+v", s)
	}
}

func testCancelledPublish(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	cause := errors.New("because")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	batch, n := numbered(0, 10_000)
	if _, err := topic.Publish(ctx, batch, n); !errors.Is(err, cause) {
		t.Fatal(err)
	}
	if _, err := topic.Stats(ctx); !errors.Is(err, cause) {
		t.Fatal(err)
	}
	publish(t, topic, batch, n) // the window is free again
}

func testPosts(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	scratch := make([]byte, 0, 64)
	for i := range 20_000 {
		scratch = record.Append(scratch[:0], &record.Event{Data: []byte(fmt.Sprint(i))}) // Post copies
		room, err := topic.Post(scratch, 1)
		if err == nil && !room {
			err = topic.Drain(t.Context(), nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := p.bus.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := topic.Stats(t.Context()); err != nil || s.Events != 20_000 || s.Posted != 0 || s.Failed != 0 {
		t.Fatalf("%+v, %v", s, err)
	}
	s := subscribe(t, topic, backend.Options{From: backend.First})
	defer closeAll(t, s)
	for i, e := range collect(t, s, 20_000) {
		if string(e.Data) != fmt.Sprint(i) {
			t.Fatalf("event %d has the data %s", i, e.Data)
		}
	}
}

func testOverload(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, n := numbered(0, 1000)
	var err error
	posted := 0
	for ; err == nil; posted += n {
		var room bool
		if room, err = topic.Post(batch, n); room != topic.Room() && room {
			t.Log("stored meanwhile") // room may come back at any time, it does not vanish
		}
		if posted > 10_000_000 {
			t.Fatal("never refused")
		}
	}
	posted -= n
	wantError(t, err, backend.ErrOverload)
	if err := topic.Drain(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := p.bus.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := topic.Stats(t.Context()); err != nil || s.Events != int64(posted) {
		t.Fatalf("%d events of %d, %v", s.Events, posted, err)
	}
}

func testFailedPost(t *testing.T, p *place) {
	name := newName(t)
	topic := topicOf(t, p.bus, name, nil).(*topic)
	if err := p.bus.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	batch, n := numbered(0, 3)
	if _, err := topic.Post(batch, n); err != nil {
		t.Fatal(err)
	}
	wantError(t, p.bus.Flush(t.Context()), backend.ErrNoTopic)
	if err := p.bus.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := topic.Drain(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, failed := topic.poster.posts(); failed != 3 {
		t.Fatalf("%d posts failed", failed)
	}
}

func testRead(t *testing.T, p *place) {
	topic := p.topic(t, &backend.Limits{Events: 2000})
	batch, n := numbered(1, 2500)
	publish(t, topic, batch, n)
	read := func(seq uint64, count, maxBytes int) []record.Event {
		t.Helper()
		page, err := topic.Read(t.Context(), seq, count, maxBytes)
		if err != nil {
			t.Fatal(err)
		}
		return parse(page)
	}
	all := read(1, 5000, 1<<20)
	wantSeqs(t, all, 501)
	if len(all) != 2000 || string(all[0].Data) != "501" {
		t.Fatalf("%d events, from %q", len(all), all[0].Data)
	}
	if some := read(600, 7, 1<<20); len(some) != 7 || some[0].Seq != 600 {
		t.Fatalf("%d events", len(some))
	}
	if some := read(600, 7, 100); len(some) != 2 {
		t.Fatalf("%d events in 100 bytes", len(some))
	}
	if some := read(600, 7, 1); len(some) != 1 {
		t.Fatalf("%d events in one byte", len(some))
	}
	if some := read(2501, 7, 1<<20); len(some) != 0 {
		t.Fatalf("%d events beyond the end", len(some))
	}
}
