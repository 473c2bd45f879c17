package bus

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/memory"
	"github.com/quiesce/quiesce/bus/internal/record"
	"github.com/quiesce/quiesce/bus/internal/snapshot"
)

// wantCode checks that an error has a code for JavaScript.
func wantCode(t *testing.T, err error) {
	t.Helper()
	var coded interface{ Code() string }
	if err != nil && (!errors.As(err, &coded) || !strings.HasPrefix(coded.Code(), "ERR_")) && !errors.Is(err, ErrClosed) {
		t.Fatalf("an error without a code: %v", err)
	}
}

func openMemory(t *testing.T) *Topic {
	t.Helper()
	b := memory.New()
	topic, err := b.Topic(context.Background(), "t", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return &Topic{topic: topic, name: "t", maxEvent: topic.MaxEvent()}
}

// Bytes that pass as a batch are stored, and read as they were given; a snapshot
// of them is restored the same.
func FuzzBatch(f *testing.F) {
	f.Add(batchOf(record.Event{Data: []byte("a")}, record.Event{Headers: record.AppendHeader(nil, "h", "v"), ID: []byte("id"), Data: []byte("b")}))
	f.Add(batchOf(record.Event{ID: []byte("id")}, record.Event{ID: []byte("id")}))
	f.Add(batchOf(record.Event{Headers: []byte("cut")}))
	f.Add(batchOf(record.Event{Headers: record.AppendHeader(nil, "Nats-X", "")}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, batch []byte) {
		topic := openMemory(t)
		ctx := context.Background()
		count, err := topic.checkBatch(batch)
		if wantCode(t, err); err != nil {
			return
		}
		if _, err := topic.Publish(ctx, bytes.Clone(batch)); err != nil {
			t.Fatal(err)
		}
		page, err := topic.Read(ctx, 1, count, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for b := batch; len(b) > 0; b = b[record.SizeAt(b):] {
			want := record.PublishedAt(b)
			if len(want.ID) > 0 && seen[string(want.ID)] {
				continue
			}
			seen[string(want.ID)] = true
			got := record.DeliveredAt(page)
			if !bytes.Equal(got.Data, want.Data) || !bytes.Equal(got.Headers, want.Headers) {
				t.Fatalf("%+v became %+v", want, got)
			}
			page = page[record.SizeAt(page):]
		}
		if len(page) != 0 {
			t.Fatalf("%d bytes are left", len(page))
		}
		wantRestored(t, topic)
	})
}

// wantRestored takes a snapshot, restores it elsewhere, and compares the two.
func wantRestored(t *testing.T, topic *Topic) {
	t.Helper()
	ctx := context.Background()
	other := openMemory(t)
	r := other.StartRestore()
	defer r.Close()
	for chunk, err := range topic.Snapshot(ctx) {
		if err == nil {
			err = r.Write(ctx, chunk)
		}
		if err != nil {
			t.Fatalf("what was published cannot be restored: %v", err)
		}
	}
	if _, err := r.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	a, errA := topic.Read(ctx, 1, 1<<20, 1<<30)
	b, errB := other.Read(ctx, 1, 1<<20, 1<<30)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Fatalf("%x, %v restored as %x, %v", a, errA, b, errB)
	}
}

// Bytes of a snapshot, with sums that fit, are restored whole, or nothing of them
// stays and the error has a code.
func FuzzRestore(f *testing.F) {
	page := batchOf(record.Event{Seq: 1, Time: 5, Data: []byte("a")}, record.Event{Seq: 2, Time: 4, Headers: record.AppendHeader(nil, "h", "v")})
	f.Add([]byte(`{"topic":"t","first":1,"last":2}`), page, uint16(33))
	f.Add([]byte(`{"topic":"t","first":1,"last":0}`), []byte{}, uint16(0))
	f.Add([]byte(`{"first":9007199254740990,"last":9007199254740990}`), batchOf(record.Event{Seq: 9007199254740990}), uint16(1))
	f.Fuzz(func(t *testing.T, header, page []byte, cut uint16) {
		topic := openMemory(t)
		ctx := context.Background()
		var w snapshot.Writer
		whole := append([]byte(snapshot.Magic), w.Frame(header)...)
		if len(page) > 0 {
			whole = append(whole, w.Frame(page)...)
		}
		whole = append(whole, w.End()...)
		at := int(cut) % (len(whole) + 1)
		r := topic.StartRestore()
		_ = r.Write(ctx, whole[:at]) // an error comes again
		_ = r.Write(ctx, whole[at:])
		n, err := r.Commit(ctx)
		wantCode(t, err)
		wantCode(t, r.Close())
		stats, statsErr := topic.topic.Stats(ctx)
		if statsErr != nil || (err != nil && stats.Last >= stats.First) || (err == nil && int(stats.Last-stats.First+1) != n) {
			t.Fatalf("%d events, %v: %+v, %v", n, err, stats, statsErr)
		}
		if err == nil && n > 0 && stats.Last < maxSafe {
			if _, err := topic.Append([]byte("next")); err != nil {
				t.Fatal(err)
			}
		}
	})
}

const maxSafe = 1<<53 - 3

// Whatever names and options come: what passes is within its limits, and an error
// has a code.
func FuzzOptions(f *testing.F) {
	f.Add("orders.eu", "first", "group", 1, 0.0, int64(5), "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
	f.Add("", "seq", "a..b", -1, 1e300, int64(-1), "")
	f.Fuzz(func(t *testing.T, name, from, group string, seq int, at float64, wait int64, pem string) {
		for longest, name := range map[int]string{maxTopicName: name, maxGroupName: group} {
			err := checkName("name", name, longest)
			if wantCode(t, err); err == nil && (len(name) > longest || name == "" || strings.ContainsAny(name, "*> /\\\x00") || strings.Trim(name, ".") != name) {
				t.Fatalf("%q passed", name)
			}
			if err != nil && !utf8.ValidString(err.Error()) {
				t.Fatalf("%q is no text", err)
			}
		}
		o, err := (&SubscribeOptions{From: from, Seq: seq, Time: at, Group: group, AckWait: time.Duration(wait), MaxInFlight: seq}).checked()
		if wantCode(t, err); err == nil && (o.Seq < 1 || o.MaxInFlight < 1 || o.Group != group || o.From < backend.New || o.From > backend.AtTime) {
			t.Fatalf("%+v passed", o)
		}
		_, err = (&OpenOptions{Servers: []string{name}, TLS: &TLS{CA: pem, Cert: pem, Key: group}}).connect()
		wantCode(t, err)
	})
}
