package jet

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// batchOf makes a batch of events that have only data.
func batchOf(data ...string) ([]byte, int) {
	var b []byte
	for _, d := range data {
		b = record.Append(b, &record.Event{Data: []byte(d)})
	}
	return b, len(data)
}

// numbered makes a batch of n events, whose data are numbers from first on.
func numbered(first, n int) ([]byte, int) {
	data := make([]string, n)
	for i := range data {
		data[i] = fmt.Sprint(first + i)
	}
	return batchOf(data...)
}

func withID(id, data string) ([]byte, int) {
	return record.Append(nil, &record.Event{ID: []byte(id), Data: []byte(data)}), 1
}

func openDir(t testing.TB, dir string) backend.Bus {
	t.Helper()
	b, err := OpenDir(t.Context(), DirOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func topicOf(t testing.TB, b backend.Bus, name string, limits *backend.Limits) backend.Topic {
	t.Helper()
	topic, err := b.Topic(t.Context(), name, limits)
	if err != nil {
		t.Fatal(err)
	}
	return topic
}

func publish(t testing.TB, topic backend.Topic, batch []byte, count int) []uint64 {
	t.Helper()
	seqs, err := topic.Publish(t.Context(), batch, count)
	if err != nil {
		t.Fatal(err)
	}
	return seqs
}

func subscribe(t testing.TB, topic backend.Topic, o backend.Options) backend.Subscription {
	t.Helper()
	if o.MaxInFlight == 0 {
		o.MaxInFlight = 256
	}
	if o.Group != "" && o.AckWait == 0 {
		o.AckWait = 30 * time.Second
	}
	s, err := topic.Subscribe(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// parse takes a page apart.
func parse(page []byte) (events []record.Event) {
	for len(page) > 0 {
		events = append(events, record.DeliveredAt(page))
		page = page[record.SizeAt(page):]
	}
	return events
}

// next takes up to max events, and waits for them.
func next(ctx context.Context, s backend.Subscription, most int) ([]record.Event, error) {
	for {
		page, err := backendtest.TakePage(s, most, 1<<20)
		if err != nil {
			return nil, err
		}
		if len(page) > 0 {
			return parse(page), nil
		}
		if err := s.Wait(ctx); err != nil {
			return nil, err
		}
	}
}

// collect takes n events, and fails after a while.
func collect(t testing.TB, s backend.Subscription, n int) (events []record.Event) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // less than AckWait in most tests
	defer cancel()
	for len(events) < n {
		some, err := next(ctx, s, n-len(events))
		if err != nil {
			t.Fatalf("after %d of %d events: %v", len(events), n, err)
		}
		events = append(events, some...)
	}
	return events
}

func wantSeqs(t testing.TB, events []record.Event, first uint64) {
	t.Helper()
	for i, e := range events {
		if e.Seq != first+uint64(i) {
			t.Fatalf("event %d has the number %d, want %d", i, e.Seq, first+uint64(i))
		}
	}
}

func wantError(t testing.TB, err error, want *backend.Error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got the error %v, want %s", err, want.Code())
	}
}

// none fails if there is an event within a short time.
func none(t testing.TB, s backend.Subscription) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if events, err := next(ctx, s, 10); err == nil {
		t.Fatalf("got the event %d, want none", events[0].Seq)
	}
}

// eventually waits until the condition holds.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

func closeAll(t testing.TB, closers ...interface{ Close() error }) {
	t.Helper()
	for _, c := range closers {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
