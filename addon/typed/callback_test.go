package typed

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/quiesce/quiesce/addon/door"
)

// calls is what the last member of Callbacks was given.
var calls struct {
	none   func()
	text   func(string)
	word   func(lang)
	bytes  func([]byte)
	blob   func(raw)
	truth  func(bool)
	small  func(int8)
	count  func(uint)
	big    func(int64)
	huge   func(uint64)
	serial func(serial)
	ratio  func(float32)
	at     func(time.Time)
	pause  func(time.Duration)
	list   func([]int)
	four   func([4]byte)
	maybe  func(*string)
	two    func(string, []int)
	three  func(int, *Leaf, uint)
	fourth func(uint64, int, time.Time, []int)
}

// keep makes a member that keeps its callback.
func keep(name string, param door.Param, keep func(a door.Args)) *door.Member {
	return door.Static(name, door.Params{param}, func(a door.Args) (door.Value, error) {
		keep(a)
		return door.Value{}, nil
	})
}

func keep1[A any](name string, into *func(A)) *door.Member {
	return keep(name, CallbackParam("f", SchemaOf[A]()), func(a door.Args) { *into = Callback1[A](a, 0) })
}

func init() {
	door.NewClass("Callbacks").Define(
		keep("none", CallbackParam("f"), func(a door.Args) { calls.none = Callback0(a, 0) }),
		keep1("text", &calls.text), keep1("word", &calls.word), keep1("bytes", &calls.bytes), keep1("blob", &calls.blob),
		keep1("truth", &calls.truth), keep1("small", &calls.small), keep1("count", &calls.count), keep1("big", &calls.big),
		keep1("huge", &calls.huge), keep1("serial", &calls.serial), keep1("ratio", &calls.ratio), keep1("at", &calls.at),
		keep1("pause", &calls.pause), keep1("list", &calls.list), keep1("four", &calls.four), keep1("maybe", &calls.maybe),
		keep("two", CallbackParam("f", SchemaOf[string](), SchemaOf[[]int]()), func(a door.Args) { calls.two = Callback2[string, []int](a, 0) }),
		keep("three", CallbackParam("f", SchemaOf[int](), SchemaOf[*Leaf](), SchemaOf[uint]()),
			func(a door.Args) { calls.three = Callback3[int, *Leaf, uint](a, 0) }),
		keep("fourth", CallbackParam("f", SchemaOf[uint64](), SchemaOf[int](), SchemaOf[time.Time](), SchemaOf[[]int]()),
			func(a door.Args) { calls.fourth = Callback4[uint64, int, time.Time, []int](a, 0) }),
	)
}

const called = 1 << 63 // the bit of a completion that is a callback's

// called has the member keep a callback of the env, has it called, and returns
// what comes of it.
func (e *env) called(t *testing.T, name string, call func()) door.Wire {
	t.Helper()
	e.calls++
	number := e.calls
	if _, err := callMember(t, "Callbacks."+name, 0, door.Wire{Tag: tagCallback, Bits: number, Length: e.number}); err != nil {
		t.Fatal(err)
	}
	call()
	for {
		if c := e.next(t); c.call == called|number {
			return c.result
		}
	}
}

func TestASingleValueCrossesToACallbackAsItIs(t *testing.T) {
	e := newEnv(t)
	at := time.UnixMilli(1234)
	for name, c := range map[string]struct {
		call func()
		tag  uint64
		want string
	}{
		"text":   {func() { calls.text("a\x00b") }, tagString, "a\x00b"},
		"word":   {func() { calls.word("de") }, tagString, "de"},
		"bytes":  {func() { calls.bytes([]byte{1, 0, 2}) }, tagBytes, "\x01\x00\x02"},
		"blob":   {func() { calls.blob(nil) }, tagBytes, ""},
		"truth":  {func() { calls.truth(true) }, tagBool, "1"},
		"small":  {func() { calls.small(-128) }, tagNumber, "-128"},
		"count":  {func() { calls.count(safe) }, tagNumber, "9007199254740991"},
		"big":    {func() { calls.big(math.MinInt64) }, tagInt64, fmt.Sprint(uint64(1 << 63))},
		"huge":   {func() { calls.huge(math.MaxUint64) }, tagUint64, fmt.Sprint(uint64(math.MaxUint64))},
		"serial": {func() { calls.serial(-safe) }, tagNumber, "-9007199254740991"},
		"ratio":  {func() { calls.ratio(0.1) }, tagNumber, fmt.Sprint(float64(float32(0.1)))},
		"at":     {func() { calls.at(at) }, tagDate, "1234"},
		"pause":  {func() { calls.pause(1500 * time.Microsecond) }, tagNumber, "1.5"},
	} {
		w := e.called(t, name, c.call)
		if got := textOf(&w); w.Tag&^tagAllocated != c.tag || got != c.want {
			t.Errorf("%s: tag %d, %q", name, w.Tag, got)
		}
	}
}

