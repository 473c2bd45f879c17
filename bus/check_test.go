package bus

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

func TestNamesThatMeanSomethingElsewhereAreRefused(t *testing.T) {
	for _, name := range []string{"a", "orders.eu", "A-b_c.9", strings.Repeat("x", maxTopicName)} {
		if err := checkName("name", name, maxTopicName); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	bad := []string{"", ".", "a.", ".a", "a..b", "a b", "a*", ">", "a/b", `a\b`, "ä", "a\x00", "\xff", strings.Repeat("x", maxTopicName+1)}
	for _, name := range bad {
		var e *argumentError
		if err := checkName("name", name, maxTopicName); !errors.As(err, &e) || e.Code() != "ERR_BUS_NAME" {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func batchOf(events ...record.Event) (b []byte) {
	for i := range events {
		b = record.Append(b, &events[i])
	}
	return b
}

func TestHeadersThatNATSWouldReadOtherwiseAreRefused(t *testing.T) {
	topic := &Topic{name: "t", maxEvent: 1000}
	check := func(name, value string) error {
		_, err := topic.checkBatch(batchOf(record.Event{Headers: record.AppendHeader(nil, name, value)}))
		return err
	}
	for _, each := range [][2]string{{"a", ""}, {"Content-Type", "text/plain; charset=utf-8"}, {"x", "ü € 𝄞"}, {"!#$", "a  b"}} {
		if err := check(each[0], each[1]); err != nil {
			t.Errorf("%q: %v", each, err)
		}
	}
	bad := [][2]string{
		{"", "v"}, {"a b", "v"}, {"a:", "v"}, {"ä", "v"}, {"a\r", "v"}, {"Nats-Msg-Id", "v"}, {"nats-x", "v"}, {"QUIESCE-Time", "v"},
		{"a", "v\r\nb: c"}, {"a", "v\n"}, {"a", " v"}, {"a", "v\t"}, {"a", "\x7f"},
	}
	for _, each := range bad {
		if err := check(each[0], each[1]); err == nil {
			t.Errorf("%q passed", each)
		}
	}
}

func TestAnEventIsRefusedForItsSizeWithAllThatItHas(t *testing.T) {
	topic := &Topic{name: "t", maxEvent: 100}
	headers := record.AppendHeader(nil, "a", "b")
	fits := record.Event{Headers: headers, ID: []byte("id"), Data: make([]byte, 100-len(headers)-2)}
	if n, err := topic.checkBatch(batchOf(fits, fits)); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	fits.Data = append(fits.Data, 0)
	if _, err := topic.checkBatch(batchOf(fits)); !errors.Is(err, backend.ErrTooLarge) {
		t.Errorf("one byte more: %v", err)
	}
}

// What is no batch, only a caller of the addon's own functions can pass.
func TestNoBytesMakeTheCheckOfABatchPanic(t *testing.T) {
	topic := &Topic{name: "t", maxEvent: 1000}
	whole := batchOf(record.Event{Headers: record.AppendHeader(nil, "a", "b"), ID: []byte("id"), Data: []byte("data")}, record.Event{Data: []byte("d")})
	if _, err := topic.checkBatch(nil); err == nil {
		t.Error("nothing at all passed")
	}
	for i := 1; i < len(whole); i++ {
		if n, err := topic.checkBatch(whole[:i]); err == nil && i != record.SizeAt(whole) {
			t.Errorf("%d bytes passed as %d events", i, n)
		}
	}
	for range 100_000 {
		b := append([]byte(nil), whole...)
		for range 1 + rand.IntN(3) {
			b[rand.IntN(len(b))] ^= 1 << rand.IntN(8)
		}
		if n, err := topic.checkBatch(b); err == nil {
			for range n {
				record.PublishedAt(b)
				b = b[record.SizeAt(b):]
			}
		}
	}
}
