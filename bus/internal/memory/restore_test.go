package memory

import (
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
	"github.com/quiesce/quiesce/bus/internal/record"
)

func pageOf(list ...record.Event) []byte {
	var page []byte
	for i := range list {
		page = record.Append(page, &list[i])
	}
	return page
}

// fill restores the events into a topic.
func fill(t testing.TB, topic backend.Topic, first uint64, list ...record.Event) {
	t.Helper()
	r, err := topic.Restore(context.Background(), first)
	must(t, err)
	if len(list) > 0 {
		must(t, r.Append(context.Background(), pageOf(list...), len(list)))
	}
	must(t, r.Commit(context.Background()))
	must(t, r.Close())
}

// numbered returns events with these numbers, and times 1, 2, 3 ...
func numbered(from, to uint64) []record.Event {
	var list []record.Event
	for seq := from; seq <= to; seq++ {
		list = append(list, record.Event{Seq: seq, Time: float64(seq - from + 1), Data: []byte("r")})
	}
	return list
}

func TestRestoreKeepsNumbersAndTimes(t *testing.T) {
	topic := openTopic(t, nil)
	r, err := topic.Restore(t.Context(), 7)
	must(t, err)
	must(t, r.Append(t.Context(), pageOf(numbered(7, 300)...), 294))
	equal(t, "events before Commit", statsOf(t, topic).Events, 0)
	must(t, r.Commit(t.Context()))
	must(t, r.Close())
	equalSeqs(t, "number of the next", appendAll(t, topic, "x"), 301)
	s := statsOf(t, topic)
	equal(t, "first", s.First, 7)
	equal(t, "bytes", s.Bytes, 295*40)
	for i, e := range events(read(t, topic, 1, 294, anySize)) {
		equal(t, "number", e.Seq, uint64(i+7))
		equal(t, "time", e.Time, float64(i+1))
	}
	_, err = topic.Restore(t.Context(), 1)
	is(t, err, backend.ErrNotEmpty)
}

func TestRestoreWithoutEventsSetsTheNextNumber(t *testing.T) {
	topic := openTopic(t, nil)
	s := subscribe(t, topic, backend.Options{})
	g := subscribe(t, topic, backend.Options{Group: "g"})
	fill(t, topic, 51)
	equal(t, "last", statsOf(t, topic).Last, 50)
	equal(t, "first", statsOf(t, topic).First, 51)
	fill(t, topic, 1) // numbers stay
	equalSeqs(t, "number", appendAll(t, topic, "x"), 51)
	equalSeqs(t, "subscription", takeAll(t, s), 51)
	equalSeqs(t, "member", takeAll(t, g), 51)
}

func TestRestoreRefusesDamage(t *testing.T) {
	topic := openTopic(t, nil)
	_, err := topic.Restore(t.Context(), 0)
	is(t, err, backend.ErrSnapshot)
	for name, list := range map[string][]record.Event{
		"a gap":        {{Seq: 1}, {Seq: 3}},
		"a repetition": {{Seq: 1}, {Seq: 1}},
		"a late start": {{Seq: 2}},
		"no time":      {{Seq: 1, Time: math.NaN()}},
		"endless time": {{Seq: 1, Time: math.Inf(1)}},
	} {
		r, err := topic.Restore(t.Context(), 1)
		must(t, err)
		if err := r.Append(t.Context(), pageOf(list...), len(list)); err == nil {
			t.Fatalf("%s was not refused", name)
		} else {
			is(t, err, backend.ErrSnapshot)
		}
		is(t, r.Commit(t.Context()), backend.ErrBackend)
		must(t, r.Close())
	}
	equal(t, "last", statsOf(t, topic).Last, 0)
}

func TestRestoreGivesWayToWhatWasPublished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Age: time.Second})
		for _, wait := range []time.Duration{0, time.Minute} { // there, or gone by now
			r, err := topic.Restore(t.Context(), 1)
			must(t, err)
			must(t, r.Append(t.Context(), pageOf(numbered(1, 2)...), 2))
			appendAll(t, topic, "x")
			time.Sleep(wait)
			synctest.Wait()
			is(t, r.Commit(t.Context()), backend.ErrNotEmpty)
			must(t, r.Close())
			time.Sleep(time.Second)
			synctest.Wait()
		}
		r, err := topic.Restore(t.Context(), 1)
		must(t, err)
		must(t, r.Close())
		is(t, r.Append(t.Context(), pageOf(numbered(1, 2)...), 2), backend.ErrBackend)
		is(t, r.Commit(t.Context()), backend.ErrBackend)
		equal(t, "last", statsOf(t, topic).Last, 2)
	})
}

