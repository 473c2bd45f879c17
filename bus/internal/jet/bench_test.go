package jet

import (
	"testing"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

func event128() []byte { return record.Append(nil, &record.Event{Data: make([]byte, 128)}) }

func BenchmarkEmbeddedPublishBatch(b *testing.B) {
	bus := openDir(b, b.TempDir())
	defer bus.Close()
	topic := topicOf(b, bus, "t", nil)
	const size = 1000
	var batch []byte
	for range size {
		batch = append(batch, event128()...)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += size {
		publish(b, topic, batch, size)
	}
}

func BenchmarkEmbeddedPublishSingle(b *testing.B) {
	bus := openDir(b, b.TempDir())
	defer bus.Close()
	topic := topicOf(b, bus, "t", nil)
	event := event128()
	b.ResetTimer()
	for range b.N {
		publish(b, topic, event, 1)
	}
}

func BenchmarkEmbeddedPost(b *testing.B) {
	bus := openDir(b, b.TempDir())
	defer bus.Close()
	topic := topicOf(b, bus, "t", nil)
	event := event128()
	b.ResetTimer()
	for range b.N {
		post(b, topic, event)
	}
	if err := bus.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func post(b *testing.B, topic backend.Topic, event []byte) {
	room, err := topic.Post(event, 1)
	if err == nil && !room {
		err = topic.Drain(b.Context(), nil)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkEmbeddedSubscribe(b *testing.B) {
	bus := openDir(b, b.TempDir())
	defer bus.Close()
	topic := topicOf(b, bus, "t", nil)
	event := event128()
	for range b.N {
		post(b, topic, event)
	}
	if err := bus.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	s := subscribe(b, topic, backend.Options{From: backend.First, MaxInFlight: 4096})
	defer s.Close()
	b.ResetTimer()
	drainAll(b, s, b.N)
}

func drainAll(b *testing.B, s backend.Subscription, n int) {
	for got := 0; got < n; {
		events, err := next(b.Context(), s, 1000)
		if err != nil {
			b.Fatal(err)
		}
		got += len(events)
	}
}

func BenchmarkEmbeddedGroup(b *testing.B) {
	bus := openDir(b, b.TempDir())
	defer bus.Close()
	topic := topicOf(b, bus, "t", nil)
	event := event128()
	for range b.N {
		post(b, topic, event)
	}
	s := subscribe(b, topic, backend.Options{From: backend.First, Group: "g", MaxInFlight: 1000})
	defer s.Close()
	b.ResetTimer()
	for got := 0; got < b.N; {
		events, err := next(b.Context(), s, 250)
		if err != nil {
			b.Fatal(err)
		}
		for _, e := range events {
			s.Ack(e.Seq)
		}
		got += len(events)
	}
}

func BenchmarkEmbeddedThrough(b *testing.B) {
	bus := openDir(b, b.TempDir())
	defer bus.Close()
	topic := topicOf(b, bus, "t", nil)
	s := subscribe(b, topic, backend.Options{From: backend.First, MaxInFlight: 4096})
	defer s.Close()
	event := event128()
	b.ResetTimer()
	go func() {
		for range b.N {
			post(b, topic, event)
		}
	}()
	drainAll(b, s, b.N)
}
