package jet

import (
	"strings"

	"github.com/nats-io/nats.go"

	"slices"
	"strconv"

	"github.com/quiesce/quiesce/bus/internal/record"
)

// pages is a queue of records. What was taken is never written to again.
type pages struct {
	chunks [][]byte
	off    int // in the first chunk
	count  int
	bytes  int
}

const (
	firstChunk = 4 << 10
	mostChunk  = 256 << 10
)

func (p *pages) add(e *record.Event) {
	size := record.Size(len(e.Headers), 0, len(e.Data))
	n := len(p.chunks)
	if n == 0 || cap(p.chunks[n-1])-len(p.chunks[n-1]) < size {
		room := firstChunk
		if n > 0 {
			room = min(2*cap(p.chunks[n-1]), mostChunk)
		}
		p.chunks = append(p.chunks, make([]byte, 0, max(room, size)))
		n++
	}
	p.chunks[n-1] = record.Append(p.chunks[n-1], e)
	p.count++
	p.bytes += size
}

// first returns the first record's number; there is one.
func (p *pages) first() uint64 {
	p.skip()
	return record.SeqAt(p.chunks[0][p.off:])
}

// firstSize returns the first record's size; there is one.
func (p *pages) firstSize() int {
	p.skip()
	return record.SizeAt(p.chunks[0][p.off:])
}

// take removes up to max records, and not above maxBytes unless a single one is.
// It stops before a number that is not the next one.
func (p *pages) take(max, maxBytes int) (page []byte, last uint64, count int) {
	p.skip()
	chunk := p.chunks[0][p.off:]
	end := 0
	for end < len(chunk) && count < max {
		size, seq := record.SizeAt(chunk[end:]), record.SeqAt(chunk[end:])
		if count > 0 && (end+size > maxBytes || seq != last+1) {
			break
		}
		end += size
		last = seq
		count++
	}
	p.off += end
	p.count -= count
	p.bytes -= end
	return chunk[:end:end], last, count
}

// skip lets go of a first chunk that was taken, unless more can go into it.
func (p *pages) skip() {
	for len(p.chunks) > 1 && p.off == len(p.chunks[0]) {
		p.chunks = slices.Delete(p.chunks, 0, 1)
		p.off = 0
	}
}

func (p *pages) clear() { *p = pages{} }

// maxTime is the greatest time of a Date in JavaScript; a snapshot has no other.
const maxTime = 8.64e15

// eventOf takes a delivered message apart. The time that its header tells may be a
// foreign publisher's: one that no event can have is not taken.
func eventOf(seq uint64, unixNano int64, h nats.Header, data []byte) record.Event {
	e := record.Event{Seq: seq, Time: float64(max(unixNano, 0) / 1e6), Data: data}
	if len(h) == 0 {
		return e
	}
	if t, err := strconv.ParseFloat(h.Get(headerTime), 64); err == nil && t >= 0 && t <= maxTime {
		e.Time = t
	}
	names := make([]string, 0, len(h))
	for name := range h {
		if !isOurs(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		value := strings.ReplaceAll(strings.Join(h[name], ", "), "\x00", " ")
		e.Headers = record.AppendHeader(e.Headers, strings.ReplaceAll(name, "\x00", " "), value)
	}
	return e
}