func TestRestoreKeepsToTheLimits(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 10})
	r, err := topic.Restore(t.Context(), 1)
	must(t, err)
	for i := range uint64(100) {
		must(t, r.Append(t.Context(), pageOf(numbered(100*i+1, 100*i+100)...), 100))
		equal(t, "events apart", r.(*restore).log.events(), 10)
	}
	must(t, r.Commit(t.Context()))
	s := statsOf(t, topic)
	equal(t, "first", s.First, 9991)
	equal(t, "last", s.Last, 10000)
}

func TestRestoredEventsAgeAsOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Age: time.Minute})
		now := record.Millis(time.Now())
		fill(t, topic, 1, record.Event{Seq: 1, Time: now - 60_000}, record.Event{Seq: 2, Time: now - 59_000})
		equal(t, "first", statsOf(t, topic).First, 2)
		time.Sleep(time.Second)
		synctest.Wait()
		equal(t, "first", statsOf(t, topic).First, 3)
	})
}

func TestSubscriptionsSeeWhatWasRestored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		recent := subscribe(t, topic, backend.Options{})
		exact := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 3})
		one := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 1})
		inside := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 12})
		beyond := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 16})
		m := subscribe(t, topic, backend.Options{Group: "g"})
		must(t, subscribe(t, topic, backend.Options{Group: "alone"}).Close())
		far := subscribe(t, topic, backend.Options{Group: "far", From: backend.AtSeq, Seq: 16})
		waits := []<-chan error{inBackground(func() error { return recent.Wait(t.Context()) }),
			inBackground(func() error { return m.Wait(t.Context()) })}
		synctest.Wait()
		fill(t, topic, 10, numbered(10, 14)...)
		for _, w := range waits {
			must(t, <-w)
		}
		equalSeqs(t, "from new", takeAll(t, recent), 10, 11, 12, 13, 14)
		_, err := backendtest.TakePage(exact, 10, anySize)
		equal(t, "error", err.Error(), backend.Lost(3, 10).Error())
		_, err = backendtest.TakePage(one, 10, anySize)
		equal(t, "error", err.Error(), backend.Lost(1, 10).Error())
		equalSeqs(t, "from 12", takeAll(t, inside), 12, 13, 14)
		equalSeqs(t, "from 16", takeAll(t, beyond))
		equalSeqs(t, "member", takeAll(t, m), 10, 11, 12, 13, 14)
		appendN(t, topic, 2)
		equalSeqs(t, "from new", takeAll(t, recent), 15, 16)
		equalSeqs(t, "from 16", takeAll(t, beyond), 16)
		equalSeqs(t, "member from 16", takeAll(t, far), 16)
		alone := subscribe(t, topic, backend.Options{Group: "alone"})
		equalSeqs(t, "group that had no members", takeAll(t, alone), 10, 11, 12, 13, 14, 15, 16)
	})
}

// TestRestoreOfLowerNumbers is about a topic whose numbers go back.
func TestRestoreOfLowerNumbers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Age: 20 * 365 * 24 * time.Hour})
		appendN(t, topic, 20)
		s := subscribe(t, topic, backend.Options{})
		exact := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 15})
		late := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 15})
		equal(t, "taken", len(takeAll(t, exact)), 6)
		m := subscribe(t, topic, backend.Options{Group: "g", From: backend.First, AckWait: 1 << 62})
		equal(t, "taken", len(takeAll(t, m)), 20)
		time.Sleep(20 * 365 * 24 * time.Hour)
		synctest.Wait()
		_, err := backendtest.TakePage(late, 1, 1)
		is(t, err, backend.ErrLost)
		now := record.Millis(time.Now())
		fill(t, topic, 1, record.Event{Seq: 1, Time: now}, record.Event{Seq: 2, Time: now})
		equal(t, "in flight", m.Stats().InFlight, 0)
		equal(t, "of the group", groupOf(t, topic, "g").InFlight, 0)
		equal(t, "ack of one that is gone", m.Ack(1), false)
		appendAll(t, topic, "x")
		equalSeqs(t, "subscription", takeAll(t, s), 3)
		equalSeqs(t, "one from a number", takeAll(t, exact), 3)
		equalSeqs(t, "one from a number, that was late", takeAll(t, late), 3)
		equalSeqs(t, "member", takeAll(t, m), 3)
	})
}
