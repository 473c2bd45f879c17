package memory

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
	"github.com/quiesce/quiesce/bus/internal/record"
)

func TestSubscriptionsStartWhereTheyAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Events: 500})
		start := record.Millis(time.Now())
		for range 1000 { // the number n at n-1 ms
			appendN(t, topic, 1)
			time.Sleep(time.Millisecond)
		}
		for name, c := range map[string]struct {
			o    backend.Options
			next uint64
		}{
			"new":         {backend.Options{}, 1001},
			"first":       {backend.Options{From: backend.First}, 501},
			"last":        {backend.Options{From: backend.Last}, 1000},
			"number":      {backend.Options{From: backend.AtSeq, Seq: 777}, 777},
			"time":        {backend.Options{From: backend.AtTime, Time: start + 699}, 700},
			"between":     {backend.Options{From: backend.AtTime, Time: start + 699.5}, 701},
			"time before": {backend.Options{From: backend.AtTime, Time: start + 5}, 501},
			"time after":  {backend.Options{From: backend.AtTime, Time: start + 1e6}, 1001},
		} {
			s := subscribe(t, topic, c.o)
			if c.next <= 1000 {
				equal(t, name, takeEvents(t, s, 1)[0].Seq, c.next)
			}
			m := subscribe(t, topic, backend.Options{From: c.o.From, Seq: c.o.Seq, Time: c.o.Time, Group: name})
			equal(t, name+" of a group", groupOf(t, topic, name).Pending, int64(1001-c.next))
			must(t, m.Close())
			got := takeAll(t, s)
			equal(t, name+": further events", len(got), max(0, 1000-int(c.next)))
			must(t, s.Close())
		}
		for seq := uint64(501); seq <= 1000; seq++ {
			s := subscribe(t, topic, backend.Options{From: backend.AtTime, Time: start + float64(seq-1)})
			equal(t, "number at its time", s.Stats().Next, seq)
			must(t, s.Close())
		}
	})
}

func TestEmptyTopicStartsAtTheNext(t *testing.T) {
	topic := openTopic(t, nil)
	var list []backend.Subscription
	for _, from := range []backend.Start{backend.New, backend.First, backend.Last, backend.AtTime} {
		list = append(list, subscribe(t, topic, backend.Options{From: from}))
	}
	appendAll(t, topic, "a")
	for i, s := range list {
		equal(t, "events", len(takeAll(t, s)), 1)
		equal(t, "next", list[i].Stats().Next, 2)
	}
}

func TestNumberBeyondTheEndIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		s := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 5})
		w := inBackground(func() error { return s.Wait(t.Context()) })
		for range 4 {
			appendN(t, topic, 1)
			synctest.Wait()
			equal(t, "events", len(takeEvents(t, s, 10)), 0)
		}
		if _, ok := ended(w); ok {
			t.Fatal("Wait has returned before event 5 was there")
		}
		appendN(t, topic, 1)
		must(t, <-w)
		equalSeqs(t, "events", takeAll(t, s), 5)
	})
}

func TestLossIsToldOnce(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 10})
	appendN(t, topic, 3)
	s := subscribe(t, topic, backend.Options{From: backend.First})
	takeEvents(t, s, 1)
	appendN(t, topic, 20)
	must(t, s.Wait(t.Context()))
	_, err := backendtest.TakePage(s, 5, anySize)
	equal(t, "error", err.Error(), backend.Lost(2, 14).Error())
	is(t, err, backend.ErrLost)
	equalSeqs(t, "then", takeAll(t, s), 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)
	equal(t, "stats", s.Stats(), backend.SubscriptionStats{Delivered: 11, Lost: 12, Next: 24})

	early := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 5})
	_, err = backendtest.TakePage(early, 5, anySize)
	equal(t, "error", err.Error(), backend.Lost(5, 14).Error())
	zero := subscribe(t, topic, backend.Options{From: backend.AtSeq})
	_, err = backendtest.TakePage(zero, 5, anySize)
	equal(t, "error", err.Error(), backend.Lost(1, 14).Error())
	first := subscribe(t, topic, backend.Options{From: backend.First})
	equal(t, "from first", len(takeEvents(t, first, 100)), 10)
}

