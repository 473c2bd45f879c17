package typed

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/tinylib/msgp/msgp"

	"github.com/quiesce/quiesce/addon/door"
	"github.com/quiesce/quiesce/guard"
)

// The tags of wires, as the shim has them.
const (
	tagUndefined = iota
	tagNull
	tagBool
	tagNumber
	tagInt64
	tagString
	tagBytes
	tagHandle
	tagError
	tagMade
	tagUint64
	tagDate
	tagCallback
	tagAllocated = 1 << 8
)

// borrowed marks, in the Length of a handle's wire, one that was open.
const borrowed = 1 << 32

// blocks stands for C's memory.
var blocks sync.Map // uintptr -> []byte

func init() {
	door.Memory.Alloc = func(n uint64) uintptr {
		b := make([]byte, max(n, 1))
		p := uintptr(unsafe.Pointer(&b[0]))
		blocks.Store(p, b)
		return p
	}
	door.Memory.Free = func(p uintptr) { blocks.Delete(p) }
}

func viewOf(w *door.Wire) []byte {
	if w.Length == 0 {
		return nil
	}
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&w.Data)), w.Length)
}

// taken returns the bytes of a result, and gives its memory back.
func taken(w *door.Wire) []byte {
	b := bytes.Clone(viewOf(w))
	if w.Tag&tagAllocated != 0 {
		door.Memory.Free(w.Data)
	}
	return b
}

type description struct {
	Types   map[string]structType
	Classes []string
	Members []struct {
		Class  int
		Name   string
		Params json.RawMessage
	}
}

type structType struct {
	Fields []schemaField `json:"fields"`
}

type schemaField struct {
	Name     string `json:"name"`
	Schema   any    `json:"schema"`
	Optional bool   `json:"optional,omitempty"`
}

var describe = sync.OnceValue(func() (d description) {
	var out door.Wire
	door.Describe(&out)
	if err := json.Unmarshal(taken(&out), &d); err != nil {
		panic(err)
	}
	return d
})

// callMember calls Class.name, and returns its answer or its error.
func callMember(t testing.TB, name string, token uint64, args ...door.Wire) (door.Wire, error) {
	t.Helper()
	var out door.Wire
	door.Call(memberNumber(t, name), guard.Token(token), args, &out)
	runtime.KeepAlive(args)
	return out, failure(&out)
}

func memberNumber(t testing.TB, name string) uint32 {
	d := describe()
	for i, m := range d.Members {
		if m.Class >= 0 && d.Classes[m.Class]+"."+m.Name == name {
			return uint32(i)
		}
	}
	t.Fatalf("there is no member %s", name)
	return 0
}

// A failed is an error as JS is told of it.
type failed struct{ Code, Name, Message string }

func (f *failed) Error() string { return f.Code + " " + f.Message }

func failure(w *door.Wire) error {
	if w.Tag&^tagAllocated != tagError {
		return nil
	}
	f := &failed{}
	if err := json.Unmarshal(taken(w), f); err != nil {
		return err
	}
	return f
}

// wantCode fails the test unless the error is of that code.
func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	var f *failed
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("%v, not an error with the code %s", err, code)
	}
}

// wantRangeError fails the test unless the error becomes a RangeError that
// begins with the path.
func wantRangeError(t testing.TB, err error, path string) {
	t.Helper()
	named, isNamed := err.(interface{ Name() string })
	var ranged door.RangeError
	if !errors.As(err, &ranged) || !isNamed || named.Name() != "RangeError" || !strings.HasPrefix(err.Error(), path+" ") {
		t.Fatalf("%v, not a RangeError at %q", err, path)
	}
}

// dataOf returns what a value refers to: its text, or what its handle is opened
// with, the resource first.
func dataOf(v door.Value) unsafe.Pointer {
	return reflect.ValueOf(v).FieldByName("data").UnsafePointer()
}

// encodedOf returns what a value has encoded; false for null.
func encodedOf(v door.Value) (string, bool) {
	fields := reflect.ValueOf(v)
	tag, length := fields.FieldByName("tag").Uint(), fields.FieldByName("bits").Uint()
	return unsafe.String((*byte)(dataOf(v)), length), tag == tagBytes
}

