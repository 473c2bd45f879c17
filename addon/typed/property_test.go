package typed

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"
)

// A rich value has every kind of type in it.
type rich struct {
	Bool   bool                     `json:"bool"`
	I8     int8                     `json:"i8"`
	I16    int16                    `json:"i16,omitempty"`
	I32    int32                    `json:"i32"`
	Int    int                      `json:"int"`
	I64    int64                    `json:"i64"`
	Number int64                    `json:"number" quiesce:"number"`
	U8     uint8                    `json:"u8"`
	U16    uint16                   `json:"u16"`
	U32    uint32                   `json:"u32,omitzero"`
	Uint   uint                     `json:"uint"`
	U64    uint64                   `json:"u64"`
	F32    float32                  `json:"f32"`
	F64    float64                  `json:"f64"`
	Text   string                   `json:"text"`
	Named  lang                     `json:"named"`
	Raw    []byte                   `json:"raw"`
	Sum    [5]byte                  `json:"sum"`
	At     time.Time                `json:"at"`
	For    time.Duration            `json:"for"`
	List   []*rich                  `json:"list"`
	Table  [][]int32                `json:"table"`
	ByName map[lang]pair[lang, int] `json:"byName"`
	Blobs  map[string][]byte        `json:"blobs"`
	Maybe  *uint64                  `json:"maybe"`
	Fixed  [2]map[string]bool       `json:"fixed"`
	Inline struct{ A, B *string }
	Deep
	*Leaf
}

var _ = registered[rich]()

// fillAtRandom fills v with what crosses unchanged; at most depth structs deep.
func fillAtRandom(r *rand.Rand, v reflect.Value, number bool, depth int) {
	switch {
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(time.UnixMilli(r.Int64N(2*8.64e15) - 8.64e15)))
	case v.Type() == durationType:
		v.SetInt(randomInteger(r, 50))
	case v.CanInt():
		v.SetInt(fitting(randomInteger(r, bitsOf(v, number)), v.Type().Bits()))
	case v.CanUint():
		v.SetUint(uint64(randomInteger(r, bitsOf(v, number))) & (1<<bitsOf(v, number) - 1))
	case v.CanFloat():
		v.SetFloat(randomFloat(r, v.Kind() == reflect.Float32))
	default:
		fillComposite(r, v, number, depth)
	}
}

func fillComposite(r *rand.Rand, v reflect.Value, number bool, depth int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 1)
	case reflect.String:
		v.SetString(randomText(r))
	case reflect.Struct:
		for i := range v.NumField() {
			fillAtRandom(r, v.Field(i), v.Type().Field(i).Tag.Get("quiesce") == "number", depth-1)
		}
	case reflect.Array:
		for i := range v.Len() {
			fillAtRandom(r, v.Index(i), number, depth)
		}
	case reflect.Slice:
		isBytes := v.Type().Elem().Kind() == reflect.Uint8 // nil ones come back empty
		if isBytes || (depth > 0 && r.IntN(4) > 0) {
			v.Set(reflect.MakeSlice(v.Type(), r.IntN(4), 4))
		}
		for i := range v.Len() {
			fillAtRandom(r, v.Index(i), number, depth)
		}
	case reflect.Pointer:
		if depth > 0 && r.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fillAtRandom(r, v.Elem(), number, depth)
		}
	case reflect.Map:
		if r.IntN(4) == 0 {
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(4) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fillAtRandom(r, key, false, depth)
			fillAtRandom(r, value, number, depth)
			v.SetMapIndex(key, value)
		}
	}
}

// bitsOf tells how many bits of an integer cross.
func bitsOf(v reflect.Value, number bool) int {
	if number || v.Kind() == reflect.Int || v.Kind() == reflect.Uint {
		return 53
	}
	return v.Type().Bits()
}

// randomInteger returns one of up to so many bits, small ones as often as large.
func randomInteger(r *rand.Rand, bits int) int64 {
	i := int64(r.Uint64() >> (64 - bits) >> r.IntN(bits))
	if r.IntN(2) == 0 {
		return -i
	}
	return i
}

func fitting(i int64, bits int) int64 { return i << (64 - bits) >> (64 - bits) }

func randomFloat(r *rand.Rand, single bool) float64 {
	f := math.Float64frombits(r.Uint64())
	if single {
		f = float64(math.Float32frombits(r.Uint32()))
	}
	if f != f {
		return math.Inf(1)
	}
	return f
}

func randomText(r *rand.Rand) string {
	alphabet := []rune("a\x00é\u2028日\U0001F600\ufffd\"\\_")
	s := make([]rune, r.IntN(40))
	for i := range s {
		s[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(s)
}

func TestAnyValueComesBackAsItWas(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	for range 150 {
		var v rich
		fillAtRandom(r, reflect.ValueOf(&v).Elem(), false, 4)
		if v.Leaf == nil {
			v.Leaf = &Leaf{} // where it is nil "Leaf" is left out, as if it were not embedded
		}
		back, err := throughJS(t, v)
		if err != nil || !reflect.DeepEqual(back, v) {
			t.Fatalf("seed %d: %+v\ncame back as %+v, %v", seed, v, back, err)
		}
	}
}

// Whatever is cut off or changed is an error, or another value; and the codec
// reads no further than its value.
func TestNoByteIsReadBeyondTheValue(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var v rich
	fillAtRandom(r, reflect.ValueOf(&v).Elem(), false, 3)
	b, err := appendValue(nil, &v)
	if err != nil {
		t.Fatal(err)
	}
	c := codecOf(reflect.TypeFor[rich]())
	js, _ := relay(t, schemaIn(mustMarshal(c.schema)), b)
	for n := range js {
		var into rich
		if _, err := c.decode(js[:n:n], reflect.ValueOf(&into).Elem(), 0); err == nil {
			t.Fatalf("%d of %d bytes were a whole value", n, len(js))
		}
	}
	var into rich
	rest, err := c.decode(msgp.AppendNil(js), reflect.ValueOf(&into).Elem(), 0)
	if err != nil || len(rest) != 1 {
		t.Errorf("%d bytes are left, %v", len(rest), err)
	}
}
