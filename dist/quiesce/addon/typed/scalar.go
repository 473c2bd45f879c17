package typed

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tinylib/msgp/msgp"

	"github.com/quiesce/quiesce/addon/door"
)

const maxSafeInteger = 1<<53 - 1

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
)

// errNotANumber and what msgp returns mean that the bytes are not what
// lib/schema.js makes; they are refused, not trusted.
var errNotANumber = errors.New("the encoded value is no number")

func fillScalar(c *codec, t reflect.Type, number bool) {
	switch kind := t.Kind(); kind {
	case reflect.Bool:
		*c = boolCodec
	case reflect.String:
		*c = stringCodec
	case reflect.Float32, reflect.Float64:
		*c = codec{kind.String(), encodeFloat, decodeFloat}
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int:
		*c = codec{kind.String(), encodeInt, decodeInt}
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint:
		*c = codec{kind.String(), encodeUint, decodeUint}
	case reflect.Int64:
		*c = codec{"int64", encodeBigint, decodeBigint}
		if number {
			*c = codec{"int", encodeInt, decodeInt}
		}
	case reflect.Uint64:
		*c = codec{"uint64", encodeBiguint, decodeBiguint}
		if number {
			*c = codec{"uint", encodeUint, decodeUint}
		}
	default:
		panic(unmappable(t))
	}
}

var boolCodec = codec{
	schema: "bool",
	encode: func(b []byte, v reflect.Value, _ int) ([]byte, error) { return msgp.AppendBool(b, v.Bool()), nil },
	decode: func(b []byte, v reflect.Value, _ int) ([]byte, error) {
		x, rest, err := msgp.ReadBoolBytes(b)
		v.SetBool(x)
		return rest, err
	},
}

var stringCodec = codec{
	schema: "string",
	encode: func(b []byte, v reflect.Value, _ int) ([]byte, error) {
		return msgp.AppendString(b, wellFormed(v.String())), nil
	},
	decode: func(b []byte, v reflect.Value, _ int) ([]byte, error) {
		x, rest, err := msgp.ReadStringBytes(b)
		v.SetString(x)
		return rest, err
	},
}

// wellFormed replaces bytes that are not UTF-8 by U+FFFD.
func wellFormed(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		out.WriteRune(r)
	}
	return out.String()
}

func encodeFloat(b []byte, v reflect.Value, _ int) ([]byte, error) {
	return msgp.AppendFloat64(b, v.Float()), nil
}

func decodeFloat(b []byte, v reflect.Value, _ int) ([]byte, error) {
	f, rest, err := readNumber(b)
	v.SetFloat(f)
	return rest, err
}

// appendInteger keeps to what the JS side reads as a number: an integer of 64
// bits it would read as a bigint.
func appendInteger(b []byte, i int64) []byte {
	if i >= math.MinInt32 && i <= math.MaxInt32 {
		return msgp.AppendInt64(b, i)
	}
	return msgp.AppendFloat64(b, float64(i))
}

func encodeInt(b []byte, v reflect.Value, _ int) ([]byte, error) {
	i := v.Int()
	if i > maxSafeInteger || i < -maxSafeInteger {
		return b, door.RangeError(fmt.Sprintf("%d is beyond the safe integers", i))
	}
	return appendInteger(b, i), nil
}

func encodeUint(b []byte, v reflect.Value, _ int) ([]byte, error) {
	u := v.Uint()
	if u > maxSafeInteger {
		return b, door.RangeError(fmt.Sprintf("%d is beyond the safe integers", u))
	}
	return appendInteger(b, int64(u)), nil
}

func decodeInt(b []byte, v reflect.Value, _ int) ([]byte, error) {
	f, rest, err := readInteger(b)
	if err != nil {
		return b, err
	}
	if v.OverflowInt(int64(f)) {
		return b, door.RangeError(fmt.Sprintf("%v does not fit %v", f, v.Type()))
	}
	v.SetInt(int64(f))
	return rest, nil
}

func decodeUint(b []byte, v reflect.Value, _ int) ([]byte, error) {
	f, rest, err := readInteger(b)
	if err != nil {
		return b, err
	}
	if f < 0 || v.OverflowUint(uint64(f)) {
		return b, door.RangeError(fmt.Sprintf("%v does not fit %v", f, v.Type()))
	}
	v.SetUint(uint64(f))
	return rest, nil
}

func encodeBigint(b []byte, v reflect.Value, _ int) ([]byte, error) {
	return msgp.AppendInt64(b, v.Int()), nil
}

func encodeBiguint(b []byte, v reflect.Value, _ int) ([]byte, error) {
	return msgp.AppendUint64(b, v.Uint()), nil
}

func decodeBigint(b []byte, v reflect.Value, _ int) ([]byte, error) {
	i, rest, err := msgp.ReadInt64Bytes(b)
	v.SetInt(i)
	return rest, err
}

func decodeBiguint(b []byte, v reflect.Value, _ int) ([]byte, error) {
	u, rest, err := msgp.ReadUint64Bytes(b)
	v.SetUint(u)
	return rest, err
}

// readNumber reads what JS had as a number. It comes as a float64 always, so
// that -0 stays itself.
func readNumber(b []byte) (float64, []byte, error) {
	if msgp.NextType(b) != msgp.Float64Type {
		return 0, b, errNotANumber
	}
	return msgp.ReadFloat64Bytes(b)
}

func readInteger(b []byte) (float64, []byte, error) {
	f, rest, err := readNumber(b)
	if err == nil && (f != math.Trunc(f) || math.Abs(f) > maxSafeInteger) {
		err = door.RangeError(fmt.Sprintf("%v is no safe integer", f))
	}
	return f, rest, err
}

var dateCodec = codec{
	schema: "date",
	encode: func(b []byte, v reflect.Value, _ int) ([]byte, error) {
		t := v.Interface().(time.Time)
		ms, ok := door.DateOf(t)
		if !ok {
			return b, door.RangeError(t.String() + " is beyond what a Date can hold")
		}
		return msgp.AppendFloat64(b, ms), nil
	},
	decode: func(b []byte, v reflect.Value, _ int) ([]byte, error) {
		ms, rest, err := readInteger(b)
		v.Set(reflect.ValueOf(time.UnixMilli(int64(ms))))
		return rest, err
	},
}

var durationCodec = codec{
	schema: "duration",
	encode: func(b []byte, v reflect.Value, _ int) ([]byte, error) {
		return msgp.AppendFloat64(b, float64(v.Int())/float64(time.Millisecond)), nil
	},
	decode: func(b []byte, v reflect.Value, _ int) ([]byte, error) {
		ms, rest, err := readNumber(b)
		v.SetInt(int64(door.DurationOf(ms)))
		return rest, err
	},
}
