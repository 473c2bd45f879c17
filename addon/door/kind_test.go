package door

import (
	"encoding/json"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"
)

func init() {
	nothing := func(Args) (Value, error) { return Value{}, nil }
	params := Params{}
	for kind := range Kind(len(kindNames)) {
		if kind != KindHandle && kind != KindEncoded && kind != KindCallback {
			params = append(params, Param{Name: kindNames[kind], Kind: kind})
		}
	}
	things.Define(
		Static("plain1", params[:MaxParams], nothing), Static("plain2", params[MaxParams:], nothing),
		Static("every", Params{
			{Name: "handle", Kind: KindHandle, Class: others},
			{Name: "encoded", Kind: KindEncoded, Schema: `{"list":"int"}`},
			{Name: "callback", Kind: KindCallback, Args: []Schema{`"int"`, `{"map":"bool"}`}},
			Param{Name: "opts", Kind: KindEncoded, Schema: `{"nullable":{"struct":"Options"}}`, Options: true}.Opt(),
			{Name: "rest", Kind: KindEncoded, Schema: `{"list":"string"}`, Rest: true, Optional: true},
		}, nothing).Returns(`"date"`),
		Static("new", nil, nothing).Constructor(),
		Static("many", nil, nothing).Yields(`{"bytes":4}`),
	)
	DefineFunctions(Static("function", nil, nothing))
	DefineType("Options", `{"fields":[{"name":"a","schema":"int"}]}`)
	BuiltBy("1.2.3")
}

