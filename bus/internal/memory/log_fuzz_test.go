package memory

import (
	"bytes"
	"testing"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// A flatLog is what a log holds, without segments.
type flatLog struct {
	head   uint64
	events []record.Event
	bytes  int64
}

func (f *flatLog) next() uint64 { return f.head + uint64(len(f.events)) }

func sizeOf(e record.Event) int64 { return int64(record.Size(len(e.Headers), 0, len(e.Data))) }

func (f *flatLog) add(e record.Event) {
	f.events, f.bytes = append(f.events, e), f.bytes+sizeOf(e)
}

func (f *flatLog) trim(l backend.Limits) {
	for len(f.events) > 1 && ((l.Events > 0 && int64(len(f.events)) > l.Events) || (l.Bytes > 0 && f.bytes > l.Bytes)) {
		f.bytes -= sizeOf(f.events[0])
		f.head, f.events = f.head+1, f.events[1:]
	}
}

func (f *flatLog) since(time float64) uint64 {
	for i, e := range f.events {
		if e.Time >= time {
			return f.head + uint64(i)
		}
	}
	return f.next()
}

func wantRecord(t *testing.T, what string, b []byte, want record.Event, seq uint64) {
	t.Helper()
	got := record.DeliveredAt(b)
	if got.Seq != seq || got.Time != want.Time || !bytes.Equal(got.Data, want.Data) || !bytes.Equal(got.Headers, want.Headers) || got.Deliveries != 0 {
		t.Fatalf("%s: event %d is %+v, not %+v", what, seq, got, want)
	}
}

// walk reads from an event on to the end, so many at a time.
func walk(t *testing.T, l *log, f *flatLog, from uint64, count, most int) {
	t.Helper()
	for c := l.locate(from); c.next < f.next(); {
		first := c.next
		page, n, _ := l.chunk(&c, count, most)
		if n < 1 || n > count || (n > 1 && len(page) > most) || c.next != first+uint64(n) {
			t.Fatalf("%d events in %d bytes of at most %d in %d", n, len(page), count, most)
		}
		for i := range n {
			wantRecord(t, "chunk", page, f.events[first+uint64(i)-f.head], first+uint64(i))
			page = page[record.SizeAt(page):]
		}
		if len(page) != 0 {
			t.Fatalf("%d bytes are left of a page", len(page))
		}
	}
}

func (f *flatLog) append(l *log, op, size byte, now float64) {
	e := record.Event{Data: bytes.Repeat([]byte{size}, int(size)<<(op>>6))}
	if op&16 != 0 {
		e.Headers = record.AppendHeader(nil, "h", string(rune('a'+size%26)))
	}
	switch op % 3 {
	case 0:
		n := 1 + int(size%5)
		var b []byte
		for range n {
			b = record.Append(b, &e)
		}
		for len(b) > 0 {
			_, size := l.append(b, now)
			b = b[size:]
		}
		for e.Time = l.clock; n > 0; n-- {
			f.add(e)
		}
		return
	case 1:
		e.ID = []byte("id")
		l.appendWithID(record.Append(nil, &e), now)
		e.ID, e.Time = nil, l.clock
	case 2:
		e.Time = float64(size) // times of a restore may go back
		l.restore(record.Append(nil, &e))
	}
	f.add(e)
}

// Whatever is appended and trimmed: every place that is sought is found, and has
// in it what was put there.
func FuzzLog(f *testing.F) {
	f.Add([]byte("\x00\x10\x01\x20\x02\x30\x03\x05"), uint16(3), uint16(200))
	f.Add(bytes.Repeat([]byte{0, 4}, 90), uint16(100), uint16(9000))
	f.Add(bytes.Repeat([]byte{0xe1, 250, 0xf0, 200, 4, 0}, 9), uint16(0), uint16(0))
	f.Fuzz(func(t *testing.T, script []byte, events, size uint16) {
		limits := backend.Limits{Events: int64(events), Bytes: int64(size)}
		if limits.Bytes == 0 {
			limits.Bytes = 64 << 20 // as a topic has it
		}
		flat := &flatLog{head: 7}
		l := newLog(7, limits)
		for at := 0; at+1 < min(len(script), 400); at += 2 {
			op, arg := script[at], script[at+1]
			flat.append(l, op, arg, float64(at))
			if op&4 != 0 {
				l.trim(limits, 0)
				flat.trim(limits)
			}
			if l.head != flat.head || l.next != flat.next() || l.bytes != flat.bytes {
				t.Fatalf("from %d to %d, %d bytes, want from %d to %d, %d bytes", l.head, l.next, l.bytes, flat.head, flat.next(), flat.bytes)
			}
			seq := flat.head + uint64(arg)%uint64(len(flat.events))
			wantRecord(t, "record", l.record(seq), flat.events[seq-flat.head], seq)
			if got, want := l.since(float64(arg)), flat.since(float64(arg)); got != want {
				t.Fatalf("since %d: %d, not %d", arg, got, want)
			}
		}
		for _, count := range []int{1, 3, 1 << 20} {
			walk(t, l, flat, flat.head+uint64(events)%(uint64(len(flat.events))+1), count, int(size))
		}
	})
}
