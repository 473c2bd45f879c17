package typed

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"
)

// hostileTypes are what FuzzDecode decodes arbitrary bytes into.
var hostileTypes = []reflect.Type{
	reflect.TypeFor[rich](), reflect.TypeFor[node](), reflect.TypeFor[mixed](), reflect.TypeFor[widths](), reflect.TypeFor[viaPtr](),
	reflect.TypeFor[[][][]string](), reflect.TypeFor[map[string]map[lang][]byte](), reflect.TypeFor[[3]*[2]time.Time](),
	reflect.TypeFor[[]byte](), reflect.TypeFor[[4]octet](), reflect.TypeFor[string](), reflect.TypeFor[[]time.Duration](),
	reflect.TypeFor[int64](), reflect.TypeFor[[]uint64](), reflect.TypeFor[float32](), reflect.TypeFor[[]bool](), reflect.TypeFor[*struct{}](),
}

// decodeHostile decodes what nobody has checked, and returns how many bytes
// were allocated for it.
func decodeHostile(of reflect.Type, b []byte) (v reflect.Value, allocated uint64, err error) {
	c := codecOf(of)
	v = reflect.New(of).Elem()
	before := heapAllocated()
	_, err = c.decode(b, v, 0)
	return v, heapAllocated() - before, err
}

func heapAllocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// roomFor bounds what so many bytes may allocate: a slice's first room at each
// of 1000 levels, and for each byte the largest of what one may stand for.
func roomFor(n int) uint64 { return uint64(1<<20 + 4096*n) }

func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for i, of := range hostileTypes {
		for range 4 {
			v := reflect.New(of).Elem()
			fillAtRandom(r, v, false, 2)
			b, err := codecOf(of).encode(nil, v, 0)
			if err != nil {
				continue // a number that is beyond the safe ones
			}
			js, _ := relay(f, schemaIn(mustMarshal(codecOf(of).schema)), b)
			f.Add(uint8(i), js)
			f.Add(uint8(i), b) // Go's own numbers are none of JS's
			f.Add(uint8(i), js[:len(js)/2])
		}
		for lead := 0xbf; lead <= 0xe0; lead++ { // and so the first of all kinds, but for short ones
			f.Add(uint8(i), append([]byte{byte(lead)}, bytes.Repeat([]byte{0xff}, 9)...))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, b []byte) {
		of := hostileTypes[int(which)%len(hostileTypes)]
		given := bytes.Clone(b)
		v, allocated, err := decodeHostile(of, b)
		if allocated > roomFor(len(b)) {
			t.Errorf("%v: %d bytes allocated %d", of, len(b), allocated)
		}
		if !bytes.Equal(b, given) {
			t.Errorf("%v: the message was changed", of)
		}
		if err == nil {
			comesBack(t, of, v)
		}
	})
}

// comesBack sends what was accepted to JS and back, if it crosses at all.
func comesBack(t *testing.T, of reflect.Type, v reflect.Value) {
	t.Helper()
	c := codecOf(of)
	b, err := c.encode(nil, v, 0)
	if err != nil {
		return // a number that is beyond the safe ones
	}
	js, rest := relay(t, schemaIn(mustMarshal(c.schema)), b)
	again, _, err := decodeHostile(of, js)
	if err != nil || len(rest) != 0 {
		t.Fatalf("%v: what was accepted is refused: %v", of, err)
	}
	if second, err := c.encode(nil, again, 0); err != nil || len(second) != len(b) {
		t.Fatalf("%v: %x came back as %x, %v", of, b, second, err)
	}
}

