package memory

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// eventOf128 is the record of an event with 128 bytes of data.
func eventOf128() []byte { return record.Append(nil, &record.Event{Data: make([]byte, 128)}) }

// perEvent reports the figures for each of n events of one operation.
func perEvent(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/event")
}

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			topic := openTopic(b, nil)
			list := bytes.Repeat(eventOf128(), n)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := topic.Append(list, n); err != nil {
					b.Fatal(err)
				}
			}
			perEvent(b, n)
		})
	}
}

// BenchmarkPost has subscribers that keep up.
func BenchmarkPost(b *testing.B) {
	into := make([]byte, 64<<10)
	for _, subscribers := range []int{0, 1, 4, 1000} {
		b.Run(fmt.Sprint(subscribers), func(b *testing.B) {
			topic := openTopic(b, nil)
			var list []backend.Subscription
			for range subscribers {
				list = append(list, subscribe(b, topic, backend.Options{SkipLost: true}))
			}
			event := eventOf128()
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				if _, err := topic.Post(event, 1); err != nil {
					b.Fatal(err)
				}
				if n++; n%1000 == 0 {
					for _, s := range list {
						for n, _ := s.Take(into, 1<<20); n > 0; n, _ = s.Take(into, 1<<20) {
						}
					}
				}
			}
		})
	}
}

func BenchmarkAppendWithID(b *testing.B) {
	topic := openTopic(b, nil)
	n := 0
	b.ReportAllocs()
	var rec []byte
	for b.Loop() {
		n++
		rec = record.Append(rec[:0], &record.Event{ID: fmt.Appendf(nil, "%010d", n%100_000), Data: make([]byte, 128)})
		if _, _, err := topic.Append(rec, 1); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTake takes pages of so many events, or whole segments.
func BenchmarkTake(b *testing.B) {
	into := make([]byte, 64<<10)
	topic := openTopic(b, nil)
	const events = 400_000
	for range events / 1000 {
		_, _, err := topic.Append(bytes.Repeat(eventOf128(), 1000), 1000)
		must(b, err)
	}
	for _, n := range []int{1, 100, 1 << 20} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			taken := int64(0)
			for b.Loop() {
				s := subscribe(b, topic, backend.Options{From: backend.First})
				for size, _ := s.Take(into, n); size > 0; size, _ = s.Take(into, n) {
				}
				taken += s.Stats().Delivered
				must(b, s.Close())
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(taken), "ns/event")
		})
	}
}

// BenchmarkGroup takes and acks.
func BenchmarkGroup(b *testing.B) {
	into := make([]byte, 64<<10)
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			topic := openTopic(b, nil)
			m := join(b, topic, time.Minute, 1000)
			list := bytes.Repeat(eventOf128(), n)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := topic.Append(list, n); err != nil {
					b.Fatal(err)
				}
				size, err := m.Take(into, n)
				must(b, err)
				for page := into[:size]; len(page) > 0; page = page[record.SizeAt(page):] {
					m.Ack(record.SeqAt(page))
				}
			}
			perEvent(b, n)
		})
	}
}

// BenchmarkHandOver has one subscriber wait for each event of one publisher.
func BenchmarkHandOver(b *testing.B) {
	topic := openTopic(b, nil)
	s := subscribe(b, topic, backend.Options{})
	back, into := make(chan struct{}), make([]byte, 4096)
	go func() {
		for s.Wait(b.Context()) == nil {
			if n, _ := s.Take(into, 1); n > 0 {
				back <- struct{}{}
			}
		}
	}()
	event := eventOf128()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := topic.Post(event, 1); err != nil {
			b.Fatal(err)
		}
		<-back
	}
}
