package memory

import (
	"encoding/binary"
	"math"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// Sizes of segments. The first is small, since many topics hold next to nothing,
// and each next one four times the one before.
const (
	smallSegment = 4 << 10
	largeSegment = 256 << 10
)

// markEvery is the number of records from one mark of a segment to the next.
const markEvery = 64

// A segment is a piece of a log. Its bytes are only ever appended to, within the
// capacity, and never reused: pages are slices of them, and whoever holds a page
// keeps its segment.
type segment struct {
	first  uint64  // number of its first record
	count  int     // of records
	start  int64   // bytes of the log before it
	latest float64 // highest time of its records
	buf    []byte
	marks  []int // where each 64th record starts
}

// A log holds the events from head to next-1, in segments. It is not safe for
// many goroutines.
type log struct {
	segments []*segment
	base     int    // number of the first segment, counted from the first ever
	head     uint64 // the first event that is there
	headAt   int    // where that lies in the first segment
	next     uint64 // the number of the next event
	bytes    int64  // of all records that are there
	written  int64  // bytes ever
	clock    float64
	size     int // of the last segment
	largest  int // a segment may be
}

func newLog(next uint64, limits backend.Limits) *log {
	l := &log{head: next, next: next}
	l.scale(limits)
	return l
}

// scale has segments fit the limits: a topic that may hold little shall not hold
// much for having whole segments.
func (l *log) scale(limits backend.Limits) {
	l.largest = int(min(max(limits.Bytes/8, smallSegment), largeSegment))
}

// events returns how many there are.
func (l *log) events() int64 { return int64(l.next - l.head) }

// append copies a record to the end under the next number, without its id. Times
// never go back.
func (l *log) append(rec []byte, now float64) uint64 {
	headers := int(binary.LittleEndian.Uint32(rec[4:]))
	data := int(binary.LittleEndian.Uint32(rec[24:]))
	id := int(binary.LittleEndian.Uint32(rec[28:]))
	l.clock = max(l.clock, now)
	size := len(rec)
	if id > 0 {
		size = record.Size(headers, 0, data)
	}
	kept := l.extend(size)
	if id == 0 {
		copy(kept, rec)
	} else {
		at := record.HeaderSize + headers
		copy(kept, rec[:at])
		copy(kept[at:], rec[at+id:at+id+data])
		binary.LittleEndian.PutUint32(kept, uint32(size))
	}
	return l.stamp(kept, l.clock)
}

// restore copies a record of a page to the end. Its time is kept.
func (l *log) restore(rec []byte) {
	kept := l.extend(len(rec))
	copy(kept, rec)
	l.clock = max(l.clock, record.TimeAt(rec))
	l.stamp(kept, record.TimeAt(rec))
}

// stamp makes the bytes at the end the next event.
func (l *log) stamp(kept []byte, time float64) uint64 {
	seq := l.next
	binary.LittleEndian.PutUint64(kept[8:], math.Float64bits(float64(seq)))
	binary.LittleEndian.PutUint64(kept[16:], math.Float64bits(time))
	putDeliveries(kept, 0)
	s := l.segments[len(l.segments)-1]
	s.latest = max(s.latest, time)
	l.next++
	l.bytes += int64(len(kept))
	l.written += int64(len(kept))
	return seq
}

func putDeliveries(rec []byte, n uint32) { binary.LittleEndian.PutUint32(rec[28:], n) }

// extend returns new bytes for one record at the end.
func (l *log) extend(size int) []byte {
	var s *segment
	if n := len(l.segments); n > 0 {
		s = l.segments[n-1]
	}
	if s == nil || size > cap(s.buf)-len(s.buf) {
		s = l.grow(size)
	}
	at := len(s.buf)
	if s.count%markEvery == 0 {
		s.marks = append(s.marks, at)
	}
	s.count++
	s.buf = s.buf[:at+size]
	return s.buf[at:]
}

// grow adds a segment. A large record has one of its own.
func (l *log) grow(size int) *segment {
	l.size = min(max(l.size*4, smallSegment), l.largest)
	room := l.size
	if size > room/2 {
		room = size
	}
	s := &segment{first: l.next, start: l.written, buf: make([]byte, 0, room)}
	l.segments = append(l.segments, s)
	return s
}

// trim removes from the front what is beyond the limits. The last event stays,
// however large, until it is too old.
func (l *log) trim(limits backend.Limits, now float64) {
	for l.events() > 1 && (l.bytes > limits.Bytes || limits.Events > 0 && l.events() > limits.Events) {
		l.pop()
	}
	if limits.Age <= 0 {
		return
	}
	for l.events() > 0 && l.oldest()+millis(limits.Age) <= now {
		l.pop()
	}
}

// oldest returns the time of the first event.
func (l *log) oldest() float64 { return record.TimeAt(l.segments[0].buf[l.headAt:]) }

// pop removes the first event, and its segment with the last one of that.
func (l *log) pop() {
	s := l.segments[0]
	size := record.SizeAt(s.buf[l.headAt:])
	l.headAt += size
	l.bytes -= int64(size)
	l.head++
	if l.headAt < len(s.buf) {
		return
	}
	l.segments[0] = nil
	l.segments = l.segments[1:]
	l.base++
	l.headAt = 0
	if len(l.segments) == 0 {
		l.size = 0
	}
}
