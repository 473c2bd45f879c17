package memory

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// withIDs returns a batch of events whose ids these are, "" for none.
func withIDs(ids ...string) []byte {
	var b []byte
	for _, id := range ids {
		b = record.Append(b, &record.Event{ID: []byte(id), Data: []byte("of " + id)})
	}
	return b
}

func publishIDs(t testing.TB, topic backend.Topic, ids ...string) []uint64 {
	t.Helper()
	b := withIDs(ids...)
	seqs, err := topic.Publish(context.Background(), b, len(ids))
	must(t, err)
	clear(b) // a backend keeps nothing of a batch
	return seqs
}

func TestIDsAreKnownForTwoMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		equalSeqs(t, "within a batch", publishIDs(t, topic, "a", "b", "a", "", "c", "b"), 1, 2, 1, 3, 4, 2)
		time.Sleep(time.Minute)
		equalSeqs(t, "after a minute", publishIDs(t, topic, "d", "a", ""), 5, 1, 6)
		time.Sleep(time.Minute - 1)
		equalSeqs(t, "just before", publishIDs(t, topic, "c"), 4)
		time.Sleep(time.Nanosecond)
		equalSeqs(t, "after two minutes", publishIDs(t, topic, "d", "a", "e"), 5, 7, 8)
		equalSeqs(t, "again", publishIDs(t, topic, "a"), 7)
		equal(t, "last", statsOf(t, topic).Last, 8)
	})
}

func TestIdleTopicForgetsIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		for i := range 5000 {
			publishIDs(t, topic, fmt.Sprint(i))
			time.Sleep(10 * time.Millisecond)
		}
		known := func() int {
			inner := topic.(*Topic)
			inner.mu.Lock()
			defer inner.mu.Unlock()
			d := &inner.ids
			equal(t, "queue", len(d.queue)-d.front, len(d.numbers))
			for _, e := range append(d.queue[:d.front:d.front], d.queue[len(d.queue):cap(d.queue)]...) {
				equal(t, "id that is kept", e.id, "")
			}
			return len(inner.ids.numbers)
		}
		equal(t, "ids", known(), 5000)
		time.Sleep(2*time.Minute - 25*time.Second)
		synctest.Wait()
		if n := known(); n < 2400 || n > 2600 {
			t.Fatalf("%d ids are known; want about 2500", n)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		equal(t, "ids", known(), 0)
		equal(t, "memory", cap(topic.(*Topic).ids.queue), 0)
	})
}

func TestIDsOutliveTheirEvents(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 1})
	publishIDs(t, topic, "a", "b", "c")
	equalSeqs(t, "number of then", publishIDs(t, topic, "a"), 1)
}

func TestTopicsAreSortedAndShared(t *testing.T) {
	b := New()
	for _, name := range []string{"c", "a", "b"} {
		topicOf(t, b, name, nil)
	}
	names, err := b.Topics(t.Context())
	must(t, err)
	equal(t, "topics", fmt.Sprint(names), "[a b c]")
	first := topicOf(t, b, "a", nil)
	appendAll(t, first, "x")
	must(t, first.Close())
	equal(t, "events", statsOf(t, topicOf(t, b, "a", nil)).Events, 1)
	must(t, b.Flush(t.Context()))
	must(t, b.Close())
}

// TestNumbersBelongToTheCaller has callers append to what they got.
func TestNumbersBelongToTheCaller(t *testing.T) {
	topic := openTopic(t, nil)
	var lists [][]uint64
	next := uint64(1)
	for _, n := range []int{1, 2, 31, 32, 33, 200, 1, 1000, 1} {
		seqs := appendAll(t, topic, make([]string, n)...)
		equal(t, "numbers", len(seqs), n)
		lists = append(lists, seqs)
	}
	for _, seqs := range lists {
		_ = append(seqs, 0)
	}
	for _, seqs := range lists {
		for _, seq := range seqs {
			equal(t, "number", seq, next)
			next++
		}
	}
}

// calls are all that may fail on a topic and what came from it.
func calls(topic backend.Topic, s, m backend.Subscription, r backend.Restore) map[string]func() error {
	ctx := context.Background()
	one := batch("x")
	return map[string]func() error{
		"Append":      func() error { _, _, err := topic.Append(one, 1); return err },
		"Publish":     func() error { _, err := topic.Publish(ctx, one, 1); return err },
		"Post":        func() error { _, err := topic.Post(one, 1); return err },
		"Drain":       func() error { return topic.Drain(ctx, nil) },
		"Read":        func() error { _, err := topic.Read(ctx, 1, 1, 1); return err },
		"Subscribe":   func() error { _, err := topic.Subscribe(ctx, backend.Options{}); return err },
		"DeleteGroup": func() error { return topic.DeleteGroup(ctx, "g") },
		"Stats":       func() error { _, err := topic.Stats(ctx); return err },
		"Restore":     func() error { _, err := topic.Restore(ctx, 1); return err },
		"Commit":      func() error { return r.Commit(ctx) },
		"Take":        func() error { _, err := backendtest.TakePage(s, 1, 1); return err },
		"Wait":        func() error { return s.Wait(ctx) },
		"member Take": func() error { _, err := backendtest.TakePage(m, 1, 1); return err },
		"member Wait": func() error { return m.Wait(ctx) },
	}
}

