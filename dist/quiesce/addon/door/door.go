package door

import (
	"io"
	"runtime/debug"

	"github.com/quiesce/quiesce/guard"
)

// table holds every handle of this addon.
var table guard.Table

// A pass is the right to touch a resource, from enter to leave.
type pass struct {
	op       guard.HandleOp
	resource io.Closer
	attached bool // it keeps the handle open as well: see attach
}

// Call is the crossing of a sync member. It runs on the JS thread of the env.
// out.Data is room for out.Length bytes of a result, out.Bits is the env.
func Call(number uint32, token guard.Token, args []Wire, out *Wire) {
	m := members[number]
	a := Args{wires: args}
	var p pass
	over := false
	defer func() {
		if over {
			return
		}
		if v := recover(); v != nil {
			fail(out, m, &guard.PanicError{Value: v, GoStack: string(debug.Stack())})
		}
		leave(&p, &a)
	}()
	if err := m.enter(&p, token, &a); err != nil {
		m.refuseCallbacks(&a)
		fail(out, m, err)
	} else {
		v, err := m.sync(p.resource, a)
		if err == nil && v.isScalar() {
			*out = v.scalar()
		} else {
			answer(out, m, parentOf(&p, &a), v, err)
			bindCallbacks(&a, out)
		}
	}
	leave(&p, &a)
	over = true
}

func leave(p *pass, a *Args) {
	p.op.Leave()
	entered := a.entered()
	for i := range entered {
		entered[i].op.Leave()
	}
}

// enter is the door: every op of every resource passes here, sync or async,
// and so does every handle that is an argument. A constructor has no handle to
// enter.
func (m *Member) enter(p *pass, token guard.Token, a *Args) error {
	if !m.static {
		if err := admit(p, token, m.class); err != nil {
			return err
		}
	}
	if m.takesHandles {
		if err := m.enterArguments(a); err != nil {
			return err
		}
	}
	if m.takesCallbacks {
		return m.takeCallbacks(p, a)
	}
	return nil
}

func (m *Member) enterArguments(a *Args) error {
	entered := make([]pass, len(m.params))
	a.keep().handles = entered
	for i, param := range m.params {
		if param.Kind == KindHandle && a.Has(i) {
			if err := admit(&entered[i], guard.Token(a.wires[i].Bits), param.Class); err != nil {
				return &argumentError{param.Name, err}
			}
		}
	}
	return nil
}

// classOf returns the class that a handle was opened with.
func classOf(h *guard.Handle) *Class { return h.Class().(*Class) }