func TestEveryPropertyOfAParameterIsDescribed(t *testing.T) {
	var d struct {
		Contract int
		Version  string
		Members  []json.RawMessage
		Types    map[string]json.RawMessage
	}
	reportOf(t, Describe, &d)
	class := mustEncode(things.number)
	for name, want := range map[string]string{
		"Thing.every": `{"class":` + string(class) + `,"name":"every","static":true,"async":false,"params":[` +
			`{"name":"handle","kind":"handle","class":"Other"},` +
			`{"name":"encoded","kind":"encoded","schema":{"list":"int"}},` +
			`{"name":"callback","kind":"callback","args":["int",{"map":"bool"}]},` +
			`{"name":"opts","kind":"encoded","optional":true,"schema":{"nullable":{"struct":"Options"}},"options":true},` +
			`{"name":"rest","kind":"encoded","optional":true,"schema":{"list":"string"},"rest":true}],"returns":"date"}`,
		"Thing.new":  `{"class":` + string(class) + `,"name":"new","static":true,"async":false,"construct":true,"params":[]}`,
		"Thing.lend": `{"class":` + string(class) + `,"name":"lend","static":true,"async":false,"makes":true,"params":[{"name":"f","kind":"callback"}]}`,
		"Thing.many": `{"class":` + string(class) + `,"name":"many","static":true,"async":false,"params":[],"yields":{"bytes":4}}`,
		"function":   `{"class":-1,"name":"function","static":true,"async":false,"params":[]}`,
	} {
		if got := string(d.Members[member(t, name)]); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
	if string(d.Types["Options"]) != `{"fields":[{"name":"a","schema":"int"}]}` || d.Version != "1.2.3" || d.Contract != Contract {
		t.Errorf("%+v", d.Types)
	}
}

// The shim, the door and the JS side each have a list of the same kinds.
func TestTheKindsAndTagsOfTheShimAreThoseOfTheDoor(t *testing.T) {
	header, err := os.ReadFile("../bridge.h")
	if err != nil {
		t.Fatal(err)
	}
	enum := func(first, prefix string) (names []string) {
		from := strings.Index(string(header), "\n  "+first)
		body := string(header)[from : from+strings.Index(string(header)[from:], "}")]
		for _, found := range regexp.MustCompile(`(?m)^  QS_(\w+)`).FindAllStringSubmatch(body, -1) {
			names = append(names, strings.ToLower(strings.TrimPrefix(found[1], prefix)))
		}
		return names
	}
	kinds := enum("QS_KIND_ANY", "KIND_")
	words := map[string]string{"boolean": "bool", "bigint": "int64"}
	for i, name := range kindNames {
		if i >= len(kinds) || (kinds[i] != name && kinds[i] != words[name]) {
			t.Errorf("kind %d: %s is another of the shim's %v", i, name, kinds)
		}
	}
	if len(kinds) != len(kindNames) || slices.Contains(kindNames[:], "") {
		t.Errorf("%d kinds of the shim, %d of the door", len(kinds), len(kindNames))
	}
	tags := enum("QS_UNDEFINED", "")
	for name, tag := range map[string]tag{
		"undefined": tagUndefined, "null": tagNull, "bool": tagBool, "number": tagNumber, "int64": tagInt64, "string": tagString, "bytes": tagBytes,
		"handle": tagHandle, "error": tagError, "made": tagMade, "uint64": tagUint64, "date": tagDate, "callback": tagCallback,
	} {
		if slices.Index(tags, name) != int(tag) {
			t.Errorf("%s is %d here, and in the shim one of %v", name, tag, tags)
		}
	}
}

func TestParametersThatMakeNoSenseArePanics(t *testing.T) {
	defer func(ms []*Member, was bool) { members, frozen = ms, was }(members, frozen)
	frozen = false
	nothing := func(Args) (Value, error) { return Value{}, nil }
	for why, p := range map[string]Params{
		"an encoded value without a schema":  {{Name: "a", Kind: KindEncoded}},
		"a schema of what is not encoded":    {{Name: "a", Kind: KindString, Schema: `"string"`}},
		"a class of what is no handle":       {{Name: "a", Kind: KindString, Class: things}},
		"a rest parameter that is not last":  {{Name: "a", Kind: KindEncoded, Schema: `{}`, Rest: true}, {Name: "b", Kind: KindString}},
		"a required one after one optional":  {Param{Name: "a", Kind: KindString}.Opt(), {Name: "b", Kind: KindString}},
		"more than there may be":             make(Params, MaxParams+1),
		"a handle without a class, the last": {{Name: "a", Kind: KindString}, {Name: "b", Kind: KindHandle}},
	} {
		mustPanic(t, why, func() { things.Define(Static("senseless: "+why, p, nothing)) })
	}
	frozen = true
	mustPanic(t, "a type after the first env", func() { DefineType("Late", `{}`) })
	mustPanic(t, "a code after the first env", func() { ErrorCode(errEnvEnded, "ERR_LATE") })
}

func TestDurationsAreRoundedToNanosecondsAndHeldWithinTheirRange(t *testing.T) {
	for ms, want := range map[float64]time.Duration{
		0: 0, 1: time.Millisecond, -1.5: -1500 * time.Microsecond, 1e-6: 1, 0.4e-6: 0, 0.5e-6: 0, 1.5e-6: 2, 2.5e-6: 2, -0.6e-6: -1,
		9223372036854.775: math.MaxInt64, 1e300: math.MaxInt64, math.Inf(1): math.MaxInt64,
		-9223372036854.776: math.MinInt64, -1e300: math.MinInt64, math.Inf(-1): math.MinInt64,
	} {
		if got := DurationOf(ms); got != want {
			t.Errorf("%v ms are %d ns, not %d", ms, got, want)
		}
	}
	if got := numberOf(Wire{Bits: Duration(1500 * time.Microsecond).bits}); got != 1.5 {
		t.Errorf("1.5 ms are %v", got)
	}
}

func TestNumbersThatJSCannotHoldAreRangeErrors(t *testing.T) {
	for _, c := range []struct {
		v    Value
		good bool
	}{
		{Integer(1<<53 - 1), true}, {Integer(1 << 53), false}, {Integer(-1<<53 + 1), true}, {Integer(-1 << 53), false},
		{Integer(math.MinInt64), false}, {Unsigned(1<<53 - 1), true}, {Unsigned(1 << 53), false}, {Unsigned(math.MaxUint64), false},
		{Date(time.UnixMilli(8.64e15)), true}, {Date(time.UnixMilli(8.64e15 + 1)), false}, {Date(time.UnixMilli(-8.64e15)), true},
		{Date(time.UnixMilli(-8.64e15 - 1)), false}, {Date(time.Unix(8.64e12, 1)), false}, {Date(time.Unix(math.MaxInt64, 0)), false}, {Date(time.Time{}), true},
		{Int64(math.MinInt64), true}, {Uint64(math.MaxUint64), true},
	} {
		out := newAnswer()
		answer(&out.Wire, members[0], nil, c.v, nil)
		if isError := tag(out.Tag&^tagAllocated) == tagError; isError == c.good {
			t.Errorf("%+v became %+v", c.v, out.Wire)
		} else if isError {
			if d := described(t, &out.Wire); d.Code != "ERR_OUT_OF_RANGE" || d.Name != "RangeError" || !strings.HasPrefix(d.Message, "the result ") {
				t.Errorf("%+v", d)
			}
		}
	}
}

// argumentData stands for C's memory, which does not move.
var argumentData [4]byte

func TestArgumentsAreReadByTheirKinds(t *testing.T) {
	float := func(f float64) Wire { return Wire{Tag: uint64(tagNumber), Bits: math.Float64bits(f)} }
	data := argumentData[:]
	copy(data, "data")
	encoded := Wire{Tag: uint64(tagBytes), Data: uintptr(unsafe.Pointer(&data[0])), Length: 4}
	wires := []Wire{float(-1), {Tag: uint64(tagUint64), Bits: math.MaxUint64}, float(1234), float(1.5), encoded, {Tag: uint64(tagBytes)}, {}}
	for name, a := range map[string]Args{"sync": {wires: wires}, "async": own(wires, &kept{})} {
		if a.Integer(0) != -1 || a.Uint64(1) != math.MaxUint64 || !a.Time(2).Equal(time.UnixMilli(1234)) || a.Duration(3) != 1500*time.Microsecond {
			t.Errorf("%s: %d, %d, %v, %v", name, a.Integer(0), a.Uint64(1), a.Time(2), a.Duration(3))
		}
		if string(a.Peek(4)) != "data" || a.Bytes(5) == nil || a.Has(6) || a.Has(7) || !a.Has(4) {
			t.Errorf("%s: %q, %v", name, a.Peek(4), a.Bytes(5))
		}
	}
	b := own(wires, &kept{})
	if data[0] = 'x'; string(b.Peek(4)) != "data" || &(Args{wires: wires}).Peek(4)[0] != &data[0] {
		t.Error("an async call's bytes are its own, a sync one's are not copied")
	}
}
