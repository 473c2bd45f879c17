// Package snapshot has the format in which a topic is written and read back, by
// any backend.
//
// A snapshot is a list of frames, each of them: the length of its contents
// (uint32, little endian), their CRC-32C (uint32), the contents. The first frame
// is a Header in JSON, after the 8 bytes of Magic. Then come pages of package
// record, with at least one event each. The last frame has no contents, and in
// the place of the CRC that of all contents before it.
package snapshot

import (
	"encoding/binary"
	"encoding/json"
	"hash/crc32"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// Magic begins a snapshot; the last byte is the version of the format.
const Magic = "QSNAPSH\x01"

// maxFrame bounds what a reader holds: the largest event and more.
const maxFrame = 80 << 20

const frameHeader = 8

// The greatest number that is one in JavaScript, and the greatest time of a Date.
const (
	maxSeq  = 1<<53 - 2
	maxTime = 8.64e15
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A Header begins a snapshot.
type Header struct {
	Topic string `json:"topic"`
	// First is the number of the first event, or of the next one if there is none;
	// Last is that of the last one.
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
}

// A Writer makes the frames of a snapshot.
type Writer struct{ sum uint32 }

// Begin returns the first bytes.
func (w *Writer) Begin(h Header) []byte {
	text, err := json.Marshal(h)
	if err != nil {
		panic(err) // it has a string and two numbers
	}
	return append([]byte(Magic), w.Frame(text)...)
}

// Frame returns the frame of a page.
func (w *Writer) Frame(contents []byte) []byte {
	w.sum = crc32.Update(w.sum, castagnoli, contents)
	b := make([]byte, 0, frameHeader+len(contents))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(contents)))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(contents, castagnoli))
	return append(b, contents...)
}

// End returns the last bytes.
func (w *Writer) End() []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0)
	return binary.LittleEndian.AppendUint32(b, w.sum)
}

// A Reader takes the bytes of a snapshot as they come, cut anywhere.
type Reader struct {
	// OnHeader and OnPage are called with what was complete; an error ends reading.
	OnHeader func(Header) error
	OnPage   func(page []byte, count int) error

	rest   []byte
	sum    uint32
	header Header
	began  bool
	ended  bool
	next   uint64 // least number that the next event may have
}

// Write takes some more bytes. Any error but those of the two functions is an
// ErrSnapshot.
func (r *Reader) Write(b []byte) error {
	r.rest = append(r.rest, b...)
	for {
		n, err := r.step()
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		r.rest = r.rest[n:]
	}
}

// step takes one frame, and returns its size; 0 if it is not complete.
func (r *Reader) step() (int, error) {
	b, skip := r.rest, 0
	if !r.began {
		skip = len(Magic)
		if n := min(len(b), skip); string(b[:n]) != Magic[:n] {
			return 0, backend.ErrSnapshot.With(nil, "this is no snapshot of a topic: it does not begin as one")
		}
	}
	if len(b) < skip+frameHeader {
		return 0, nil
	}
	if r.ended {
		return 0, backend.ErrSnapshot.With(nil, "the snapshot goes on after its end")
	}
	b = b[skip:]
	length := int64(binary.LittleEndian.Uint32(b))
	sum := binary.LittleEndian.Uint32(b[4:])
	if length > maxFrame {
		return 0, damaged()
	}
	if int64(len(b)) < frameHeader+length {
		return 0, nil
	}
	contents := b[frameHeader : frameHeader+length]
	return skip + frameHeader + int(length), r.frame(contents, sum)
}

func (r *Reader) frame(contents []byte, sum uint32) error {
	if len(contents) == 0 && r.began {
		r.ended = true
		if sum != r.sum || (r.next > 0 && r.next <= r.header.Last) {
			return damaged()
		}
		return nil
	}
	if crc32.Checksum(contents, castagnoli) != sum {
		return damaged()
	}
	r.sum = crc32.Update(r.sum, castagnoli, contents)
	if !r.began {
		return r.begin(contents)
	}
	return r.page(contents)
}

func (r *Reader) begin(contents []byte) error {
	r.began = true
	if json.Unmarshal(contents, &r.header) != nil || r.header.First == 0 ||
		r.header.Last+1 < r.header.First || r.header.First > maxSeq || r.header.Last > maxSeq {
		return damaged()
	}
	r.next = r.header.First
	return r.OnHeader(r.header)
}

func (r *Reader) page(page []byte) error {
	count, ok := record.Check(page)
	if !ok || count == 0 {
		return damaged()
	}
	for b := page; len(b) > 0; b = b[record.SizeAt(b):] {
		seq := record.SeqAt(b)
		e := record.DeliveredAt(b)
		if seq != r.next || seq > r.header.Last || e.Deliveries != 0 || !(e.Time >= 0 && e.Time <= maxTime) {
			return damaged()
		}
		r.next = seq + 1
	}
	return r.OnPage(page, count)
}

// End reports whether the snapshot was complete, and how many events it had.
func (r *Reader) End() (events uint64, err error) {
	if !r.ended {
		return 0, backend.ErrSnapshot.With(nil, "the snapshot is cut off")
	}
	if len(r.rest) > 0 {
		return 0, backend.ErrSnapshot.With(nil, "the snapshot goes on after its end")
	}
	return r.next - r.header.First, nil
}

func damaged() error { return backend.ErrSnapshot.With(nil, "the snapshot is damaged") }
