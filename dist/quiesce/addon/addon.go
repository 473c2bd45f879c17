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
	// A Schema describes an encoded value; package typed makes it.
	Schema = door.Schema
	// A Callback is a JS function that was an argument.
	Callback = door.Callback
	// A RangeError tells that a value does not fit the type of the other side.
	RangeError = door.RangeError
)

// NewClass registers a class, from an init function or a variable. It panics
// on a name that is taken.
func NewClass(name string) *Class { return door.NewClass(name) }

// DefineFunctions adds static members that belong to no class.
func DefineFunctions(list ...*Member) { door.DefineFunctions(list...) }

// ErrorCode gives a code to every error that errors.Is finds to be err, unless
// its chain has a Code method. Call it from an init function.
func ErrorCode(err error, code string) { door.ErrorCode(err, code) }

// BuiltBy tells the version of the toolkit that has built the addon.
func BuiltBy(version string) { door.BuiltBy(version) }

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
