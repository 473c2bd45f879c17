package record

import (
	"bytes"
	"strings"
	"testing"
)

func addBatches(f *testing.F) {
	var b []byte
	for _, e := range []Event{
		{Data: []byte("data")},
		{Seq: 5, Time: 1000, Headers: AppendHeader(nil, "name", "value"), Data: []byte{0}},
		{ID: []byte("id"), Headers: AppendHeader(AppendHeader(nil, "a", ""), "b", "c")},
	} {
		b = Append(b, &e)
		f.Add(bytes.Clone(b))
	}
	f.Add(append(b, 1))
	f.Add(bytes.Repeat([]byte{0xff}, 40))
}

// What Check passes can be taken apart and put together again; it is then the
// same but for the bytes that fill up.
func FuzzCheck(f *testing.F) {
	addBatches(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		count, ok := Check(b)
		if !ok {
			return
		}
		for rest := b; len(rest) > 0; count-- {
			size, headers, id, data := Lengths(rest)
			e := PublishedAt(rest)
			if size != SizeAt(rest) || len(e.Headers) != headers || len(e.ID) != id || len(e.Data) != data || HasID(rest) != (id > 0) {
				t.Fatalf("a record of %d: %d, %d, %d bytes became %+v", size, headers, id, data, e)
			}
			again := Append(nil, &e)
			if len(again) != size || !bytes.Equal(again[HeaderSize:HeaderSize+headers+id+data], rest[HeaderSize:HeaderSize+headers+id+data]) {
				t.Fatalf("%x became %x", rest[:size], again)
			}
			if got := PublishedAt(again); !bytes.Equal(got.Headers, e.Headers) || !bytes.Equal(got.ID, e.ID) || !bytes.Equal(got.Data, e.Data) {
				t.Fatalf("%+v became %+v", e, got)
			}
			delivered := DeliveredAt(rest)
			if delivered.Deliveries != uint32(id) || len(delivered.ID) != 0 {
				t.Fatalf("as a page: %+v", delivered)
			}
			rest = rest[size:]
		}
		if count != 0 {
			t.Fatalf("Check counted %d too many", count)
		}
	})
}

// Headers come back as they were appended; bytes that are none end nothing.
func FuzzHeaders(f *testing.F) {
	f.Add("name", "value", []byte("a\x00b\x00"))
	f.Add("", "", []byte("cut off"))
	f.Fuzz(func(t *testing.T, name, value string, rest []byte) {
		n := 0
		for name, value := range Headers(rest) {
			if n++; strings.Contains(name+value, "\x00") || n > len(rest) {
				t.Fatalf("%q has %q: %q", rest, name, value)
			}
		}
		if strings.Contains(name+value, "\x00") {
			return
		}
		for gotName, gotValue := range Headers(AppendHeader(nil, name, value)) {
			if gotName != name || gotValue != value {
				t.Fatalf("%q: %q became %q: %q", name, value, gotName, gotValue)
			}
		}
	})
}
