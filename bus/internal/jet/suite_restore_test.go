package jet

import (
	"testing"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// snapshot makes a page of n events from a number on; the time of each is its
// number times a thousand, and a half.
func snapshot(first uint64, n int) []byte {
	var page []byte
	for seq := first; seq < first+uint64(n); seq++ {
		page = record.Append(page, &record.Event{Seq: seq, Time: float64(seq)*1000 + 0.5, Data: []byte("x"),
			Headers: record.AppendHeader(nil, "h", "v"), Deliveries: 3})
	}
	return page
}

func restoring(t *testing.T, topic backend.Topic, first uint64) backend.Restore {
	t.Helper()
	r, err := topic.Restore(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func testRestore(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	r := restoring(t, topic, 1000)
	for _, first := range []uint64{1000, 4000} {
		must(t, r.Append(t.Context(), snapshot(first, 3000), 3000))
	}
	must(t, r.Commit(t.Context()))
	closeAll(t, r)
	if s, err := topic.Stats(t.Context()); err != nil || s.First != 1000 || s.Last != 6999 {
		t.Fatalf("%+v, %v", s, err)
	}
	s := subscribe(t, topic, backend.Options{From: backend.AtTime, Time: 5000_000})
	defer closeAll(t, s)
	events := collect(t, s, 2000)
	wantSeqs(t, events, 5000)
	for _, e := range events {
		if e.Time != float64(e.Seq)*1000+0.5 || string(e.Headers) != "h\x00v\x00" {
			t.Fatalf("event %d has the time %f, headers %q", e.Seq, e.Time, e.Headers)
		}
	}
	page, err := topic.Read(t.Context(), 1000, 1, 1)
	if err != nil || record.TimeAt(page) != 1000_000.5 {
		t.Fatal(err)
	}
	batch, n := numbered(0, 1)
	if seqs := publish(t, topic, batch, n); seqs[0] != 7000 {
		t.Fatalf("the next event got the number %d", seqs[0])
	}
	_, err = topic.Restore(t.Context(), 1)
	wantError(t, err, backend.ErrNotEmpty)
}

func testRestoreGap(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	r := restoring(t, topic, 5)
	defer closeAll(t, r)
	wantError(t, r.Append(t.Context(), snapshot(6, 1), 1), backend.ErrSnapshot)
	page := append(snapshot(5, 2), snapshot(8, 1)...)
	wantError(t, r.Append(t.Context(), page, 3), backend.ErrSnapshot)
}

func testRestoreForeign(t *testing.T, p *place) {
	for _, late := range []bool{false, true} {
		topic := p.topic(t, nil)
		r := restoring(t, topic, 10)
		must(t, r.Append(t.Context(), snapshot(10, 5), 5))
		batch, n := batchOf("foreign")
		publish(t, topic, batch, n)
		if late {
			wantError(t, r.Commit(t.Context()), backend.ErrNotEmpty)
		} else {
			wantError(t, r.Append(t.Context(), snapshot(15, 5), 5), backend.ErrNotEmpty)
		}
		closeAll(t, r)
		if s, err := topic.Stats(t.Context()); err != nil || s.Events != 1 || s.First != 15 {
			t.Fatalf("%+v, %v", s, err)
		}
	}
}

func testRestoreClosed(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	r := restoring(t, topic, 10)
	must(t, r.Append(t.Context(), snapshot(10, 5), 5))
	closeAll(t, r)
	if s, err := topic.Stats(t.Context()); err != nil || s.Events != 0 {
		t.Fatalf("%+v, %v", s, err)
	}
}

func testRestoreBack(t *testing.T, p *place) {
	name := newName(t)
	topic := topicOf(t, p.bus, name, &backend.Limits{Events: 100})
	closeAll(t, restoring(t, topic, 50))
	r := restoring(t, topic, 7)
	defer closeAll(t, r)
	must(t, r.Append(t.Context(), snapshot(7, 5), 5))
	must(t, r.Commit(t.Context()))
	if s, err := topic.Stats(t.Context()); err != nil || s.First != 7 || s.Last != 11 || s.Limits.Events != 100 {
		t.Fatalf("%+v, %v", s, err)
	}
}
