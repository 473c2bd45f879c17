package snapshot

import (
	"bytes"
	"errors"
	"testing"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

func page(first, count uint64) (b []byte) {
	for seq := first; seq < first+count; seq++ {
		b = record.Append(b, &record.Event{Seq: seq, Time: 1000, Headers: record.AppendHeader(nil, "a", "b"), Data: []byte("data")})
	}
	return b
}

func written() (whole []byte, events []byte) {
	var w Writer
	a, b := page(5, 3), page(8, 2)
	whole = w.Begin(Header{Topic: "t", First: 5, Last: 9})
	whole = append(whole, w.Frame(a)...)
	whole = append(whole, w.Frame(b)...)
	return append(whole, w.End()...), append(a, b...)
}

// read reads pieces of a snapshot; what it returns was complete.
func read(pieces ...[]byte) (header Header, events []byte, count uint64, err error) {
	r := Reader{
		OnHeader: func(h Header) error { header = h; return nil },
		OnPage:   func(page []byte, _ int) error { events = append(events, page...); return nil },
	}
	for _, b := range pieces {
		if err := r.Write(b); err != nil {
			return header, events, 0, err
		}
	}
	count, err = r.End()
	return header, events, count, err
}

func TestASnapshotMayComeInPiecesOfAnySize(t *testing.T) {
	whole, events := written()
	for size := 1; size <= len(whole); size++ {
		var pieces [][]byte
		for i := 0; i < len(whole); i += size {
			pieces = append(pieces, whole[i:min(i+size, len(whole))])
		}
		h, got, n, err := read(pieces...)
		if err != nil || n != 5 || !bytes.Equal(got, events) || h != (Header{"t", 5, 9}) {
			t.Fatalf("in pieces of %d: %v, %d events, %v", size, h, n, err)
		}
	}
}

func TestASnapshotOfNothing(t *testing.T) {
	var w Writer
	h, got, n, err := read(w.Begin(Header{Topic: "t", First: 1, Last: 0}), w.End())
	if err != nil || n != 0 || len(got) != 0 || h.First != 1 {
		t.Fatalf("%v, %d events, %v", h, n, err)
	}
}

func TestWhatIsCutOffIsRefusedAtTheEnd(t *testing.T) {
	whole, _ := written()
	for i := range whole {
		if _, _, _, err := read(whole[:i]); !errors.Is(err, backend.ErrSnapshot) {
			t.Fatalf("%d of %d bytes: %v", i, len(whole), err)
		}
	}
	if _, _, _, err := read(whole, []byte{0}); !errors.Is(err, backend.ErrSnapshot) {
		t.Fatalf("one byte more: %v", err)
	}
}

func TestAChangedBitIsFound(t *testing.T) {
	whole, _ := written()
	for i := range whole {
		for bit := range 8 {
			b := bytes.Clone(whole)
			b[i] ^= 1 << bit
			if _, _, _, err := read(b); !errors.Is(err, backend.ErrSnapshot) {
				t.Fatalf("bit %d of byte %d: %v", bit, i, err)
			}
		}
	}
}

func TestAFrameThatIsLeftOutOrTwiceThereIsFound(t *testing.T) {
	var w, other Writer
	begin, a, b, end := w.Begin(Header{"t", 5, 9}), w.Frame(page(5, 3)), w.Frame(page(8, 2)), w.End()
	other.Begin(Header{"t", 5, 9})
	other.Frame(page(5, 3))
	for name, pieces := range map[string][][]byte{
		"the last": {begin, a, end}, "the last, with a sum that fits": {begin, a, other.End()},
		"the first": {begin, b, end}, "twice": {begin, a, a, b, end}, "in another order": {begin, b, a, end},
	} {
		if _, _, _, err := read(pieces...); !errors.Is(err, backend.ErrSnapshot) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheErrorOfAReceiverIsPassedOn(t *testing.T) {
	whole, _ := written()
	mine := errors.New("mine")
	r := Reader{OnHeader: func(Header) error { return nil }, OnPage: func([]byte, int) error { return mine }}
	if err := r.Write(whole); !errors.Is(err, mine) {
		t.Fatal(err)
	}
}

func FuzzReader(f *testing.F) {
	whole, _ := written()
	f.Add(whole)
	f.Add([]byte(Magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, got, n, err := read(b); err == nil {
			if count, ok := record.Check(got); !ok || uint64(count) != n {
				t.Fatalf("%d events, but records of %d", n, count)
			}
		}
	})
}