func textOf(w *door.Wire) string {
	switch w.Tag &^ tagAllocated {
	case tagString, tagBytes:
		return string(taken(w))
	case tagNumber, tagDate:
		f := math.Float64frombits(w.Bits)
		if f == math.Trunc(f) {
			return fmt.Sprintf("%.0f", f)
		}
		return fmt.Sprint(f)
	}
	return fmt.Sprint(w.Bits)
}

// A producer may fill its buffer anew at once: the call comes later.
func TestBytesOfACallbackAreCopied(t *testing.T) {
	b := []byte("before")
	w := newEnv(t).called(t, "bytes", func() {
		calls.bytes(b)
		clear(b)
	})
	if got := textOf(&w); got != "before" {
		t.Errorf("%q", got)
	}
}

func TestSeveralValuesOrCompositeOnesCrossAsAList(t *testing.T) {
	e := newEnv(t)
	for name, c := range map[string]struct {
		call func()
		want string
	}{
		"none":   {func() { calls.none() }, "\x90"},
		"list":   {func() { calls.list([]int{1}) }, "\x91\x91\x01"},
		"four":   {func() { calls.four([4]byte{1, 2, 3, 4}) }, "\x91\xc4\x04\x01\x02\x03\x04"},
		"maybe":  {func() { calls.maybe(nil) }, "\x91\xc0"},
		"two":    {func() { calls.two("a", nil) }, "\x92\xa1a\xc0"},
		"three":  {func() { calls.three(-1, &Leaf{2}, 3) }, "\x93\xff\x91\x02\x03"},
		"fourth": {func() { calls.fourth(3, 4, time.UnixMilli(0), nil) }, "\x94\x03\x04\xcb\x00\x00\x00\x00\x00\x00\x00\x00\xc0"},
	} {
		w := e.called(t, name, c.call)
		if got := textOf(&w); w.Tag&^tagAllocated != tagBytes || got != c.want {
			t.Errorf("%s: tag %d, %x", name, w.Tag, got)
		}
	}
}

func TestAValueThatJSCannotHoldIsThrownWhereTheCallbackIs(t *testing.T) {
	e := newEnv(t)
	far := time.Unix(math.MaxInt64, 0)
	for _, c := range []struct {
		name string
		call func()
	}{
		{"count", func() { calls.count(safe + 1) }},
		{"serial", func() { calls.serial(safe + 1) }},
		{"at", func() { calls.at(far) }},
		{"list", func() { calls.list([]int{safe + 1}) }},
		{"two", func() { calls.two("", []int{0, safe + 1}) }},
		{"three", func() { calls.three(safe+1, nil, 0) }},
		{"three", func() { calls.three(0, &Leaf{safe + 1}, 0) }},
		{"three", func() { calls.three(0, nil, safe+1) }},
		{"fourth", func() { calls.fourth(0, safe+1, time.Time{}, nil) }},
		{"fourth", func() { calls.fourth(0, 0, far, nil) }},
		{"fourth", func() { calls.fourth(0, 0, time.Time{}, []int{safe + 1}) }},
	} {
		w := e.called(t, c.name, c.call)
		err := failure(&w)
		wantCode(t, err, "ERR_OUT_OF_RANGE")
		if !strings.HasPrefix(err.(*failed).Message, "an argument of the callback") || err.(*failed).Name != "RangeError" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
