// Package addon is the boundary between Go resources and Node: a package main
// that imports it, registers classes and is built with -buildmode=c-shared is a
// Node addon.
//
//	var file = addon.NewClass("MappedFile")
//
//	func init() {
//		file.Define(
//			addon.StaticAsync("open", addon.Params{addon.StringParam("path")},
//				func(ctx context.Context, a addon.Args) (addon.Value, error) {
//					f, err := mapped.Open(ctx, a.String(0))
//					if err != nil {
//						return addon.Value{}, err
//					}
//					return file.Open(f), nil
//				}),
//			addon.Sync("size", nil, func(f *mapped.File, _ addon.Args) (addon.Value, error) {
//				return addon.Integer(f.Size()), nil
//			}),
//		)
//	}
//
//	func main() {} // Node calls the classes; main is never run
//
// A member cannot forget the guard: it is only ever called with a resource that
// the door has entered, and the door leaves when it returns, also by a panic.
package addon

import (
	"context"
	"io"

	"github.com/quiesce/quiesce/addon/door"
)

type (
	// A Class is a kind of handle; see NewClass.
	Class = door.Class
	// A Member is a method or a constructor of a class.
	Member = door.Member
	// Args are the arguments of one call, checked against the Params.
	Args = door.Args
	// A Value is the result of a member. Its zero value is undefined.
	Value = door.Value
	// A Param is one parameter; its Opt makes it optional.
	Param = door.Param
	// Params is a parameter list.
	Params = door.Params
)

// NewClass registers a class, from an init function or a variable. It panics
// on a name that is taken.
func NewClass(name string) *Class { return door.NewClass(name) }

// Sync makes a method that runs on the JS thread. It must be short, and must
// not call runtime.Goexit, which is fatal there.
func Sync[R io.Closer](name string, p Params, f func(r R, a Args) (Value, error)) *Member {
	return door.Sync(name, p, f)
}

// Async makes a method that runs on a goroutine and answers by a promise. Its
// context is cancelled with a cause when the handle is freed, the caller's
// signal aborts, or the caller's env ends.
func Async[R io.Closer](name string, p Params, f func(ctx context.Context, r R, a Args) (Value, error)) *Member {
	return door.Async(name, p, f)
}

// Static makes a function of the class that runs on the JS thread.
func Static(name string, p Params, f func(a Args) (Value, error)) *Member {
	return door.Static(name, p, f)
}

// StaticAsync makes a function of the class that answers by a promise.
func StaticAsync(name string, p Params, f func(ctx context.Context, a Args) (Value, error)) *Member {
	return door.StaticAsync(name, p, f)
}

// AnyParam takes undefined, null, a boolean, number, bigint, string or bytes.
func AnyParam(name string) Param { return Param{Name: name, Kind: door.KindAny} }

// BoolParam takes a boolean.
func BoolParam(name string) Param { return Param{Name: name, Kind: door.KindBool} }

// NumberParam takes any number, NaN and the infinities included.
func NumberParam(name string) Param { return Param{Name: name, Kind: door.KindNumber} }

// IntegerParam takes a number without fraction within ±(2^53 - 1).
func IntegerParam(name string) Param { return Param{Name: name, Kind: door.KindInteger} }

// Int64Param takes a bigint within 64 bits, or a number that is a safe integer.
func Int64Param(name string) Param { return Param{Name: name, Kind: door.KindInt64} }

// StringParam takes a string.
func StringParam(name string) Param { return Param{Name: name, Kind: door.KindString} }

// BytesParam takes an ArrayBuffer, a SharedArrayBuffer, or a view of one.
func BytesParam(name string) Param { return Param{Name: name, Kind: door.KindBytes} }

// DataParam takes a string, as UTF-8, or bytes.
func DataParam(name string) Param { return Param{Name: name, Kind: door.KindData} }

// HandleParam takes a handle of the class. It is entered for the call.
func HandleParam(name string, c *Class) Param {
	return Param{Name: name, Kind: door.KindHandle, Class: c}
}

// Undefined returns the value undefined.
func Undefined() Value { return door.Undefined() }

// Null returns the value null.
func Null() Value { return door.Null() }

// Bool returns a boolean.
func Bool(b bool) Value { return door.Bool(b) }

// Number returns a number.
func Number(f float64) Value { return door.Number(f) }

// Integer returns a number; one beyond ±(2^53 - 1) makes the call fail with a
// RangeError instead of being rounded.
func Integer(i int64) Value { return door.Integer(i) }

// Int64 returns a bigint.
func Int64(i int64) Value { return door.Int64(i) }

// String returns a string; bytes that are not UTF-8 become U+FFFD.
func String(s string) Value { return door.String(s) }

// Bytes returns a Buffer with a copy of b, which must not be changed any more.
func Bytes(b []byte) Value { return door.Bytes(b) }