func TestLossIsSkipped(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 10})
	s := subscribe(t, topic, backend.Options{SkipLost: true})
	appendN(t, topic, 25)
	equal(t, "first", takeAll(t, s)[0], 16)
	equal(t, "lost", s.Stats().Lost, 15)
}

func TestLossIsToldThoughNothingIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Age: time.Second})
		told := subscribe(t, topic, backend.Options{})
		skips := subscribe(t, topic, backend.Options{SkipLost: true})
		appendN(t, topic, 4)
		time.Sleep(time.Second)
		synctest.Wait()
		must(t, told.Wait(t.Context()))
		_, err := backendtest.TakePage(told, 1, 1)
		equal(t, "error", err.Error(), backend.Lost(1, 5).Error())
		w := inBackground(func() error { return skips.Wait(t.Context()) })
		synctest.Wait()
		if _, ok := ended(w); ok {
			t.Fatal("Wait has returned, though Take has nothing")
		}
		appendN(t, topic, 1)
		must(t, <-w)
		equalSeqs(t, "one that skips", takeAll(t, skips), 5)
		equal(t, "lost", skips.Stats().Lost, 4)
		equalSeqs(t, "one that was told", takeAll(t, told), 5)
	})
}

func TestPagesKeepToCountAndBytes(t *testing.T) {
	topic := openTopic(t, nil)
	for range 1000 {
		appendAll(t, topic, "12345678") // 40 bytes each
	}
	for _, c := range []struct{ count, maxBytes, want int }{
		{1, anySize, 1}, {7, anySize, 7}, {64, anySize, 64}, {90, anySize, 90}, {0, anySize, 0},
		{anySize, 1, 1}, {anySize, 40, 1}, {anySize, 79, 1}, {anySize, 80, 2}, {anySize, 3999, 99}, {50, 2000, 50}, {51, 2000, 50},
	} {
		s := subscribe(t, topic, backend.Options{From: backend.First})
		page, err := backendtest.TakePage(s, c.count, c.maxBytes)
		must(t, err)
		equal(t, "bytes", len(page), 40*c.want)
		m := subscribe(t, topic, backend.Options{From: backend.First, Group: "g"})
		page, err = backendtest.TakePage(m, c.count, c.maxBytes)
		must(t, err)
		equal(t, "bytes of a member", len(page), 40*c.want)
		must(t, topic.DeleteGroup(t.Context(), "g"))
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		s := subscribe(t, topic, backend.Options{})
		m := subscribe(t, topic, backend.Options{Group: "g"})
		cause := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		waits := []<-chan error{
			inBackground(func() error { return s.Wait(ctx) }),
			inBackground(func() error { return s.Wait(ctx) }),
			inBackground(func() error { return m.Wait(ctx) }),
		}
		kept := inBackground(func() error { return s.Wait(t.Context()) })
		synctest.Wait()
		cancel(cause)
		for _, w := range waits {
			is(t, <-w, cause)
		}
		appendAll(t, topic, "a")
		must(t, <-kept)
	})
}

func TestCloseEndsWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		for _, group := range []string{"", "g"} {
			s := subscribe(t, topic, backend.Options{Group: group})
			w := inBackground(func() error { return s.Wait(t.Context()) })
			synctest.Wait()
			must(t, s.Close())
			is(t, <-w, backend.ErrBackend)
			_, err := backendtest.TakePage(s, 1, 1)
			is(t, err, backend.ErrBackend)
		}
	})
}

func TestPlainSubscriptionsAckNothing(t *testing.T) {
	topic := openTopic(t, nil)
	s := subscribe(t, topic, backend.Options{From: backend.First})
	appendAll(t, topic, "a")
	takeAll(t, s)
	equal(t, "ack", s.Ack(1), false)
	equal(t, "nak", s.Nak(1, 0), false)
}
