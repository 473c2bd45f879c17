package memory

import (
	"sort"

	"github.com/quiesce/quiesce/bus/internal/record"
)

// A cursor is a position in a log: before the event next. It has the number of a
// segment and not the segment, so that one who is slow keeps nothing.
type cursor struct {
	next    uint64
	segment int   // negative if it has to be found
	at      int   // where next lies in the segment
	passed  int64 // bytes of the log before it
}

// unknown is a cursor that is to be found when there is such an event.
func unknown(next uint64) cursor { return cursor{next: next, segment: -1} }

// locate returns a cursor before the event, which is there, or at the end.
func (l *log) locate(seq uint64) cursor {
	i := sort.Search(len(l.segments), func(i int) bool { return l.segments[i].first > seq }) - 1
	if i < 0 {
		return cursor{next: seq, segment: l.base, passed: l.written}
	}
	s := l.segments[i]
	at := s.offset(int(seq - s.first))
	return cursor{next: seq, segment: l.base + i, at: at, passed: s.start + int64(at)}
}

// offset returns where a record of the segment starts; the one after the last is
// at the end.
func (s *segment) offset(i int) int {
	if i == s.count {
		return len(s.buf)
	}
	at := s.marks[i/markEvery]
	for range i % markEvery {
		at += record.SizeAt(s.buf[at:])
	}
	return at
}

// seek returns the segment of the event at the cursor, which is there, and makes
// the cursor point into it.
func (l *log) seek(c *cursor) *segment {
	if c.segment < l.base {
		*c = l.locate(c.next)
	}
	s := l.segments[c.segment-l.base]
	if c.at == len(s.buf) {
		c.segment++
		c.at = 0
		s = l.segments[c.segment-l.base]
	}
	return s
}

// nextSize returns the size of the record at the cursor, which is there.
func (l *log) nextSize(c *cursor) int { return record.SizeAt(l.seek(c).buf[c.at:]) }

// chunk returns up to count events from the cursor on, which are there, as far as
// they lie in one segment, and how many; one at least, and no more than maxBytes
// but for that. It moves the cursor past them. The bytes are good as long as the
// topic's mutex is held, or its segment.
func (l *log) chunk(c *cursor, count, maxBytes int) (page []byte, n int, s *segment) {
	s = l.seek(c)
	from := int(c.next - s.first)
	n, end := s.count-from, len(s.buf)
	if n > count {
		n = count
		end = s.skip(c.at, from, n)
	}
	if end-c.at > maxBytes {
		n, end = s.cut(c.at, from, maxBytes)
	}
	page = s.buf[c.at:end:end]
	c.next += uint64(n)
	c.at = end
	c.passed += int64(len(page))
	return page, n, s
}

// skip returns where the record lies that is n after the one at from.
func (s *segment) skip(at, from, n int) int {
	if n >= markEvery {
		return s.offset(from + n)
	}
	for range n {
		at += record.SizeAt(s.buf[at:])
	}
	return at
}

// cut returns how many records from the one at from on, one at least, fit in
// maxBytes, and where they end.
func (s *segment) cut(at, from, maxBytes int) (n, end int) {
	limit := at + maxBytes
	i := from
	end = at
	if m := sort.SearchInts(s.marks, limit+1) - 1; m*markEvery > from {
		i, end = m*markEvery, s.marks[m]
	}
	for i < s.count {
		after := end + record.SizeAt(s.buf[end:])
		if after > limit && i > from {
			break
		}
		i, end = i+1, after
	}
	return i - from, end
}

// record returns the record of an event that is there, good as those of chunk.
func (l *log) record(seq uint64) []byte {
	c := l.locate(seq)
	page, _, _ := l.chunk(&c, 1, 0)
	return page
}

// since returns the number of the first event of that time or later, or that of
// the next. Restored times may go back, so that it looks at each.
func (l *log) since(time float64) uint64 {
	for i, s := range l.segments {
		if s.latest < time {
			continue
		}
		at, seq := 0, s.first
		if i == 0 {
			at, seq = l.headAt, l.head
		}
		for ; at < len(s.buf); seq++ {
			if record.TimeAt(s.buf[at:]) >= time {
				return seq
			}
			at += record.SizeAt(s.buf[at:])
		}
	}
	return l.next
}
