package typed

import (
	"sync"
	"unsafe"

	"github.com/quiesce/quiesce/addon/door"
)

// A Class is a class of handles over values of an author's type.
type Class[T any] struct {
	class *door.Class
	close func(*T) error
	// live finds the object of a value that is behind a handle.
	live sync.Map // *T -> *Object[T]
}

// An Object is the resource behind a handle of a Class.
type Object[T any] struct {
	Value    *T
	class    *Class[T]
	identity door.Identity
}

// NewClass registers a class. close releases a value; see NoClose, PlainClose.
func NewClass[T any](name string, close func(*T) error) *Class[T] {
	return &Class[T]{class: door.NewClass(name), close: close}
}

// NoClose is for a type without Close: garbage collection releases it.
func NoClose[T any](*T) error { return nil }

// PlainClose is for a Close that cannot fail.
func PlainClose[T any](close func(*T)) func(*T) error {
	return func(v *T) error {
		close(v)
		return nil
	}
}

// Define adds members to the class; the resource of its methods is *Object[T].
func (c *Class[T]) Define(list ...*door.Member) { c.class.Define(list...) }

// Open returns the value as a handle: a new one, or the one that it is behind
// already. Nil is null.
func (c *Class[T]) Open(v *T) door.Value {
	if v == nil {
		return door.Null()
	}
	o := &Object[T]{Value: v, class: c}
	if unsafe.Sizeof(*v) == 0 {
		return c.class.Open(o) // values without a size may all have one address
	}
	if known, loaded := c.live.LoadOrStore(v, o); loaded {
		o = known.(*Object[T])
	}
	return c.class.OpenOnce(o, &o.identity)
}

// Close releases the value. It is called once, by the guard.
func (o *Object[T]) Close() error {
	defer o.class.live.CompareAndDelete(o.Value, o)
	return o.class.close(o.Value)
}

// Param takes a handle of the class; its argument is read by Arg.
func (c *Class[T]) Param(name string) door.Param {
	return door.Param{Name: name, Kind: door.KindHandle, Class: c.class}
}

// Arg returns the value behind a handle that is an argument. It may be used
// until the member returns.
func (c *Class[T]) Arg(a door.Args, i int) *T { return a.Resource(i).(*Object[T]).Value }
