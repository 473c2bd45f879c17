package jet

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// wantWhole checks a page of one event that JS, or a restore, is to read.
func wantWhole(t *testing.T, page []byte, e record.Event) {
	t.Helper()
	n, ok := record.Check(page)
	if !ok || n != 1 {
		t.Fatalf("%+v became %d records, %v", e, n, ok)
	}
	if at := record.TimeAt(page); !(at >= 0 && at <= maxTime) {
		t.Fatalf("no Date can have the time %v", at)
	}
	for name := range record.Headers(record.DeliveredAt(page).Headers) {
		if isOurs(name) {
			t.Fatalf("the header %q is not for JS", name)
		}
	}
}

// What a foreign publisher may have sent, with any headers at all, becomes an
// event that can be read, snapshot and restored.
func FuzzEvent(f *testing.F) {
	for _, headers := range []string{
		"NATS/1.0\r\nName: value\r\n\r\n", "NATS/1.0\r\nQuiesce-Time: 1000\r\nNats-Msg-Id: x\r\n\r\n", "NATS/1.0\r\nQuiesce-Time: NaN\r\n\r\n",
		"NATS/1.0\r\nQuiesce-Time: -1\r\na: b\r\na: c\r\n\r\n", "NATS/1.0 100 Idle Heartbeat\r\n\r\n", "", "NATS/1.0\r\n: x\r\n\r\n",
	} {
		f.Add([]byte(headers), []byte("data"), "5", "2026-01-02T03:04:05.678Z")
	}
	f.Add([]byte{}, []byte{}, "18446744073709551616", "9999-12-31T23:59:59Z")
	f.Fuzz(func(t *testing.T, headers, data []byte, seq, stamp string) {
		h, err := nats.DecodeHeadersMsg(headers)
		if err != nil || h == nil {
			h = nats.Header{}
		}
		e := eventOf(5, 1000e6, h, data)
		var p pages
		p.add(&e)
		page, last, count := p.take(1, 1)
		if last != 5 || count != 1 || string(record.DeliveredAt(page).Data) != string(data) {
			t.Fatalf("%d events, the last %d, of %+v", count, last, e)
		}
		wantWhole(t, page, e)

		h.Set("Nats-Sequence", seq)
		h.Set("Nats-Time-Stamp", stamp)
		r := &reading{maxBytes: 1}
		if got := r.add(&nats.Msg{Header: h, Data: data}); got > 0 {
			if want, err := strconv.ParseUint(seq, 10, 64); err != nil || got != want {
				t.Fatalf("the number %q is %d", seq, got)
			}
			wantWhole(t, r.page, e)
		} else if r.count != 0 || len(r.page) != 0 {
			t.Fatal("an event without a number or time was taken")
		}
		_ = statusOf(&nats.Msg{Header: h}) // any numbers are good
		_ = readEnd(&nats.Msg{Header: h})
	})
}

// A reply subject is what a server made, or none.
func FuzzDelivery(f *testing.F) {
	f.Add("$JS.ACK.s.c.1.2.3.4.5", uint32(1), uint64(2), int64(3))
	f.Add("$JS.ACK.d.h.s.c.1.2.3.4.5.t", uint32(1), uint64(2), int64(3))
	f.Add("$JS.ACK.s.c.4294967296.2.3.4.5", uint32(1<<32-1), uint64(1<<64-1), int64(-1))
	f.Fuzz(func(t *testing.T, reply string, deliveries uint32, seq uint64, at int64) {
		if d, ok := deliveryOf(reply); ok {
			numbers := fmt.Sprintf("%d.%d.%d.%d", d.deliveries, d.seq, d.consumerSeq, d.time)
			if n := strings.Count(reply, "."); n < 8 || n > 11 || (!strings.Contains(reply, numbers) && !strings.ContainsAny(reply, "+_") && !hasZeros(reply)) {
				t.Fatalf("%q has %s", reply, numbers)
			}
		}
		for _, before := range []string{"$JS.ACK.", "$JS.ACK.domain.hash."} {
			reply := fmt.Sprintf("%ss.c.%d.%d.%d.%d.9", before, deliveries, seq, seq/2, at)
			if d, ok := deliveryOf(reply); !ok || d != (delivery{deliveries, seq, seq / 2, at}) {
				t.Fatalf("%q is %+v, %v", reply, d, ok)
			}
		}
	})
}

func hasZeros(s string) bool { return strings.Contains(s, ".0") || strings.Contains(s, "-0") }

// An answer to a publish has a number, or is an error with a code.
func FuzzAck(f *testing.F) {
	for _, text := range []string{
		`{"stream":"s","seq":17}`, `{"stream":"s","seq": 17,"duplicate":true}`, `{"error":{"code":503,"err_code":10077,"description":"no space left"}}`,
		`{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 3"},"seq":0}`, `{}`, `null`, `{"seq":0}`, `{"seq":18446744073709551616}`, ``, `[`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		seq, err := parseAck(&nats.Msg{Data: data})
		if (err == nil) != (seq > 0) {
			t.Fatalf("%q is the number %d, %v", data, seq, err)
		}
		if e, ok := errors.AsType[*backend.Error](known(err)); err != nil && (!ok || e.Code() == "") {
			t.Fatalf("%q is an error without a code: %v", data, err)
		}
		var want struct{ Seq uint64 }
		if err == nil && strings.Count(strings.ToLower(string(data)), "seq") == 1 && json.Unmarshal(data, &want) == nil && want.Seq != seq {
			t.Fatalf("%q is the number %d", data, seq)
		}
		var e apiError
		if json.Unmarshal(data, &e) == nil {
			_ = passes(&e) || isTornDown(&e) || isWrongLast(&e)
			if _, ok := errors.AsType[*backend.Error](known(&e)); !ok {
				t.Fatalf("%q is an error without a code", data)
			}
		}
	})
}
