package typed

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"github.com/quiesce/quiesce/addon/door"
)

type options struct {
	Limit int    `json:"limit,omitempty"`
	Name  string `json:"name"`
}

// took is what the last member of Arguments was called with.
var took any

func init() {
	door.NewClass("Arguments").Define(
		door.Static("value", door.Params{Param[map[string][]int]("value")}, func(a door.Args) (door.Value, error) {
			v, err := Arg[map[string][]int](a, 0)
			took = v
			return door.Value{}, err
		}),
		door.Static("options", door.Params{OptionsParam[*options]("opts")}, func(a door.Args) (door.Value, error) {
			v, err := Arg[*options](a, 0)
			took = v
			return door.Value{}, err
		}),
		door.Static("rest", door.Params{RestParam[rich]("rest")}, func(a door.Args) (door.Value, error) {
			v, err := Rest[rich](a, 0)
			took = v
			return door.Value{}, err
		}),
		door.Static("words", door.Params{door.Param{Name: "n", Kind: door.KindInteger}, RestParam[string]("words")}, func(a door.Args) (door.Value, error) {
			v, err := Rest[string](a, 1)
			took = v
			return door.Value{}, err
		}),
		door.Static("result", nil, func(door.Args) (door.Value, error) { return Value(took.([]int)) }).Returns(SchemaOf[[]int]()),
	)
}

// bytesWire passes a copy of bytes, in memory that stays.
func bytesWire(b []byte) door.Wire {
	w := door.Wire{Tag: tagBytes, Data: door.Memory.Alloc(uint64(len(b))), Length: uint64(len(b))}
	copy(viewOf(&w), b)
	return w
}

func numberWire(f float64) door.Wire { return door.Wire{Tag: tagNumber, Bits: math.Float64bits(f)} }

func TestAnEncodedArgumentIsDecoded(t *testing.T) {
	b := msgp.AppendString(msgp.AppendArrayHeader(nil, 2), "k")
	b = msgp.AppendFloat64(msgp.AppendArrayHeader(b, 1), 7)
	if _, err := callMember(t, "Arguments.value", 0, bytesWire(b)); err != nil || !reflect.DeepEqual(took, map[string][]int{"k": {7}}) {
		t.Errorf("%v, %v", took, err)
	}
	b = b[:len(b)-9]
	_, err := callMember(t, "Arguments.value", 0, bytesWire(msgp.AppendFloat64(b, 0.5)))
	wantCode(t, err, "ERR_OUT_OF_RANGE")
	var f *failed
	if errors.As(err, &f); f.Name != "RangeError" || !strings.HasPrefix(f.Message, `argument 1:["k"][0] `) {
		t.Errorf("%+v", f)
	}
	if _, err := callMember(t, "Arguments.value", 0, bytesWire(b)); err == nil || took == nil {
		t.Errorf("a message that is cut off was accepted: %v", err)
	}
}

func TestOptionsThatAreLeftOutOrNullAreNil(t *testing.T) {
	full := msgp.AppendString(msgp.AppendFloat64(msgp.AppendArrayHeader(nil, 2), 3), "n")
	for name, c := range map[string]struct {
		args []door.Wire
		want *options
	}{
		"none":      {nil, nil},
		"undefined": {[]door.Wire{{Tag: tagUndefined}}, nil},
		"null":      {[]door.Wire{bytesWire([]byte{0xc0})}, nil},
		"some":      {[]door.Wire{bytesWire([]byte("\x92\xc0\xa1n"))}, &options{Name: "n"}},
		"all":       {[]door.Wire{bytesWire(full)}, &options{3, "n"}},
	} {
		if _, err := callMember(t, "Arguments.options", 0, c.args...); err != nil || !reflect.DeepEqual(took, c.want) {
			t.Errorf("%s: %+v, %v", name, took, err)
		}
	}
}

func TestRestParametersComeAsAListOfAnyLength(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 1000} {
		b, want := msgp.AppendArrayHeader(nil, uint32(n)), make([]string, n)
		for i := range want {
			want[i] = strings.Repeat("x", i)
			b = msgp.AppendString(b, want[i])
		}
		if _, err := callMember(t, "Arguments.words", 0, numberWire(0), bytesWire(b)); err != nil || !reflect.DeepEqual(took, want) {
			t.Errorf("%d words became %v, %v", n, took, err)
		}
	}
	_, err := callMember(t, "Arguments.words", 0, numberWire(0), bytesWire([]byte("\x92\xa1a\xc3")))
	if err == nil || !strings.Contains(err.Error(), "argument 2:") {
		t.Error(err)
	}
}

func TestAResultThatDoesNotFitIsARangeErrorWithItsPath(t *testing.T) {
	took = []int{1, 1 << 60}
	_, err := callMember(t, "Arguments.result", 0)
	wantCode(t, err, "ERR_OUT_OF_RANGE")
	if !strings.HasPrefix(err.(*failed).Message, "the result[1] 1152921504606846976 is beyond") {
		t.Error(err)
	}
	took = []int{1, 2}
	out, err := callMember(t, "Arguments.result", 0)
	if b := taken(&out); err != nil || string(b) != "\x92\x01\x02" {
		t.Errorf("%x, %v", b, err)
	}
}

func TestParametersAreDescribedByTheirSchemas(t *testing.T) {
	for name, want := range map[string]string{
		"Arguments.value":   `[{"name":"value","kind":"encoded","schema":{"nullable":{"map":{"nullable":{"list":"int"}}}}}]`,
		"Arguments.options": `[{"name":"opts","kind":"encoded","optional":true,"schema":{"nullable":{"struct":"options"}},"options":true}]`,
		"Arguments.rest":    `[{"name":"rest","kind":"encoded","schema":{"list":{"struct":"rich"}},"rest":true}]`,
		"Arguments.result":  `[]`,
	} {
		if got := string(describe().Members[memberNumber(t, name)].Params); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	got := describe().Types["options"].Fields
	if want := []schemaField{{"limit", "int", true}, {"name", "string", false}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestTwoStructsOfOneNameStayApart(t *testing.T) {
	if oneTwin == otherTwin {
		t.Errorf("both are %s", otherTwin)
	}
	for name, d := range describe().Types {
		if strings.Contains(name, "[") {
			t.Errorf("%s is no name: %v", name, d)
		}
	}
}

type twin struct{ A int }

var oneTwin, otherTwin = SchemaOf[twin](), func() door.Schema {
	type twin struct{ B string }
	SchemaOf[pair[string, twin]]()
	return SchemaOf[twin]()
}()