func TestAForgedLengthAllocatesNothingLarge(t *testing.T) {
	header := func(n uint32) []byte { return msgp.AppendArrayHeader(nil, n) }
	filler := make([]byte, 1<<20)
	kids := func(n uint32) []byte { // each level claims all that follows
		level := append(header(4), append(msgp.AppendFloat64(nil, 0), 0xc0)...)
		return append(bytes.Repeat(append(level, header(n)...), 990), filler...)
	}
	maps := bytes.Repeat(append(header(4), append(append(msgp.AppendFloat64(nil, 0), 0xc0, 0xc0), append(header(1<<20), 0xa0)...)...), 990)
	for name, c := range map[string]struct {
		of reflect.Type
		b  []byte
	}{
		"list beyond the end":   {reflect.TypeFor[[]rich](), header(math.MaxUint32)},
		"list of all the bytes": {reflect.TypeFor[[]rich](), append(header(1<<20), filler...)},
		"lists in lists":        {reflect.TypeFor[node](), kids(1 << 20)},
		"maps in maps":          {reflect.TypeFor[node](), append(maps, filler...)},
		"map of all the bytes":  {reflect.TypeFor[map[string]rich](), append(header(1<<20), filler...)},
		"string":                {reflect.TypeFor[string](), append([]byte{0xdb, 0xff, 0xff, 0xff, 0xff}, filler...)},
		"bytes":                 {reflect.TypeFor[[]byte](), append([]byte{0xc6, 0xff, 0xff, 0xff, 0xff}, filler...)},
		"array":                 {reflect.TypeFor[[2]rich](), header(math.MaxUint32)},
	} {
		v, allocated, err := decodeHostile(c.of, c.b)
		if err == nil || allocated > 16<<20 || errors.Is(err, errShort) != (len(c.b) < 100) {
			t.Errorf("%s: %d bytes allocated %d for %v: %.200v", name, len(c.b), allocated, v.Type(), err)
		}
	}
}

// The elements of a rest parameter are no value of their own, but as hostile.
func TestAForgedLengthOfRestParametersAllocatesNothingLarge(t *testing.T) {
	b := append(msgp.AppendArrayHeader(nil, 1<<20), make([]byte, 1<<20)...)
	before := heapAllocated()
	_, err := callMember(t, "Arguments.rest", 0, bytesWire(b))
	if err == nil || heapAllocated()-before > 16<<20 {
		t.Errorf("%d bytes allocated, %v", heapAllocated()-before, err)
	}
}

func TestWhatJSNeverSendsIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		of reflect.Type
		b  string
	}{
		"nothing":                 {reflect.TypeFor[int](), ""},
		"an integer for a number": {reflect.TypeFor[int](), "\x01"},
		"a single for a double":   {reflect.TypeFor[float64](), "\xca\x00\x00\x00\x00"},
		"a string for bytes":      {reflect.TypeFor[[]byte](), "\xa1a"},
		"bytes for a string":      {reflect.TypeFor[string](), "\xc4\x01a"},
		"a map for a struct":      {reflect.TypeFor[Leaf](), "\x81\xa4Leaf\xcb\x00\x00\x00\x00\x00\x00\x00\x00"},
		"too few properties":      {reflect.TypeFor[Deep](), "\x91\xc0"},
		"too many properties":     {reflect.TypeFor[Leaf](), "\x92\xc0\xc0"},
		"a key without a value":   {reflect.TypeFor[map[string]bool](), "\x91\xa1k"},
		"a key that is no string": {reflect.TypeFor[map[string]bool](), "\x92\xc3\xc3"},
		"null for a string":       {reflect.TypeFor[string](), "\xc0"},
		"null for an element":     {reflect.TypeFor[[]bool](), "\x91\xc0"},
		"an extension":            {reflect.TypeFor[time.Time](), "\xd6\xff\x00\x00\x00\x00"},
		"a time between numbers":  {reflect.TypeFor[time.Time](), "\xcb\x3f\xe0\x00\x00\x00\x00\x00\x00"},
	} {
		if v, _, err := decodeHostile(c.of, []byte(c.b)); err == nil || strings.Contains(err.Error(), "panic") {
			t.Errorf("%s became the %v %v", name, c.of, v)
		}
	}
}
