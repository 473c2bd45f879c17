package memory

import (
	"bytes"
	"runtime"
	"testing"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// heap returns the bytes in use after a collection.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestMemoryStaysFlat sends ten million events through a topic that keeps a
// hundred thousand, beside subscribers that take nothing, or hold all they may.
func TestMemoryStaysFlat(t *testing.T) {
	const many, few, size = 10_000_000, 100_000, 64
	before := heap()
	topic := openTopic(t, &backend.Limits{Events: few})
	stuck := subscribe(t, topic, backend.Options{From: backend.First})
	m := join(t, topic, time.Hour, 1000)
	b := bytes.Repeat(record.Append(nil, &record.Event{Data: make([]byte, size-record.HeaderSize)}), 1000)
	for n := 1000; n <= many; n += 1000 {
		_, err := topic.Post(b, 1000)
		must(t, err)
		_, err = backendtest.TakePage(m, 10, anySize)
		must(t, err)
		if n%1_000_000 == 0 {
			if used := heap() - before; used < few*size || used > 2*few*size {
				t.Fatalf("%d bytes are in use after %d events; want about %d", used, n, few*size)
			}
		}
	}
	s := statsOf(t, topic)
	equal(t, "last", s.Last, many)
	equal(t, "events", s.Events, few)
	equal(t, "next of the one that is stuck", stuck.Stats().Next, 1)
}
