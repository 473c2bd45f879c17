package memory

import (
	"bytes"
	"encoding/binary"
	"sync"
	"testing"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// Segments are used again: a reader that copies from one without the mutex must
// never see what comes after.

// filled returns a batch of events that are filled with their own numbers.
func filled(first uint64, count int) []byte {
	var b []byte
	for i := range uint64(count) {
		data := bytes.Repeat(binary.LittleEndian.AppendUint64(nil, first+i), 12)
		b = record.Append(b, &record.Event{Data: data})
	}
	return b
}

// checkFilled fails if one has other data than filled has given it.
func checkFilled(t testing.TB, page []byte) {
	for _, e := range events(page) {
		for b := e.Data; len(b) > 0; b = b[8:] {
			if got := binary.LittleEndian.Uint64(b); got != e.Seq {
				t.Errorf("event %d has the data of event %d", e.Seq, got)
				return
			}
		}
	}
}

func TestHeldSegmentIsNotUsedAgain(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 10, Bytes: 32 << 10}).(*Topic)
	s := subscribe(t, topic, backend.Options{From: backend.First}).(*plain)
	next := uint64(1)
	publish := func(n int) {
		for range n {
			appendAllOf(t, topic, filled(next, 5), 5)
			next += 5
		}
	}
	publish(1)
	first, _, err := s.piece(100, anySize)
	must(t, err)
	before := bytes.Clone(first.bytes)
	publish(200)
	for _, each := range append(topic.log.spare, topic.log.segments...) {
		if each == first.segment {
			t.Error("a segment that is held is used again")
		}
	}
	if !bytes.Equal(first.bytes, before) {
		t.Error("bytes that are held have changed")
	}
	first.release()

	publish(1)
	_, _, err = s.piece(1, anySize)
	is(t, err, backend.ErrLost)
	second, _, err := s.piece(1, anySize)
	must(t, err)
	second.release()
	start, seen := second.segment.start, false
	for range 200 {
		publish(1)
		last := topic.log.segments[len(topic.log.segments)-1]
		seen = seen || last == second.segment && last.start > start
	}
	equal(t, "a segment that was released is used again", seen, true)
}

func appendAllOf(t testing.TB, topic backend.Topic, batch []byte, count int) {
	t.Helper()
	_, err := topic.Post(batch, count)
	must(t, err)
}

// TestSteadyStateAllocatesNoSegments also shows that what is removed is used again.
func TestSteadyStateAllocatesNoSegments(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Bytes: 1 << 20})
	b := filled(1, 100)
	publish := func() {
		for range 1000 {
			appendAllOf(t, topic, b, 100)
		}
	}
	publish()
	if n := testing.AllocsPerRun(5, publish); n > 20 { // nearly 100 segments
		t.Errorf("%v allocations for %d bytes", n, 1000*len(b))
	}
}

func TestPagesAreWholeWhileSegmentsAreUsedAgain(t *testing.T) {
	const total, size = 40_000, 20
	topic := openTopic(t, &backend.Limits{Events: 60, Bytes: 32 << 10})
	var readers sync.WaitGroup
	for range 3 {
		s := subscribe(t, topic, backend.Options{SkipLost: true})
		m := join(t, topic, 1<<40, 1)
		readers.Go(func() {
			for s.Stats().Next <= total {
				must(t, s.Wait(t.Context()))
				page, err := backendtest.TakePage(s, 50, 8<<10)
				must(t, err)
				checkFilled(t, page)
				checkFilled(t, read(t, topic, 1, 30, 8<<10))
				page, err = backendtest.TakePage(m, 1, 8<<10)
				must(t, err)
				checkFilled(t, page)
				for _, seq := range numbersOf(page) {
					m.Ack(seq)
				}
			}
		})
	}
	for next := uint64(1); next <= total; next += size {
		appendAllOf(t, topic, filled(next, size), size)
	}
	readers.Wait()
}

// TestIDsLeaveNothingBehind has an event's id left out of a segment that had other
// bytes there before.
func TestIDsLeaveNothingBehind(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 5, Bytes: 32 << 10})
	appendAllOf(t, topic, bytes.Repeat(record.Append(nil, &record.Event{Data: bytes.Repeat([]byte{0xff}, 100)}), 5000), 5000)
	for i := range 3000 {
		id := binary.BigEndian.AppendUint32(nil, uint32(i)|1<<31)
		appendAllOf(t, topic, record.Append(nil, &record.Event{ID: id, Data: []byte("abc")}), 1)
		page := read(t, topic, 5000+uint64(i)+1, 1, anySize)
		if rest := page[record.HeaderSize+3:]; !bytes.Equal(rest, make([]byte, 5)) {
			t.Fatalf("behind the data of event %d there is %x", i, rest)
		}
	}
}
