package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// Sums that fit hide nothing: frames of any contents, cut anywhere, are read as
// events in order within what the header says, or are an ErrSnapshot.
func FuzzFrames(f *testing.F) {
	header, err := json.Marshal(Header{Topic: "t", First: 5, Last: 9})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(header, page(5, 3), page(8, 2), uint16(40))
	f.Add(header, page(5, 5), []byte{}, uint16(0))
	f.Add([]byte(`{"first":1,"last":0}`), []byte{}, []byte{}, uint16(9))
	f.Add([]byte(`{"first":9007199254740990,"last":9007199254740990}`), page(9007199254740990, 1), []byte{}, uint16(1))
	f.Fuzz(func(t *testing.T, header, first, second []byte, cut uint16) {
		var w Writer
		whole := append([]byte(Magic), w.Frame(header)...)
		for _, page := range [][]byte{first, second} {
			if len(page) > 0 {
				whole = append(whole, w.Frame(page)...)
			}
		}
		whole = append(whole, w.End()...)
		at := int(cut) % (len(whole) + 1)
		h, events, count, err := read(whole[:at], whole[at:])
		if err != nil {
			if !errors.Is(err, backend.ErrSnapshot) {
				t.Fatal(err)
			}
			return
		}
		if _, other, n, err := read(whole); err != nil || n != count || !bytes.Equal(other, events) {
			t.Fatalf("cut at %d: %d events, whole: %d, %v", at, count, n, err)
		}
		next := h.First
		for b := events; len(b) > 0; b = b[record.SizeAt(b):] {
			if e := record.DeliveredAt(b); e.Seq != next || e.Deliveries != 0 || !(e.Time >= 0 && e.Time <= maxTime) {
				t.Fatalf("event %d has the number %d, the time %v, %d deliveries", next, e.Seq, e.Time, e.Deliveries)
			}
			next++
		}
		if next != h.First+count || (h.Last >= h.First) != (count > 0) || next-1 > max(h.Last, h.First-1) || len(events) != len(first)+len(second) {
			t.Fatalf("%d events of %+v", count, h)
		}
	})
}