// ending has calls wait on a topic, ends it, and demands that they and all later
// ones fail with the error.
func ending(t *testing.T, end func(b backend.Bus) error, want error) {
	synctest.Test(t, func(t *testing.T) {
		b := New()
		topic := topicOf(t, b, "t", nil)
		r, err := topic.Restore(t.Context(), 1)
		must(t, err)
		lagging := subscribe(t, topic, backend.Options{})
		s := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 1 << 40})
		m := subscribe(t, topic, backend.Options{Group: "g", From: backend.AtSeq, Seq: 1 << 40})
		for range markEvents + 1 {
			_, err := topic.Post(batch("x"), 1)
			must(t, err)
		}
		all := calls(topic, s, m, r)
		var waits []<-chan error
		for _, name := range []string{"Wait", "member Wait", "Drain"} {
			waits = append(waits, inBackground(all[name]))
		}
		synctest.Wait()
		start := time.Now()
		must(t, end(b))
		for _, w := range waits {
			is(t, <-w, want)
		}
		equal(t, "time until the waits ended", time.Since(start), 0)
		for name, call := range all {
			if err := call(); !errors.Is(err, want) {
				t.Errorf("%s: got %v; want %v", name, err, want)
			}
		}
		equal(t, "ack", m.Ack(1), false)
		topic.(*Topic).expire() // as an alarm does that rang just before
		m.(*member).g.expire()
		for _, s := range []backend.Subscription{s, m, lagging} {
			must(t, s.Close())
		}
		must(t, b.Close())
	})
}

func TestDeleteEndsEverythingOnATopic(t *testing.T) {
	ending(t, func(b backend.Bus) error { return b.Delete(context.Background(), "t") }, backend.ErrNoTopic)
}

func TestCloseEndsEverythingOnABus(t *testing.T) {
	ending(t, backend.Bus.Close, backend.ErrBackend)
	b := New()
	must(t, b.Close())
	_, err := b.Topic(t.Context(), "t", nil)
	is(t, err, backend.ErrBackend)
	_, err = b.Topics(t.Context())
	is(t, err, backend.ErrBackend)
	is(t, b.Delete(t.Context(), "t"), backend.ErrBackend)
}

func TestDeletedTopicMayBeMadeAnew(t *testing.T) {
	b := New()
	defer b.Close()
	old := topicOf(t, b, "t", nil)
	publishIDs(t, old, "a", "b")
	subscribe(t, old, backend.Options{Group: "g"})
	must(t, b.Delete(t.Context(), "t"))
	is(t, b.Delete(t.Context(), "t"), backend.ErrNoTopic)
	topic := topicOf(t, b, "t", nil)
	equalSeqs(t, "number", publishIDs(t, topic, "b"), 1)
	equal(t, "groups", len(statsOf(t, topic).Groups), 0)
	_, _, err := old.Append(batch("x"), 1)
	is(t, err, backend.ErrNoTopic)
}

func TestStatsTellTheState(t *testing.T) {
	topic := openTopic(t, nil)
	s := statsOf(t, topic)
	equal(t, "first", s.First, 1)
	equal(t, "last", s.Last, 0)
	appendAll(t, topic, "a", "b", "c")
	p := subscribe(t, topic, backend.Options{From: backend.First})
	m := subscribe(t, topic, backend.Options{From: backend.First, Group: "z"})
	subscribe(t, topic, backend.Options{Group: "y"})
	takeEvents(t, m, 2)
	m.Ack(1)
	takeEvents(t, p, 1)
	s = statsOf(t, topic)
	equal(t, "subscriptions", s.Subscriptions, 3)
	equal(t, "groups", fmt.Sprint(s.Groups), "[{y 0 0 0} {z 1 1 0}]")
	equal(t, "plain", p.Stats(), backend.SubscriptionStats{Delivered: 1, Next: 2})
	equal(t, "member", m.Stats(), backend.SubscriptionStats{Delivered: 2, InFlight: 1})
	must(t, p.Close())
	must(t, m.Close())
	must(t, m.Close())
	equal(t, "subscriptions", statsOf(t, topic).Subscriptions, 1)
}
