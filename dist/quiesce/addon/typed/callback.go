package typed

import (
	"bytes"
	"reflect"
	"time"

	"github.com/quiesce/quiesce/addon/door"
)

// CallbackParam takes a function that is called with values of these schemas.
// Its argument is read by Callback0 to Callback4.
func CallbackParam(name string, args ...door.Schema) door.Param {
	return door.Param{Name: name, Kind: door.KindCallback, Args: args}
}

// call has the function called with values that are encoded already.
func call(c *door.Callback, n uint32, b []byte, err error) {
	c.Call(door.Bytes(appendList(n, b)), err)
}

// next appends one more value, unless an error came before.
func next[T any](b []byte, v T, err error) ([]byte, error) {
	if err != nil {
		return b, err
	}
	if b, err = appendValue(b, &v); err != nil {
		return b, at("an argument of the callback", err)
	}
	return b, nil
}

// Callback0 returns a function argument. It may be called at any time, from any
// goroutine, and never blocks; see door.Callback.
func Callback0(a door.Args, i int) func() {
	c := a.Callback(i)
	return func() { call(c, 0, nil, nil) }
}

// Callback1 is Callback0 for one value. A scalar, a string or bytes cross as
// they are.
func Callback1[A any](a door.Args, i int) func(A) {
	c := a.Callback(i)
	if _, plain := codecOf(reflect.TypeFor[A]()).schema.(string); plain {
		return func(x A) { c.Call(direct(reflect.ValueOf(&x).Elem()), nil) }
	}
	return func(x A) {
		b, err := next(nil, x, nil)
		call(c, 1, b, err)
	}
}

// direct returns a value whose schema is one word.
func direct(v reflect.Value) door.Value {
	switch x := v.Interface().(type) {
	case time.Time:
		return door.Date(x)
	case time.Duration:
		return door.Duration(x)
	}
	number := codecOf(v.Type()).schema
	switch v.Kind() {
	case reflect.Bool:
		return door.Bool(v.Bool())
	case reflect.String:
		return door.String(v.String())
	case reflect.Slice:
		return door.Bytes(bytes.Clone(v.Bytes()))
	case reflect.Float32, reflect.Float64:
		return door.Number(v.Float())
	case reflect.Uint64:
		if number == "uint64" {
			return door.Uint64(v.Uint())
		}
		return door.Unsigned(v.Uint())
	case reflect.Int64:
		if number == "int64" {
			return door.Int64(v.Int())
		}
		return door.Integer(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return door.Unsigned(v.Uint())
	default:
		return door.Integer(v.Int())
	}
}

// Callback2 is Callback0 for two values.
func Callback2[A, B any](a door.Args, i int) func(A, B) {
	c := a.Callback(i)
	return func(x A, y B) {
		b, err := next(nil, x, nil)
		b, err = next(b, y, err)
		call(c, 2, b, err)
	}
}

// Callback3 is Callback0 for three values.
func Callback3[A, B, C any](a door.Args, i int) func(A, B, C) {
	c := a.Callback(i)
	return func(x A, y B, z C) {
		b, err := next(nil, x, nil)
		b, err = next(b, y, err)
		b, err = next(b, z, err)
		call(c, 3, b, err)
	}
}

// Callback4 is Callback0 for four values.
func Callback4[A, B, C, D any](a door.Args, i int) func(A, B, C, D) {
	c := a.Callback(i)
	return func(w A, x B, y C, z D) {
		b, err := next(nil, w, nil)
		b, err = next(b, x, err)
		b, err = next(b, y, err)
		b, err = next(b, z, err)
		call(c, 4, b, err)
	}
}
