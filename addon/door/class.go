package door

import (
	"context"
	"fmt"
	"io"
)

// A Kind is what a parameter takes.
type Kind uint8

// The kinds. The C shim has the same list.
const (
	KindAny     Kind = iota // undefined, null, boolean, number, bigint, string or bytes
	KindBool                // a boolean
	KindNumber              // any number
	KindInteger             // a number without fraction within ±(2^53 - 1)
	KindInt64               // a bigint within 64 bits, or a safe integer
	KindString              // a string
	KindBytes               // an ArrayBuffer, SharedArrayBuffer or a view of one
	KindData                // a string, taken as UTF-8, or bytes
	KindHandle              // a handle of one class
)

// A Param is one parameter of a method.
type Param struct {
	Name     string
	Kind     Kind
	Optional bool
	// Class is the class that a KindHandle takes.
	Class *Class
}

// Opt returns the parameter as an optional one. After it all must be optional.
func (p Param) Opt() Param {
	p.Optional = true
	return p
}

// Params is a parameter list.
type Params []Param

// MaxParams is the number of parameters that a method may have.
const MaxParams = 12

// A Class is a kind of handle.
type Class struct {
	name   string
	number int
	byName map[string]bool
}

// A Member is a method or a constructor of a class.
type Member struct {
	class  *Class
	name   string
	params Params
	static bool
	// takesHandles: some parameter is a KindHandle.
	takesHandles bool
	// One of the two is set. A member without a leading context is sync: it
	// runs on the JS thread and must be short.
	sync  func(r io.Closer, a Args) (Value, error)
	async func(ctx context.Context, r io.Closer, a Args) (Value, error)
}

var (
	classes []*Class
	members []*Member
	frozen  bool
)

// NewClass registers a class. It panics when the name is taken, or when an env
// has been made already: classes are registered before, from init functions.
func NewClass(name string) *Class {
	mustNotBeFrozen()
	for _, c := range classes {
		if c.name == name {
			panic(fmt.Sprintf("door: class %s is registered twice", name))
		}
	}
	c := &Class{name: name, number: len(classes), byName: map[string]bool{}}
	classes = append(classes, c)
	return c
}

// Name returns the class's name.
func (c *Class) Name() string { return c.name }

// Open returns a value that becomes a new handle of the class: a child of the
// handle whose method returns it, or one of its own from a constructor.
func (c *Class) Open(resource io.Closer) Value {
	return Value{tag: tagHandle, resource: resource, class: c}
}

// Define adds members to the class. It panics on a name that is taken and on a
// parameter list that makes no sense.
func (c *Class) Define(list ...*Member) {
	mustNotBeFrozen()
	for _, m := range list {
		key := m.name
		if m.static {
			key = "static " + m.name
		}
		if c.byName[key] {
			panic(fmt.Sprintf("door: %s.%s is defined twice", c.name, m.name))
		}
		c.byName[key] = true
		m.class = c
		m.mustMakeSense()
		members = append(members, m)
	}
}

func mustNotBeFrozen() {
	if frozen {
		panic("door: classes are registered before the first env, from init functions")
	}
}

func (m *Member) mustMakeSense() {
	if len(m.params) > MaxParams {
		panic(fmt.Sprintf("door: %s has more than %d parameters", m, MaxParams))
	}
	for i, p := range m.params {
		if i > 0 && m.params[i-1].Optional && !p.Optional {
			panic(fmt.Sprintf("door: %s: parameter %q follows an optional one", m, p.Name))
		}
		if (p.Kind == KindHandle) != (p.Class != nil) {
			panic(fmt.Sprintf("door: %s: parameter %q: a class goes with KindHandle", m, p.Name))
		}
		m.takesHandles = m.takesHandles || p.Kind == KindHandle
	}
}

// String returns Class.name.
func (m *Member) String() string { return m.class.name + "." + m.name }

// Sync makes a method that runs on the JS thread. It must be short and must
// not call runtime.Goexit, which is fatal there.
func Sync[R io.Closer](name string, p Params, f func(r R, a Args) (Value, error)) *Member {
	return &Member{name: name, params: p, sync: func(r io.Closer, a Args) (Value, error) { return f(r.(R), a) }}
}

// Async makes a method that runs on a goroutine and answers by a promise. Its
// context is cancelled with a cause when the handle is freed, the signal of
// the caller aborts, or the caller's env ends. The op is in flight until f
// returns.
func Async[R io.Closer](name string, p Params, f func(ctx context.Context, r R, a Args) (Value, error)) *Member {
	return &Member{name: name, params: p, async: func(ctx context.Context, r io.Closer, a Args) (Value, error) { return f(ctx, r.(R), a) }}
}

// Static makes a function of the class that runs on the JS thread.
func Static(name string, p Params, f func(a Args) (Value, error)) *Member {
	return &Member{name: name, params: p, static: true, sync: func(_ io.Closer, a Args) (Value, error) { return f(a) }}
}

// StaticAsync makes a function of the class that answers by a promise.
func StaticAsync(name string, p Params, f func(ctx context.Context, a Args) (Value, error)) *Member {
	return &Member{name: name, params: p, static: true, async: func(ctx context.Context, _ io.Closer, a Args) (Value, error) { return f(ctx, a) }}
}
