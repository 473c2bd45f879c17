package dts

import (
	"strings"

	"github.com/quiesce/quiesce/toolkit/jstext"
	"github.com/quiesce/quiesce/toolkit/model"
)

func (w *writer) class(c *model.Class) {
	w.line("")
	w.doc("", c.Doc, c.GoName, c.Name)
	w.line("export class %s extends %s {", c.Name, w.imported("Handle"))
	w.constructor(c)
	w.line("")
	w.line("  /** Attaches to a handle of this class. See {@link %s.attach}. */", w.imported("Handle"))
	w.line("  static attach(token: %s): %s;", w.imported("Token"), c.Name)
	for _, m := range c.Statics {
		if !m.Constructor {
			w.member("  ", "static ", m)
		}
	}
	for _, m := range c.Methods {
		w.member("  ", "", m)
	}
	w.line("}")
}

func (w *writer) constructor(c *model.Class) {
	for _, m := range c.Statics {
		if m.Constructor {
			w.doc("  ", m.Doc, m.GoName, "new "+c.Name)
			w.line("  constructor(%s);", w.params(m))
			return
		}
	}
	w.line("  private constructor();")
}

// member writes a method, a static method or, with the keyword, a function.
func (w *writer) member(indent, before string, m *model.Member) {
	w.line("")
	w.doc(indent, m.Doc, m.GoName, m.Name)
	w.line("%s%s%s(%s): %s;", indent, before, jstext.Property(m.Name), w.params(m), w.result(m))
}

func (w *writer) result(m *model.Member) string {
	t := "void"
	if m.Result != nil {
		t = w.typeOf(m.Result, returned)
	}
	if m.Nullable {
		t = nullable(t)
	}
	switch {
	case m.Stream != model.NoStream:
		return w.imported("Iteration") + "<" + t + ">"
	case m.Async():
		return w.global("Promise") + "<" + t + ">"
	default:
		return t
	}
}

func (w *writer) params(m *model.Member) string {
	names := newNames(m.Params)
	signal := m.TakesSignal()
	var list []string
	for i, p := range m.Params {
		switch {
		case p.Options:
			list = append(list, names.of[i]+"?: "+w.options(p.Type.Elem, signal))
			signal = false
		case p.Rest && signal:
			all := element(w.typeOf(p.Type, passed)) + "[]"
			list = append(list, "..."+names.free("args")+": [..."+names.of[i]+": "+all+", "+
				names.free("options")+": "+w.imported("SignalOptions")+"] | "+all)
			signal = false
		case p.Rest:
			list = append(list, "..."+names.of[i]+": "+element(w.typeOf(p.Type, passed))+"[]")
		default:
			list = append(list, names.of[i]+": "+w.typeOf(p.Type, passed))
		}
	}
	if signal {
		list = append(list, names.free("options")+"?: "+w.imported("SignalOptions"))
	}
	return strings.Join(list, ", ")
}

// options writes the type of an object of options, with the signal among them.
func (w *writer) options(t *model.Type, signal bool) string {
	text := w.typeOf(t, passed)
	if signal {
		text = "(" + text + " & " + w.imported("SignalOptions") + ")"
	}
	return nullable(text)
}

// names are the names of the parameters of one function.
type names struct {
	of    []string
	taken map[string]bool
}

func newNames(params []*model.Param) *names {
	n := &names{taken: map[string]bool{}}
	for _, p := range params {
		name := p.Name
		if jstext.IsReserved(name) {
			name += "_"
		}
		n.of = append(n.of, n.free(name))
	}
	return n
}

// free returns the name, or one like it if it is taken.
func (n *names) free(name string) string {
	for n.taken[name] {
		name += "_"
	}
	n.taken[name] = true
	return name
}
