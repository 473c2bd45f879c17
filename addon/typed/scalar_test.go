package typed

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"
)

type widths struct {
	I8  int8   `json:"i8"`
	I16 int16  `json:"i16"`
	I32 int32  `json:"i32"`
	U8  uint8  `json:"u8"`
	U16 uint16 `json:"u16"`
	U32 uint32 `json:"u32"`
	I   int    `json:"i"`
	U   uint   `json:"u"`
}

const safe = 1<<53 - 1

var (
	least = widths{math.MinInt8, math.MinInt16, math.MinInt32, 0, 0, 0, -safe, 0}
	most  = widths{math.MaxInt8, math.MaxInt16, math.MaxInt32, math.MaxUint8, math.MaxUint16, math.MaxUint32, safe, safe}
)

type (
	lang   string
	level  int8
	truth  bool
	ratio  float32
	raw    []byte
	serial int64
	amount uint64
)

type names struct {
	Lang  lang          `json:"lang"`
	Level level         `json:"level"`
	Flag  truth         `json:"flag"`
	Ratio ratio         `json:"ratio"`
	Raw   raw           `json:"raw"`
	ByKey map[lang]lang `json:"byKey"`
}

type numbered struct {
	Serial serial            `json:"serial"` // a NumberType
	Amount amount            `json:"amount"`
	Deep   map[string]serial `json:"deep"`
	Tagged []int64           `json:"tagged" quiesce:"number"`
	ByKey  map[string]uint64 `json:"byKey" quiesce:"number"`
	Maybe  *uint64           `json:"maybe" quiesce:"number"`
	Big    []int64           `json:"big"`
}

type moments struct {
	At  time.Time     `json:"at"`
	For time.Duration `json:"for"`
}

var _ = registered[widths]() && registered[names]() && registered[moments]() &&
	func() bool { NumberType[serial](); return registered[numbered]() }()

// same fails the test unless the value comes back as it was.
func same[T any](t testing.TB, v T) {
	t.Helper()
	if back, err := throughJS(t, v); err != nil || !reflect.DeepEqual(back, v) {
		t.Errorf("%T: %+v came back as %+v, %v", v, v, back, err)
	}
}

func TestIntegersOfEachWidthCrossUpToTheirExtremes(t *testing.T) {
	same(t, least)
	same(t, most)
	same(t, widths{})
	for shift := range 53 { // the encoding changes its width with the size
		for _, i := range []int{1<<shift - 1, 1 << shift, -1 << shift, -1<<shift - 1} {
			same(t, i)
			same(t, uint(max(i, 0)))
			same(t, uint32(uint64(i)))
			same(t, int32(i))
		}
	}
}

// decodeField decodes a struct whose numbers are 0 but for one.
func decodeField(name string, f float64) (w widths, err error) {
	fields := fieldsOf(reflect.TypeFor[widths]())
	b := msgp.AppendArrayHeader(nil, uint32(len(fields)))
	for _, field := range fields {
		if field.name == name {
			b = msgp.AppendFloat64(b, f)
		} else {
			b = msgp.AppendFloat64(b, 0)
		}
	}
	_, err = codecOf(reflect.TypeFor[widths]()).decode(b, reflect.ValueOf(&w).Elem(), 0)
	return w, err
}

func TestANumberThatDoesNotFitIsARangeErrorAtItsPath(t *testing.T) {
	low, high := reflect.ValueOf(least), reflect.ValueOf(most)
	for i, f := range fieldsOf(low.Type()) {
		lower, upper := number(low.Field(i)), number(high.Field(i))
		for _, good := range []float64{lower, upper, math.Copysign(0, -1)} {
			if w, err := decodeField(f.name, good); err != nil || number(reflect.ValueOf(w).Field(i)) != good {
				t.Errorf("%s: %v was refused or became another: %v", f.name, good, err)
			}
		}
		for _, bad := range []float64{lower - 1, upper + 1, 0.5, math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e300} {
			_, err := decodeField(f.name, bad)
			wantRangeError(t, err, "."+f.name)
		}
	}
}

func number(v reflect.Value) float64 {
	if v.CanInt() {
		return float64(v.Int())
	}
	return float64(v.Uint())
}

func TestNothingIsRoundedOnTheWayOut(t *testing.T) {
	type entry struct {
		Total int `json:"total"`
	}
	list := struct {
		List []entry `json:"list"`
	}{make([]entry, 3)}
	for _, i := range []int{safe + 1, -safe - 1, math.MaxInt64, math.MinInt64} {
		list.List[2].Total = i
		_, err := appendValue(nil, &list)
		wantRangeError(t, err, ".list[2].total")
	}
	byKey := map[string][]uint{"a \"key\"": {1, safe + 1}}
	_, err := appendValue(nil, &byKey)
	wantRangeError(t, err, `["a \"key\""][1]`)
	unsigned := uint(math.MaxUint64)
	if _, err := appendValue(nil, &unsigned); err == nil {
		t.Error("2^64 - 1 was taken for a number")
	}
}

func TestFloatsCrossExactly(t *testing.T) {
	for _, f := range []float64{0, 1, -1.5, math.Pi, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), 1 << 60} {
		same(t, f)
		same(t, float32(f))
	}
	back, err := throughJS(t, []float64{math.Copysign(0, -1), math.NaN()})
	if err != nil || !math.Signbit(back[0]) || !math.IsNaN(back[1]) {
		t.Errorf("-0, NaN came back as %v, %v", back, err)
	}
	single, err := throughJS(t, []float32{float32(math.Copysign(0, -1)), float32(math.NaN()), math.MaxFloat32})
	if err != nil || !math.Signbit(float64(single[0])) || single[1] == single[1] || single[2] != math.MaxFloat32 {
		t.Errorf("-0, NaN and the most came back as %v, %v", single, err)
	}
}

