package memory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
	"github.com/quiesce/quiesce/bus/internal/record"
)

const anySize = 1 << 30

func openTopic(t testing.TB, limits *backend.Limits) backend.Topic {
	t.Helper()
	b := New()
	t.Cleanup(func() { must(t, b.Close()) })
	return topicOf(t, b, "t", limits)
}

func topicOf(t testing.TB, b backend.Bus, name string, limits *backend.Limits) backend.Topic {
	t.Helper()
	topic, err := b.Topic(context.Background(), name, limits)
	must(t, err)
	return topic
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// is fails unless the error has the code of the other one.
func is(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v; want %v", err, want)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v; want %v", what, got, want)
	}
}

func equalSeqs(t testing.TB, what string, got []uint64, want ...uint64) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: got %v; want %v", what, got, want)
	}
}

// batch returns a batch of events with these data.
func batch(data ...string) []byte {
	var b []byte
	for _, d := range data {
		b = record.Append(b, &record.Event{Data: []byte(d)})
	}
	return b
}

func appendAll(t testing.TB, topic backend.Topic, data ...string) []uint64 {
	t.Helper()
	seqs, done, err := topic.Append(batch(data...), len(data))
	must(t, err)
	equal(t, "done", done, true)
	return seqs
}

// appendN appends n events, one by one, with their numbers as data.
func appendN(t testing.TB, topic backend.Topic, n int) {
	t.Helper()
	for range n {
		s := statsOf(t, topic)
		appendAll(t, topic, fmt.Sprint(s.Last+1))
	}
}

func statsOf(t testing.TB, topic backend.Topic) backend.Stats {
	t.Helper()
	s, err := topic.Stats(context.Background())
	must(t, err)
	return s
}

func groupOf(t testing.TB, topic backend.Topic, name string) backend.GroupStats {
	t.Helper()
	for _, g := range statsOf(t, topic).Groups {
		if g.Name == name {
			return g
		}
	}
	t.Fatalf("no group %q", name)
	return backend.GroupStats{}
}

func subscribe(t testing.TB, topic backend.Topic, o backend.Options) backend.Subscription {
	t.Helper()
	s, err := topic.Subscribe(context.Background(), o)
	must(t, err)
	return s
}

// events takes a page apart.
func events(page []byte) []record.Event {
	var list []record.Event
	for len(page) > 0 {
		list = append(list, record.DeliveredAt(page))
		page = page[record.SizeAt(page):]
	}
	return list
}

func numbersOf(page []byte) []uint64 {
	var list []uint64
	for _, e := range events(page) {
		list = append(list, e.Seq)
	}
	return list
}

// takeAll takes until there is nothing, and returns the numbers.
func takeAll(t testing.TB, s backend.Subscription) []uint64 {
	t.Helper()
	var list []uint64
	for {
		page, err := backendtest.TakePage(s, 1<<20, anySize)
		must(t, err)
		if len(page) == 0 {
			return list
		}
		list = append(list, numbersOf(page)...)
	}
}

func takeEvents(t testing.TB, s backend.Subscription, count int) []record.Event {
	t.Helper()
	page, err := backendtest.TakePage(s, count, anySize)
	must(t, err)
	return events(page)
}

func read(t testing.TB, topic backend.Topic, seq uint64, count, maxBytes int) []byte {
	t.Helper()
	page, err := topic.Read(context.Background(), seq, count, maxBytes)
	must(t, err)
	return page
}

// inBackground returns the channel of what f returns.
func inBackground(f func() error) <-chan error {
	c := make(chan error, 1)
	go func() { c <- f() }()
	return c
}

// ended reports whether it has returned; to be called in a bubble after a Wait.
func ended(c <-chan error) (error, bool) {
	select {
	case err := <-c:
		return err, true
	default:
		return nil, false
	}
}
