package typed

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tinylib/msgp/msgp"
)

// errShort refuses a length that the bytes that follow cannot have.
var errShort = errors.New("the encoded value is cut off")

type (
	listSchema struct {
		List any  `json:"list"`
		Size *int `json:"size,omitempty"` // of an array
	}
	bytesSchema struct {
		Size int `json:"bytes"` // of an array
	}
	mapSchema struct {
		Map any `json:"map"`
	}
	nullableSchema struct {
		Nullable any `json:"nullable"`
	}
)

var bytesCodec = codec{
	schema: "bytes",
	encode: func(b []byte, v reflect.Value, _ int) ([]byte, error) { return msgp.AppendBytes(b, v.Bytes()), nil },
	decode: func(b []byte, v reflect.Value, _ int) ([]byte, error) {
		x, rest, err := msgp.ReadBytesZC(b)
		if err == nil {
			v.SetBytes(append(make([]byte, 0, len(x)), x...))
		}
		return rest, err
	},
}

func fillByteArray(c *codec, t reflect.Type) {
	c.schema = bytesSchema{t.Len()} // their type may be a named one, so they are copied one by one
	c.encode = func(b []byte, v reflect.Value, _ int) ([]byte, error) {
		b = msgp.AppendBytesHeader(b, uint32(v.Len()))
		for i := range v.Len() {
			b = append(b, byte(v.Index(i).Uint()))
		}
		return b, nil
	}
	c.decode = func(b []byte, v reflect.Value, _ int) ([]byte, error) {
		x, rest, err := msgp.ReadBytesZC(b)
		if err == nil && len(x) != v.Len() {
			err = errShort
		}
		for i := 0; err == nil && i < len(x); i++ {
			v.Index(i).SetUint(uint64(x[i]))
		}
		return rest, err
	}
}

// nullable adds nil to a codec.
func nullable(c, elem *codec, schema any) {
	c.schema = nullableSchema{schema}
	encode, decode := elem.encode, elem.decode
	c.encode = func(b []byte, v reflect.Value, depth int) ([]byte, error) {
		if v.IsNil() {
			return msgp.AppendNil(b), nil
		}
		return encode(b, v, depth)
	}
	c.decode = func(b []byte, v reflect.Value, depth int) ([]byte, error) {
		if msgp.IsNil(b) {
			return msgp.ReadNilBytes(b)
		}
		return decode(b, v, depth)
	}
}

// ref lets a schema refer to a codec that is not filled yet, as in a type that
// contains itself.
type ref struct{ c *codec }

func (r ref) MarshalJSON() ([]byte, error) { return marshal(r.c.schema) }

func fillPointer(c, elem *codec, t reflect.Type) {
	inner := &codec{
		encode: func(b []byte, v reflect.Value, depth int) ([]byte, error) {
			return elem.encode(b, v.Elem(), depth)
		},
		decode: func(b []byte, v reflect.Value, depth int) ([]byte, error) {
			p := reflect.New(t.Elem())
			rest, err := elem.decode(b, p.Elem(), depth)
			v.Set(p)
			return rest, err
		},
	}
	nullable(c, inner, ref{elem})
}

func encodeList(elem *codec) func(b []byte, v reflect.Value, depth int) ([]byte, error) {
	return func(b []byte, v reflect.Value, depth int) (_ []byte, err error) {
		if err := tooDeep(depth); err != nil {
			return b, err
		}
		b = msgp.AppendArrayHeader(b, uint32(v.Len()))
		for i := range v.Len() {
			if b, err = elem.encode(b, v.Index(i), depth+1); err != nil {
				return b, at("["+strconv.Itoa(i)+"]", err)
			}
		}
		return b, nil
	}
}

// readLength reads how many elements follow; each takes a byte at least.
func readLength(b []byte) (int, []byte, error) {
	n, rest, err := msgp.ReadArrayHeaderBytes(b)
	if err == nil && uint64(n) > uint64(len(rest)) {
		err = errShort
	}
	return int(n), rest, err
}

// firstRoom is what is allocated for elements before any is decoded: a length
// that is forged, at each level of a nested value, must not allocate at will.
const firstRoom = 64

func fillSlice(c, elem *codec, t reflect.Type) {
	list := &codec{encode: encodeList(elem)}
	list.decode = func(b []byte, v reflect.Value, depth int) ([]byte, error) {
		if err := tooDeep(depth); err != nil {
			return b, err
		}
		n, b, err := readLength(b)
		if err != nil {
			return b, err
		}
		s := reflect.New(t).Elem()
		s.Set(reflect.MakeSlice(t, min(n, firstRoom), min(n, firstRoom)))
		for i := range n {
			if i == s.Len() {
				s.Grow(1)
				s.SetLen(min(n, s.Cap()))
			}
			if b, err = elem.decode(b, s.Index(i), depth+1); err != nil {
				return b, at("["+strconv.Itoa(i)+"]", err)
			}
		}
		v.Set(s)
		return b, nil
	}
	nullable(c, list, listSchema{List: ref{elem}})
}

func fillArray(c, elem *codec, t reflect.Type) {
	size := t.Len()
	c.schema = listSchema{ref{elem}, &size}
	c.encode = encodeList(elem)
	c.decode = func(b []byte, v reflect.Value, depth int) ([]byte, error) {
		n, b, err := readLength(b)
		if err == nil && n != size {
			err = fmt.Errorf("the encoded list has %d elements, not %d", n, size)
		}
		if err == nil {
			err = tooDeep(depth)
		}
		for i := 0; err == nil && i < n; i++ {
			if b, err = elem.decode(b, v.Index(i), depth+1); err != nil {
				err = at("["+strconv.Itoa(i)+"]", err)
			}
		}
		return b, err
	}
}

// fillMap has keys and values alternate in one list: as the keys of a
// MessagePack map, not all strings could be properties of a plain object.
func fillMap(c, elem *codec, t reflect.Type) {
	pairs := &codec{}
	pairs.encode = func(b []byte, v reflect.Value, depth int) (_ []byte, err error) {
		if err := tooDeep(depth); err != nil {
			return b, err
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(x, y reflect.Value) int { return strings.Compare(x.String(), y.String()) })
		b = msgp.AppendArrayHeader(b, uint32(2*len(keys)))
		for _, k := range keys {
			b = msgp.AppendString(b, wellFormed(k.String()))
			if b, err = elem.encode(b, v.MapIndex(k), depth+1); err != nil {
				return b, at("["+strconv.Quote(k.String())+"]", err)
			}
		}
		return b, nil
	}
	pairs.decode = func(b []byte, v reflect.Value, depth int) ([]byte, error) {
		n, b, err := readLength(b)
		if err == nil && n%2 != 0 {
			err = errShort
		}
		if err == nil {
			err = tooDeep(depth)
		}
		if err != nil {
			return b, err
		}
		m := reflect.MakeMapWithSize(t, min(n/2, firstRoom))
		for range n / 2 {
			if b, err = decodePair(b, m, elem, depth); err != nil {
				return b, err
			}
		}
		v.Set(m)
		return b, nil
	}
	nullable(c, pairs, mapSchema{ref{elem}})
}

func decodePair(b []byte, m reflect.Value, elem *codec, depth int) ([]byte, error) {
	name, b, err := msgp.ReadStringBytes(b)
	if err != nil {
		return b, err
	}
	value := reflect.New(m.Type().Elem()).Elem()
	if b, err = elem.decode(b, value, depth+1); err != nil {
		return b, at("["+strconv.Quote(name)+"]", err)
	}
	m.SetMapIndex(reflect.ValueOf(name).Convert(m.Type().Key()), value)
	return b, nil
}
