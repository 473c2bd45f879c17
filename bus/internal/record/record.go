// Package record has the bytes of an event as they cross to JavaScript and back,
// and as the log in memory keeps them. lib/bus/records.js is the other half.
//
// A record, little endian, a multiple of 8 bytes:
//
//	 0  uint32   size of the whole record
//	 4  uint32   length of the headers
//	 8  float64  sequence number; 0 in what is published
//	16  float64  time, ms since 1970; 0 in what is published
//	24  uint32   length of the data
//	28  uint32   published: length of the id; delivered to a group: how often by now
//	32  headers (name NUL value NUL ...), id, data, padding
//
// Records follow each other in a batch (published) or a page (read).
package record

import (
	"encoding/binary"
	"math"
	"strings"
	"time"
)

// HeaderSize is that of the part before the headers.
const HeaderSize = 32

// An Event is a record taken apart. Its slices lie in the record.
type Event struct {
	Seq     uint64
	Time    float64 // ms since 1970
	Headers []byte  // name NUL value NUL ...
	ID      []byte  // published only
	Data    []byte
	// Deliveries tells a group's member how often the event was delivered by now;
	// 0 for a plain subscriber.
	Deliveries uint32
}

// Size returns the size of an event's record.
func Size(headers, id, data int) int { return (HeaderSize + headers + id + data + 7) &^ 7 }

// Append appends the record of an event.
func Append(b []byte, e *Event) []byte {
	start := len(b)
	size := Size(len(e.Headers), len(e.ID), len(e.Data))
	extra := e.Deliveries
	if len(e.ID) > 0 {
		extra = uint32(len(e.ID))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(e.Headers)))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(e.Seq)))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(e.Time))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(e.Data)))
	b = binary.LittleEndian.AppendUint32(b, extra)
	b = append(b, e.Headers...)
	b = append(b, e.ID...)
	b = append(b, e.Data...)
	return append(b, make([]byte, start+size-len(b))...)
}

// SizeAt returns the size of the record at the start of b.
func SizeAt(b []byte) int { return int(binary.LittleEndian.Uint32(b)) }

// HasID reports whether the record at the start of b, one of a batch, has an id.
func HasID(b []byte) bool { return binary.LittleEndian.Uint32(b[28:]) > 0 }

// PartsAt returns the lengths of the parts of the record at the start of b, one of a
// batch that is well formed.
func PartsAt(b []byte) (headers, id, data int) {
	return int(binary.LittleEndian.Uint32(b[4:])), int(binary.LittleEndian.Uint32(b[28:])),
		int(binary.LittleEndian.Uint32(b[24:]))
}

// SeqAt returns the sequence number of the record at the start of b.
func SeqAt(b []byte) uint64 {
	return uint64(math.Float64frombits(binary.LittleEndian.Uint64(b[8:])))
}

// TimeAt returns the time of the record at the start of b, in ms since 1970.
func TimeAt(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b[16:])) }

// DeliveredAt takes the record at the start of b apart, one of a page.
func DeliveredAt(b []byte) Event {
	e := parse(b, 0)
	e.Deliveries = binary.LittleEndian.Uint32(b[28:])
	return e
}

// PublishedAt takes the record at the start of b apart, one of a batch.
func PublishedAt(b []byte) Event { return parse(b, int(binary.LittleEndian.Uint32(b[28:]))) }

func parse(b []byte, id int) Event {
	headers := int(binary.LittleEndian.Uint32(b[4:]))
	data := int(binary.LittleEndian.Uint32(b[24:]))
	at := HeaderSize
	e := Event{Seq: SeqAt(b), Time: TimeAt(b)}
	e.Headers = b[at : at+headers : at+headers]
	at += headers
	e.ID = b[at : at+id : at+id]
	at += id
	e.Data = b[at : at+data : at+data]
	return e
}

// Lengths returns the size of the record at the start of b, which is one of a
// batch, and those of its parts. A size of 0 tells that it is not well formed.
func Lengths(b []byte) (size, headers, id, data int) {
	if len(b) < HeaderSize {
		return 0, 0, 0, 0
	}
	h, d := uint64(binary.LittleEndian.Uint32(b[4:])), uint64(binary.LittleEndian.Uint32(b[24:]))
	i := uint64(binary.LittleEndian.Uint32(b[28:]))
	total := uint64(binary.LittleEndian.Uint32(b))
	if total > uint64(len(b)) || total != (HeaderSize+h+i+d+7)&^7 {
		return 0, 0, 0, 0
	}
	return int(total), int(h), int(i), int(d)
}

// Check reports whether b is a batch of well-formed records, and how many. What
// passes may be taken apart without further checks.
func Check(b []byte) (count int, ok bool) {
	for len(b) > 0 {
		size, _, _, _ := Lengths(b)
		if size == 0 {
			return 0, false
		}
		b = b[size:]
		count++
	}
	return count, true
}

// Headers yields the names and values of encoded headers.
func Headers(b []byte) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		rest := string(b)
		for rest != "" {
			var name, value string
			name, rest, _ = strings.Cut(rest, "\x00")
			value, rest, _ = strings.Cut(rest, "\x00")
			if !yield(name, value) {
				return
			}
		}
	}
}

// AppendHeader appends one header.
func AppendHeader(b []byte, name, value string) []byte {
	b = append(append(b, name...), 0)
	return append(append(b, value...), 0)
}

// Millis returns a time as records have it.
func Millis(t time.Time) float64 { return float64(t.UnixMilli()) }
