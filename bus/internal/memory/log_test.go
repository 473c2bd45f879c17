package memory

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

func TestEventsLimitIsExact(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 3})
	for i := range uint64(2000) {
		appendAll(t, topic, strings.Repeat("x", int(i%700)))
		s := statsOf(t, topic)
		equal(t, "events", s.Events, min(int64(i)+1, 3))
		equal(t, "last", s.Last, i+1)
		equal(t, "first", s.First, s.Last-uint64(s.Events)+1)
	}
	equalSeqs(t, "what is there", numbersOf(read(t, topic, 1, 10, anySize)), 1998, 1999, 2000)
}

func TestBytesLimitIsExact(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Bytes: 5000})
	var sizes []int64
	for i := range 2000 {
		data := strings.Repeat("x", i*7%900)
		appendAll(t, topic, data)
		sizes = append(sizes, int64(record.Size(0, 0, len(data))))
		var kept, n int64
		for j := len(sizes) - 1; j >= 0 && kept+sizes[j] <= 5000; j-- {
			kept, n = kept+sizes[j], n+1
		}
		s := statsOf(t, topic)
		equal(t, "bytes", s.Bytes, kept)
		equal(t, "events", s.Events, n)
	}
}

func TestBytesDoNotCountIDs(t *testing.T) {
	topic := openTopic(t, nil)
	b := record.Append(nil, &record.Event{Headers: record.AppendHeader(nil, "a", "b"), ID: []byte("some id"), Data: []byte("data")})
	_, _, err := topic.Append(b, 1)
	must(t, err)
	equal(t, "bytes", statsOf(t, topic).Bytes, int64(record.Size(4, 0, 4)))
	e := events(read(t, topic, 1, 1, anySize))[0]
	equal(t, "headers", string(e.Headers), "a\x00b\x00")
	equal(t, "data", string(e.Data), "data")
	equal(t, "deliveries", e.Deliveries, 0)
}

func TestNewestStaysHoweverLarge(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 2, Bytes: 100})
	seqs := appendAll(t, topic, "a", "b", "c", "d", strings.Repeat("e", 1000))
	equalSeqs(t, "numbers", seqs, 1, 2, 3, 4, 5)
	equalSeqs(t, "what is there", numbersOf(read(t, topic, 1, 10, anySize)), 5)
	appendAll(t, topic, "f")
	equalSeqs(t, "what is there", numbersOf(read(t, topic, 1, 10, anySize)), 6)
}

func TestIdleTopicLetsGoByAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Age: time.Minute})
		appendAll(t, topic, "a")
		time.Sleep(20 * time.Second)
		appendAll(t, topic, "b")
		for _, c := range []struct {
			wait  time.Duration
			first uint64
		}{{39_999 * time.Millisecond, 1}, {time.Millisecond, 2}, {19_999 * time.Millisecond, 2}, {time.Millisecond, 3}} {
			time.Sleep(c.wait)
			synctest.Wait()
			equal(t, "first", statsOf(t, topic).First, c.first)
		}
		topic.(*Topic).mu.Lock()
		defer topic.(*Topic).mu.Unlock()
		equal(t, "segments", len(topic.(*Topic).log.segments), 0)
		equal(t, "bytes", topic.(*Topic).log.bytes, 0)
	})
}

// TestAgeIsExactAtAnyMoment lets events go at times that a float64 of nanoseconds
// since 1970 cannot tell from those just before.
func TestAgeIsExactAtAnyMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Age: time.Second})
		for range 500 {
			appendAll(t, topic, "a")
			time.Sleep(time.Second - time.Nanosecond)
			synctest.Wait()
			equal(t, "events", statsOf(t, topic).Events, 1)
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			equal(t, "events", statsOf(t, topic).Events, 0)
			time.Sleep(7 * time.Millisecond)
		}
	})
}

func TestLimitsOfExistingTopicAreReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New()
		defer b.Close()
		topic := topicOf(t, b, "t", nil)
		equal(t, "limits", statsOf(t, topic).Limits, backend.Limits{Bytes: DefaultBytes})
		appendAll(t, topic, "a", "b", "c")
		topicOf(t, b, "t", &backend.Limits{Events: 2, Replicas: 3})
		equal(t, "limits", statsOf(t, topic).Limits, backend.Limits{Events: 2, Bytes: DefaultBytes})
		equal(t, "events", statsOf(t, topic).Events, 2)
		topicOf(t, b, "t", nil)
		equal(t, "events of the limits", statsOf(t, topic).Limits.Events, 2)
		topicOf(t, b, "t", &backend.Limits{Age: time.Second})
		time.Sleep(time.Second)
		synctest.Wait()
		equal(t, "events", statsOf(t, topic).Events, 0)
	})
}

func TestReadIsFullUnlessBytesForbid(t *testing.T) {
	topic := openTopic(t, nil)
	r := rand.New(rand.NewPCG(1, 2))
	var sizes []int
	for range 3000 {
		n := r.IntN(400)
		appendAll(t, topic, strings.Repeat("x", n))
		sizes = append(sizes, record.Size(0, 0, n))
	}
	for range 2000 {
		seq, count, maxBytes := r.IntN(3010), 1+r.IntN(3000), r.IntN(400_000)
		page := read(t, topic, uint64(seq), count, maxBytes)
		n, bytes := 0, 0
		for i := max(seq, 1) - 1; i < len(sizes) && n < count && (n == 0 || bytes+sizes[i] <= maxBytes); i++ {
			n, bytes = n+1, bytes+sizes[i]
		}
		equal(t, "bytes", len(page), bytes)
		for i, got := range numbersOf(page) {
			equal(t, "number", got, uint64(max(seq, 1)+i))
		}
	}
}

func TestReadOfWhatIsGoneStartsAtTheFirst(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 2})
	equal(t, "page of an empty topic", len(read(t, topic, 1, 10, anySize)), 0)
	appendN(t, topic, 10)
	equalSeqs(t, "from 3 on", numbersOf(read(t, topic, 3, 10, anySize)), 9, 10)
	equal(t, "page beyond the end", len(read(t, topic, 11, 10, anySize)), 0)
}

func TestLargestEventFits(t *testing.T) {
	topic := openTopic(t, nil)
	equal(t, "MaxEvent", topic.MaxEvent(), 8<<20)
	full := record.Append(nil, &record.Event{ID: []byte("id"), Data: make([]byte, MaxEvent-2)})
	_, _, err := topic.Append(full, 1)
	must(t, err)
	above := record.Append(batch("small"), &record.Event{ID: []byte("id2"), Data: make([]byte, MaxEvent-2)})
	seqs, _, err := topic.Append(above, 2)
	is(t, err, backend.ErrTooLarge)
	equal(t, "numbers", len(seqs), 0)
	equal(t, "last", statsOf(t, topic).Last, 1)
	_, err = topic.Post(above, 2)
	is(t, err, backend.ErrTooLarge)
	_, err = topic.Publish(context.Background(), above, 2)
	is(t, err, backend.ErrTooLarge)
}

func TestTimesNeverGoBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		ahead := record.Millis(time.Now()) + 5000
		fill(t, topic, 1, record.Event{Seq: 1, Time: ahead, Data: []byte("a")})
		appendAll(t, topic, "b")
		time.Sleep(6 * time.Second)
		appendAll(t, topic, "c")
		list := events(read(t, topic, 1, 3, anySize))
		equal(t, "time of what was restored", list[0].Time, ahead)
		equal(t, "time of the next", list[1].Time, ahead)
		equal(t, "time of the last", list[2].Time, record.Millis(time.Now()))
	})
}
