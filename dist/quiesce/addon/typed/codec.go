package typed

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/quiesce/quiesce/addon/door"
)

// maxDepth bounds how deep a value may be nested; lib/schema.js has the same.
// It is also what ends a value that contains itself.
const maxDepth = 1000

// A codec turns the values of one type into MessagePack and back.
type codec struct {
	schema any // as lib/schema.js reads it, once it is JSON
	encode func(b []byte, v reflect.Value, depth int) ([]byte, error)
	decode func(b []byte, v reflect.Value, depth int) ([]byte, error)
}

// A key names a codec: number tells that 64-bit integers are JS numbers.
type key struct {
	t      reflect.Type
	number bool
}

// ready has the codecs that codecOf has returned, for calls to find without a
// lock.
var ready sync.Map // reflect.Type -> *codec

var codecs = struct {
	sync.Mutex
	made    map[key]*codec
	numbers map[reflect.Type]bool
	names   map[string]bool
}{made: map[key]*codec{}, numbers: map[reflect.Type]bool{}, names: map[string]bool{}}

// codecOf returns the codec of a type. The first call for a type, which must be
// in an init function, makes it; it panics for a type that JS has nothing for.
func codecOf(t reflect.Type) *codec {
	if c, ok := ready.Load(t); ok {
		return c.(*codec)
	}
	codecs.Lock()
	defer codecs.Unlock()
	c := makeCodec(t, false)
	ready.Store(t, c)
	return c
}

// makeCodec is called under the lock. A type that contains itself finds its own
// codec there, still empty.
func makeCodec(t reflect.Type, number bool) *codec {
	k := key{t, number}
	if c := codecs.made[k]; c != nil {
		return c
	}
	c := &codec{}
	codecs.made[k] = c
	filled := false
	defer func() {
		if !filled {
			delete(codecs.made, k) // it panics
		}
	}()
	switch {
	case t == timeType:
		*c = dateCodec
	case t == durationType:
		*c = durationCodec
	default:
		fill(c, t, number || codecs.numbers[t])
	}
	filled = true
	return c
}

func fill(c *codec, t reflect.Type, number bool) {
	switch t.Kind() {
	case reflect.Struct:
		fillStruct(c, t)
	case reflect.Pointer:
		fillPointer(c, makeCodec(t.Elem(), number), t)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			*c = bytesCodec
			return
		}
		fillSlice(c, makeCodec(t.Elem(), number), t)
	case reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			fillByteArray(c, t)
			return
		}
		fillArray(c, makeCodec(t.Elem(), number), t)
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			panic(unmappable(t))
		}
		fillMap(c, makeCodec(t.Elem(), number), t)
	default:
		fillScalar(c, t, number)
	}
}

func unmappable(t reflect.Type) string {
	return fmt.Sprintf("typed: %v has no JavaScript counterpart", t)
}

// NumberType has the 64-bit integer type cross as a number, range-checked,
// wherever it is part of an encoded value. Call it before all else that names
// the type.
func NumberType[T ~int64 | ~uint64]() {
	codecs.Lock()
	defer codecs.Unlock()
	codecs.numbers[reflect.TypeFor[T]()] = true
}

// A pathError tells where in a value something is wrong.
type pathError struct {
	path string
	err  error
}

func (e *pathError) Error() string { return e.path + " " + e.err.Error() }
func (e *pathError) Unwrap() error { return e.err }

// Name passes on the JS class of the error.
func (e *pathError) Name() string {
	if named, ok := e.err.(interface{ Name() string }); ok {
		return named.Name()
	}
	return ""
}

// at puts one step before the path of an error. Of a long path the beginning is
// kept.
func at(step string, err error) error {
	if p, ok := err.(*pathError); ok {
		step, err = step+p.path, p.err
	}
	if len(step) > maxPath+3 {
		step = strings.ToValidUTF8(step[:maxPath], "") + "..."
	}
	return &pathError{step, err}
}

const maxPath = 60

func tooDeep(depth int) error {
	if depth < maxDepth {
		return nil
	}
	return door.RangeError(fmt.Sprintf("is nested deeper than %d levels", maxDepth))
}
