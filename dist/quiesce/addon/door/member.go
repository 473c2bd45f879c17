package door

import (
	"context"
	"fmt"
	"io"
)

// A Member is a method or a constructor of a class.
type Member struct {
	class  *Class
	name   string
	params Params
	static bool
	// takesHandles: some parameter is a KindHandle.
	takesHandles   bool
	takesCallbacks bool
	construct      bool
	makes          bool   // its result is a handle, never null
	returns        Schema // of an encoded result
	yields         Schema // of the items, where the result is a stream
	// One of the two is set. A member without a leading context is sync: it
	// runs on the JS thread and must be short.
	sync  func(r io.Closer, a Args) (Value, error)
	async func(ctx context.Context, r io.Closer, a Args) (Value, error)
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
		if (p.Kind == KindEncoded) != (p.Schema != "") {
			panic(fmt.Sprintf("door: %s: parameter %q: a schema goes with KindEncoded", m, p.Name))
		}
		if p.Rest && i != len(m.params)-1 {
			panic(fmt.Sprintf("door: %s: parameter %q takes the rest and is not the last", m, p.Name))
		}
		m.takesHandles = m.takesHandles || p.Kind == KindHandle
		m.takesCallbacks = m.takesCallbacks || p.Kind == KindCallback
	}
}

// String returns Class.name, or the name of a function of the package.
func (m *Member) String() string {
	if m.class == functions {
		return m.name
	}
	return m.class.name + "." + m.name
}

// Constructor makes a static sync member what JS calls by new.
func (m *Member) Constructor() *Member {
	m.construct = true
	return m
}

// Makes tells that the member opens a handle: where it returns Null the call
// fails, as that of a constructor does.
func (m *Member) Makes() *Member {
	m.makes = true
	return m
}

// Returns tells that the member's bytes are an encoded value.
func (m *Member) Returns(s Schema) *Member {
	m.returns = s
	return m
}

// Yields tells that the handle that the member returns is a stream of such
// values.
func (m *Member) Yields(s Schema) *Member {
	m.yields = s
	return m
}

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