// registered makes the type's schema before any env is made, as it must be.
func registered[T any]() bool { return SchemaOf[T]() != "" }

func schemaIn(text []byte) (schema any) {
	if err := json.Unmarshal(text, &schema); err != nil {
		panic(err)
	}
	return schema
}

// relay does what lib/schema.js does: reads a value that Go has encoded, and
// encodes it as JS does. The two differ in their numbers.
func relay(t testing.TB, schema any, b []byte) (out, rest []byte) {
	t.Helper()
	switch s := schema.(type) {
	case string:
		return relayScalar(t, s, b)
	case map[string]any:
		if inner, ok := s["nullable"]; ok {
			if msgp.IsNil(b) {
				return b[:1], b[1:]
			}
			return relay(t, inner, b)
		}
		if inner, ok := s["list"]; ok {
			return relayList(t, b, func(int) any { return inner })
		}
		if inner, ok := s["map"]; ok {
			return relayList(t, b, func(i int) any { return [...]any{"string", inner}[i%2] })
		}
		if name, ok := s["struct"].(string); ok {
			fields := describe().Types[name].Fields
			return relayList(t, b, func(i int) any {
				if fields[i].Optional {
					return map[string]any{"nullable": fields[i].Schema}
				}
				return fields[i].Schema
			})
		}
	}
	return relayScalar(t, "bytes", b) // of an array
}

func relayList(t testing.TB, b []byte, schema func(i int) any) (out, rest []byte) {
	n, rest, err := msgp.ReadArrayHeaderBytes(b)
	if err != nil {
		t.Fatalf("no list: %x", b)
	}
	out = msgp.AppendArrayHeader(nil, n)
	for i := range int(n) {
		var one []byte
		one, rest = relay(t, schema(i), rest)
		out = append(out, one...)
	}
	return out, rest
}

func relayScalar(t testing.TB, schema string, b []byte) (out, rest []byte) {
	rest, err := msgp.Skip(b)
	if err != nil {
		t.Fatalf("%s: %v in %x", schema, err, b)
	}
	switch schema {
	case "bool", "string", "bytes":
		return b[:len(b)-len(rest)], rest
	case "int64", "uint64":
		return relayBigint(b), rest
	}
	if b[0] == 0xcf || b[0] == 0xd3 {
		t.Fatalf("JS would read the %s as a bigint: %x", schema, b[:9])
	}
	switch msgp.NextType(b) {
	case msgp.Float64Type:
		return b[:9], rest
	case msgp.IntType:
		i, _, _ := msgp.ReadInt64Bytes(b)
		return msgp.AppendFloat64(nil, float64(i)), rest
	case msgp.UintType:
		u, _, _ := msgp.ReadUint64Bytes(b)
		return msgp.AppendFloat64(nil, float64(u)), rest
	}
	t.Fatalf("JS would take this for a %s: %x", schema, b)
	return nil, nil
}

// relayBigint spells all 9 bytes out, as JS does: uint64 unless negative.
func relayBigint(b []byte) []byte {
	lead, u := byte(0xcf), uint64(0)
	if i, _, err := msgp.ReadInt64Bytes(b); err == nil && i < 0 {
		lead, u = 0xd3, uint64(i)
	} else {
		u, _, _ = msgp.ReadUint64Bytes(b)
	}
	out := []byte{lead}
	for shift := 56; shift >= 0; shift -= 8 {
		out = append(out, byte(u>>shift))
	}
	return out
}

// throughJS sends a value to JS and back.
func throughJS[T any](t testing.TB, v T) (back T, err error) {
	t.Helper()
	b, err := appendValue(nil, &v)
	if err != nil {
		return back, err
	}
	c := codecOf(reflect.TypeFor[T]())
	js, rest := relay(t, schemaIn(mustMarshal(c.schema)), b)
	if len(rest) > 0 {
		t.Fatalf("%x is left of %x", rest, b)
	}
	rest, err = c.decode(js, reflect.ValueOf(&back).Elem(), 0)
	if err == nil && len(rest) > 0 {
		t.Fatalf("%x is left of %x", rest, js)
	}
	return back, err
}

func eventually(t testing.TB, so func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not so within 10 s")
		}
	}
}
