package typed

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// vectorsFile is read by test/schema.test.js too, so that the two halves cannot
// drift apart. Objects and strings only: the JSON formatter leaves them alone.
const vectorsFile = "../../test/support/vectors.json"

var update = flag.Bool("update", false, "write the golden vectors anew")

type vectors struct {
	Types   string            `json:"types"`
	Vectors map[string]vector `json:"vectors"`
}

// A vector is one value: what Go encodes, and what JS encodes, in hexadecimal.
type vector struct {
	Schema string `json:"schema"`
	// Value is the JS value as JSON, with {"$bigint": "1"}, {"$number": "NaN"},
	// {"$date": 0} and {"$bytes": "00ff"}.
	Value string `json:"value"`
	Go    string `json:"go"`
	JS    string `json:"js"`
}

type protoKey struct {
	Proto       int    `json:"__proto__"`
	Constructor string `json:"constructor,omitempty"`
}

var (
	five   = 5
	single = "s"
)

var vectorList = []struct {
	name  string
	value any
	js    string
}{
	{"true", true, `true`},
	{"empty string", "", `""`},
	{"text", "a\x00é\u2028日\U0001F600", `"a\u0000é\u2028日😀"`},
	{"text of 32 bytes", strings.Repeat("x", 32), `"` + strings.Repeat("x", 32) + `"`},
	{"text of 300 bytes", strings.Repeat("é", 150), `"` + strings.Repeat("é", 150) + `"`},
	{"bytes that are no UTF-8", "a\xffb\xed\xa0\x80", `"a\ufffdb\ufffd\ufffd\ufffd"`},
	{"float64", []float64{0, -1.5, math.MaxFloat64, 5e-324}, `[0, -1.5, 1.7976931348623157e308, 5e-324]`},
	{"odd floats", []float64{math.Float64frombits(0x7ff8 << 48), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)},
		`[{"$number": "NaN"}, {"$number": "Infinity"}, {"$number": "-Infinity"}, {"$number": "-0"}]`},
	{"float32", []float32{0.5, math.MaxFloat32, float32(0.1)}, `[0.5, 3.4028234663852886e38, 0.10000000149011612]`},
	{"least integers", least,
		`{"i8": -128, "i16": -32768, "i32": -2147483648, "u8": 0, "u16": 0, "u32": 0, "i": -9007199254740991, "u": 0}`},
	{"most integers", most,
		`{"i8": 127, "i16": 32767, "i32": 2147483647, "u8": 255, "u16": 65535, "u32": 4294967295, "i": 9007199254740991, "u": 9007199254740991}`},
	{"integers of all lengths", []int{0, 1, -1, 127, 128, -32, -33, -128, -129, 255, 256, 32767, 32768, 65536, -32769, 1 << 31, 1<<31 - 1, -1 << 31, 1<<32 - 1, 1 << 32, -1<<31 - 1},
		`[0, 1, -1, 127, 128, -32, -33, -128, -129, 255, 256, 32767, 32768, 65536, -32769, 2147483648, 2147483647, -2147483648, 4294967295, 4294967296, -2147483649]`},
	{"int64", []int64{0, 1, -1, 127, 128, 1 << 31, 1 << 53, math.MaxInt64, math.MinInt64},
		bigints("0", "1", "-1", "127", "128", "2147483648", "9007199254740992", "9223372036854775807", "-9223372036854775808")},
	{"uint64", []uint64{0, 255, 1 << 32, math.MaxUint64}, bigints("0", "255", "4294967296", "18446744073709551615")},
	{"int64 as numbers", numbered{Serial: -safe, Amount: 1, Tagged: []int64{safe}, Maybe: nil},
		`{"serial": -9007199254740991, "amount": {"$bigint": "1"}, "deep": null, "tagged": [9007199254740991], "byKey": null, "maybe": null, "big": null}`},
	{"bytes", []byte{0, 255, 128}, `{"$bytes": "00ff80"}`},
	{"300 bytes", make([]byte, 300), `{"$bytes": "` + strings.Repeat("00", 300) + `"}`},
	{"nil bytes", []byte(nil), `{"$bytes": ""}`},
	{"array of bytes", [4]octet{1, 2, 3, 255}, `{"$bytes": "010203ff"}`},
	{"dates", []time.Time{time.UnixMilli(0), time.UnixMilli(-1), time.UnixMilli(8.64e15), {}},
		`[{"$date": 0}, {"$date": -1}, {"$date": 8640000000000000}, {"$date": -62135596800000}]`},
	{"a date with ns", time.Unix(1, 999_999_999), `{"$date": 1999}`},
	{"durations", []time.Duration{0, 1, -1500 * time.Microsecond, time.Hour}, `[0, 0.000001, -1.5, 3600000]`},
	{"nil list", []int(nil), `null`},
	{"list of 16", make([]bool, 16), `[` + strings.Repeat("false, ", 15) + `false]`},
	{"lists", [][]string{nil, {}, {"a"}}, `[null, [], ["a"]]`},
	{"array", [3]*string{nil, &single, nil}, `[null, "s", null]`},
	{"nil map", map[string]int(nil), `null`},
	{"map", map[lang]*int{"": &five, "__proto__": nil, "constructor": &five, "é\"": nil}, `{"": 5, "__proto__": null, "constructor": 5, "é\"": null}`},
	{"map of 8", map[string]bool{"a": true, "b": true, "c": true, "d": true, "e": true, "f": true, "g": true, "h": true},
		`{"a": true, "b": true, "c": true, "d": true, "e": true, "f": true, "g": true, "h": true}`},
	{"nil pointer", (*int)(nil), `null`},
	{"pointer", &five, `5`},
	{"struct without properties", struct{}{}, `{}`},
	{"names", names{"de", -3, true, 1.5, raw{1}, map[lang]lang{"a": "b"}},
		`{"lang": "de", "level": -3, "flag": true, "ratio": 1.5, "raw": {"$bytes": "01"}, "byKey": {"a": "b"}}`},
	{"odd names", strange{1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
		`{"a b": 1, "B": 2, "日本": 3, "$%-/": 4, "E": 5, "<&>": 6, "G": 7, "H": 8, "__proto__": 9, "J": 10}`},
	{"names that all objects have", []protoKey{{1, ""}, {2, "c"}}, `[{"__proto__": 1}, {"__proto__": 2, "constructor": "c"}]`},
	{"properties that are left out", empties{}, `{"t": {"X": 0}, "a": [0, 0]}`},
	{"properties that are there", empties{true, 1, 0.5, "s", []int{1}, map[string]int{"k": 1}, &five, struct{ X int }{1}, [0]int{}, [2]int{1, 2}},
		`{"b": true, "i": 1, "f": 0.5, "s": "s", "l": [1], "m": {"k": 1}, "p": 5, "t": {"X": 1}, "a": [1, 2]}`},
	{"an embedded pointer", viaPtr{&Deep{1, 2}, 3}, `{"X": 1, "Deep": 2, "Z": 3}`},
	{"an embedded pointer that is nil", viaPtr{Z: 3}, `{"Z": 3}`},
	{"a type that contains itself", node{1, &node{}, []node{{}}, map[string]*node{"k": nil}},
		`{"value": 1, "next": {"value": 0, "next": null, "kids": null, "byKey": null},
		  "kids": [{"value": 0, "next": null, "kids": null, "byKey": null}], "byKey": {"k": null}}`},
	{"generic types", pair[string, pair[int, bool]]{"k", pair[int, bool]{1, true}}, `{"key": "k", "value": {"key": 1, "value": true}}`},
}

