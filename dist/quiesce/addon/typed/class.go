package typed

import (
	"runtime"
	"sync"
	"unsafe"
	"weak"

	"github.com/quiesce/quiesce/addon/door"
)

// A Class is a class of handles over values of an author's type.
type Class[T any] struct {
	class *door.Class
	close func(*T) error
	// known finds the identity of a value that was opened once, until the value
	// is collected: one that was closed must not be opened again.
	known sync.Map // weak.Pointer[T] -> *door.Identity
}

// An Object is the resource behind a handle of a Class.
type Object[T any] struct {
	Value    *T
	class    *Class[T]
	identity *door.Identity
}

// NewClass registers a class. close releases a value; see PlainClose. It is nil
// for a type that has none: a value whose handle is gone can get another then.
func NewClass[T any](name string, close func(*T) error) *Class[T] {
	return &Class[T]{class: door.NewClass(name), close: close}
}

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
// already. A value that was closed is an ErrFreed. Nil is null.
func (c *Class[T]) Open(v *T) door.Value {
	if v == nil {
		return door.Null()
	}
	o := &Object[T]{Value: v, class: c, identity: c.identityOf(v)}
	return c.class.OpenOnce(o, o.identity)
}

func (c *Class[T]) identityOf(v *T) *door.Identity {
	id := &door.Identity{Reopens: c.close == nil}
	if unsafe.Sizeof(*v) == 0 {
		return id // values without a size may all have one address
	}
	key := weak.Make(v)
	if known, loaded := c.known.LoadOrStore(key, id); loaded {
		return known.(*door.Identity)
	}
	runtime.AddCleanup(v, func(key weak.Pointer[T]) { c.known.Delete(key) }, key)
	return id
}

// Close releases the value. It is called once, by the guard.
func (o *Object[T]) Close() error {
	defer o.identity.Close()
	if o.class.close == nil {
		return nil
	}
	return o.class.close(o.Value)
}

// Param takes a handle of the class; its argument is read by Arg.
func (c *Class[T]) Param(name string) door.Param {
	return door.Param{Name: name, Kind: door.KindHandle, Class: c.class}
}

// Arg returns the value behind a handle that is an argument. It may be used
// until the member returns.
func (c *Class[T]) Arg(a door.Args, i int) *T { return a.Resource(i).(*Object[T]).Value }
