package memory

import (
	"encoding/binary"
	"math"
	"sync/atomic"

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

// mostSpare is the number of segments that are kept for use again: what a batch of
// a MiB needs. Fresh ones would have to be cleared, and collected, at the rate at
// which events come.
const mostSpare = 4

// A segment is a piece of a log. Its bytes are only ever appended to, within the
// capacity, until the log has removed the last of its events: then it is used again,
// unless someone copies from it just now.
type segment struct {
	first  uint64  // number of its first record
	count  int     // of records
	start  int64   // bytes of the log before it
	latest float64 // highest time of its records
	buf    []byte
	marks  []int // where each 64th record starts
	// readers copy from buf without the topic's mutex. It goes up only with it.
	readers atomic.Int32
}

// held is a piece of a segment that its reader is to copy, with no mutex, and then
// let go.
type held struct {
	segment *segment
	bytes   []byte
}

func (s *segment) hold(bytes []byte) held {
	s.readers.Add(1)
	return held{s, bytes}
}

func (h held) release() { h.segment.readers.Add(-1) }

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
	spare    []*segment
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
	l.spare = nil
}

// events returns how many there are.
func (l *log) events() int64 { return int64(l.next - l.head) }

// append copies records without ids from the start of a batch to the end, under the
// next numbers: as many as fit in one segment, and one at least. It returns how many
// that were, and their size. Times never go back.
func (l *log) append(batch []byte, now float64) (count, size int) {
	l.clock = max(l.clock, now)
	s := l.roomFor(record.SizeAt(batch))
	at := len(s.buf)
	for room := cap(s.buf) - at; size < len(batch) && !record.HasID(batch[size:]); count++ {
		n := record.SizeAt(batch[size:])
		if n > room-size {
			break
		}
		size += n
	}
	s.buf = s.buf[:at+size]
	copy(s.buf[at:], batch[:size])
	for end := at + size; at < end; at += record.SizeAt(s.buf[at:]) {
		l.stamp(s, at, l.clock)
	}
	l.bytes += int64(size)
	l.written += int64(size)
	return count, size
}

// appendWithID is append for one record that has an id, which is left out.
func (l *log) appendWithID(rec []byte, now float64) uint64 {
	l.clock = max(l.clock, now)
	headers, id, data := record.PartsAt(rec)
	size := record.Size(headers, 0, data)
	kept := l.extend(size)
	at := record.HeaderSize + headers
	copy(kept, rec[:at])
	clear(kept[at+copy(kept[at:], rec[at+id:at+id+data]):])
	binary.LittleEndian.PutUint32(kept, uint32(size))
	return l.stampLast(kept, l.clock)
}

// restore copies a record of a page to the end. Its time is kept.
func (l *log) restore(rec []byte) {
	kept := l.extend(len(rec))
	copy(kept, rec)
	l.clock = max(l.clock, record.TimeAt(rec))
	l.stampLast(kept, record.TimeAt(rec))
}

// stamp makes the record at this place of the last segment the next event.
func (l *log) stamp(s *segment, at int, time float64) {
	if s.count%markEvery == 0 {
		s.marks = append(s.marks, at)
	}
	s.count++
	s.latest = max(s.latest, time)
	rec := s.buf[at:]
	binary.LittleEndian.PutUint64(rec[8:], math.Float64bits(float64(l.next)))
	binary.LittleEndian.PutUint64(rec[16:], math.Float64bits(time))
	putDeliveries(rec, 0)
	l.next++
}

// stampLast is stamp for the bytes that extend has returned, and returns the number.
func (l *log) stampLast(kept []byte, time float64) uint64 {
	s := l.segments[len(l.segments)-1]
	l.stamp(s, len(s.buf)-len(kept), time)
	l.bytes += int64(len(kept))
	l.written += int64(len(kept))
	return l.next - 1
}

func putDeliveries(rec []byte, n uint32) { binary.LittleEndian.PutUint32(rec[28:], n) }

// extend returns new bytes for one record at the end.
func (l *log) extend(size int) []byte {
	s := l.roomFor(size)
	at := len(s.buf)
	s.buf = s.buf[:at+size]
	return s.buf[at:]
}

// roomFor returns the last segment, which has room for a record of that size.
func (l *log) roomFor(size int) *segment {
	if n := len(l.segments); n > 0 {
		if s := l.segments[n-1]; size <= cap(s.buf)-len(s.buf) {
			return s
		}
	}
	return l.grow(size)
}

// grow adds a segment. A large record has one of its own.
func (l *log) grow(size int) *segment {
	l.size = min(max(l.size*4, smallSegment), l.largest)
	room := l.size
	if size > room/2 {
		room = size
	}
	var s *segment
	if n := len(l.spare); n > 0 && room == l.largest {
		s, l.spare = l.spare[n-1], l.spare[:n-1]
		s.count, s.latest, s.buf, s.marks = 0, 0, s.buf[:0], s.marks[:0]
	} else {
		s = &segment{buf: make([]byte, 0, room)}
	}
	s.first, s.start = l.next, l.written
	l.segments = append(l.segments, s)
	return s
}

// trim removes from the front what is beyond the limits. The last event stays,
// however large, until it is too old.
func (l *log) trim(limits backend.Limits, now float64) {
	for l.events() > 1 {
		events, bytes := int64(0), l.bytes-limits.Bytes
		if limits.Events > 0 {
			events = l.events() - limits.Events
		}
		if events <= 0 && bytes <= 0 {
			break
		}
		if !l.skip(events, bytes) {
			l.pop()
		}
	}
	if limits.Age <= 0 {
		return
	}
	for l.events() > 0 && l.oldest()+millis(limits.Age) <= now {
		l.pop()
	}
}

// skip removes the events before the next mark of the first segment, if they are no
// more than so many, or have no more than so many bytes.
func (l *log) skip(events, bytes int64) bool {
	s := l.segments[0]
	gone := int(l.head - s.first)
	next := gone/markEvery + 1
	if next >= len(s.marks) {
		return false
	}
	n, size := int64(next*markEvery-gone), int64(s.marks[next]-l.headAt)
	if n > events && size > bytes {
		return false
	}
	l.head += uint64(n)
	l.headAt = s.marks[next]
	l.bytes -= size
	return true
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
		l.size, l.spare = 0, nil // it may stay so
		return
	}
	if cap(s.buf) == l.largest && len(l.spare) < mostSpare && s.readers.Load() == 0 {
		l.spare = append(l.spare, s)
	}
}