func bigints(list ...string) string {
	return `[{"$bigint": "` + strings.Join(list, `"}, {"$bigint": "`) + `"}]`
}

var _ = registered[protoKey]() && registered[struct{}]()

// makeVector checks on the way that Go understands what JS encodes.
func makeVector(t *testing.T, name string, value reflect.Value, js string) vector {
	c := codecOf(value.Type())
	schema := mustMarshal(c.schema)
	b, err := c.encode(nil, value, 0)
	if err != nil {
		t.Fatal(name, err)
	}
	relayed, _ := relay(t, schemaIn(schema), b)
	back := reflect.New(value.Type()).Elem()
	if rest, err := c.decode(relayed, back, 0); err != nil || len(rest) > 0 {
		t.Fatalf("%s: %d bytes are left, %v", name, len(rest), err)
	}
	if again, err := c.encode(nil, back, 0); err != nil || !slices.Equal(again, b) {
		t.Errorf("%s: %x came back as %x, %v", name, b, again, err)
	}
	compact := string(mustMarshal(json.RawMessage(js)))
	return vector{string(schema), compact, hex.EncodeToString(b), hex.EncodeToString(relayed)}
}

// typesIn collects the structs that a schema refers to.
func typesIn(schema any, into map[string]any) {
	switch s := schema.(type) {
	case []schemaField:
		for _, f := range s {
			typesIn(f.Schema, into)
		}
	case map[string]any:
		if name, ok := s["struct"].(string); ok && into[name] == nil {
			into[name] = describe().Types[name]
			typesIn(describe().Types[name].Fields, into)
		}
		for _, inner := range s {
			typesIn(inner, into)
		}
	}
}

// Run with -update after a change that is meant, and look at the difference.
func TestTheGoldenVectorsAreWhatIsEncoded(t *testing.T) {
	types := map[string]any{}
	all := vectors{Vectors: map[string]vector{}}
	for _, each := range vectorList {
		v := makeVector(t, each.name, reflect.ValueOf(each.value), each.js)
		typesIn(schemaIn([]byte(v.Schema)), types)
		all.Vectors[each.name] = v
	}
	all.Types = string(mustMarshal(types))
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if *update {
		if err := os.WriteFile(vectorsFile, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(golden) != string(text) {
		t.Errorf("%s is of another encoding; if that is meant: go test ./addon/typed -update\n%s", vectorsFile, text)
	}
}