func TestIntegersOf64BitsAreBigints(t *testing.T) {
	same(t, []int64{0, 1, -1, safe + 2, math.MaxInt64, math.MinInt64, -32, -33, 127, 128})
	same(t, []uint64{0, 1, safe + 2, math.MaxInt64 + 1, math.MaxUint64, 127, 128, math.MaxUint32 + 1})
	for _, c := range []struct {
		b    []byte
		into any
	}{
		{msgp.AppendUint64(nil, 1<<63), new(int64)},
		{msgp.AppendInt64(nil, -1), new(uint64)},
		{msgp.AppendFloat64(nil, 1), new(int64)},
	} {
		v := reflect.ValueOf(c.into).Elem()
		if _, err := codecOf(v.Type()).decode(c.b, v, 0); err == nil {
			t.Errorf("%x became the %T %v", c.b, c.into, v)
		}
	}
}

func TestNamedTypesAreWhatTheyAreUnderneath(t *testing.T) {
	same(t, names{"de", -3, true, 1.5, raw{1, 2}, map[lang]lang{"a": "b"}})
	same(t, []raw{{}, {0, 255}})
}

func TestNumberTypesAndTaggedFieldsAreNumbers(t *testing.T) {
	maybe := uint64(7)
	good := numbered{5, 1 << 63, map[string]serial{"a": safe}, []int64{-safe}, map[string]uint64{"k": safe}, &maybe, []int64{1 << 62}}
	same(t, good)
	for path, spoil := range map[string]func(*numbered){
		".serial":     func(n *numbered) { n.Serial = safe + 1 },
		`.deep["a"]`:  func(n *numbered) { n.Deep = map[string]serial{"a": -safe - 1} },
		".tagged[1]":  func(n *numbered) { n.Tagged = []int64{0, math.MinInt64} },
		`.byKey["k"]`: func(n *numbered) { n.ByKey = map[string]uint64{"k": math.MaxUint64} },
		".maybe":      func(n *numbered) { n.Maybe = new(uint64); *n.Maybe = safe + 1 },
	} {
		bad := good
		spoil(&bad)
		_, err := appendValue(nil, &bad)
		wantRangeError(t, err, path)
	}
	if schema := fmt.Sprint(codecOf(reflect.TypeFor[amount]()).schema); schema != "uint64" {
		t.Errorf("a type that is no NumberType is a %s", schema)
	}
}

func TestTimesCrossInMillisecondsAndNotBeyondADate(t *testing.T) {
	for _, ms := range []int64{0, 1, -1, 8.64e15, -8.64e15, time.Time{}.UnixMilli()} {
		same(t, moments{At: time.UnixMilli(ms)})
	}
	cut := moments{At: time.Unix(1, 999_999_999)}
	if back, err := throughJS(t, cut); err != nil || back.At.UnixNano() != 1_999_000_000 {
		t.Errorf("%v, %v", back.At, err)
	}
	before := moments{At: time.Unix(-1, 999_999)} // the last ns that belong to the millisecond before
	if back, err := throughJS(t, before); err != nil || back.At.UnixMilli() != -1000 {
		t.Errorf("%v, %v", back.At, err)
	}
	if back, err := throughJS(t, moments{}); err != nil || !back.At.IsZero() {
		t.Errorf("the zero time came back as %v, %v", back.At, err)
	}
	for _, far := range []time.Time{
		time.UnixMilli(8.64e15 + 1), time.UnixMilli(-8.64e15 - 1), time.Unix(8.64e12, 1), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0),
	} {
		_, err := appendValue(nil, &moments{At: far})
		wantRangeError(t, err, ".at")
	}
	_, err := codecOf(timeType).decode(msgp.AppendFloat64(nil, math.NaN()), reflect.ValueOf(new(time.Time)).Elem(), 0)
	if err == nil {
		t.Error("NaN became a time")
	}
}

func TestDurationsCrossInMillisecondsWithFractions(t *testing.T) {
	for _, d := range []time.Duration{0, 1, -1, 1500 * time.Microsecond, time.Hour + 1, 1<<50 - 1, math.MaxInt64, math.MinInt64} {
		same(t, moments{time.UnixMilli(0), d})
	}
	b, _ := appendValue(nil, &moments{For: 1500 * time.Microsecond})
	if ms, _, err := msgp.ReadFloat64Bytes(b[len(b)-9:]); err != nil || ms != 1.5 {
		t.Errorf("1.5 ms crosses as %v, %v", ms, err)
	}
}

func TestStringsCrossAsUTF8(t *testing.T) {
	for _, s := range []string{"", "a", "\x00", "\u2028\u00e9\U0001F600", "\ufffd", string(make([]byte, 70_000))} {
		same(t, s)
	}
	for given, want := range map[string]string{
		"a\xffb":       "a\ufffdb",
		"\xed\xa0\x80": "\ufffd\ufffd\ufffd", // a surrogate is no character
		"\xf0\x9f\x98": "\ufffd\ufffd\ufffd", // cut off
	} {
		if back, err := throughJS(t, given); err != nil || back != want {
			t.Errorf("%q came back as %q, %v", given, back, err)
		}
	}
	same(t, []bool{true, false})
}
