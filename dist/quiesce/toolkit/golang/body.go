package golang

import (
	"fmt"
	"strings"

	"github.com/quiesce/quiesce/toolkit/model"
)

// body writes what a member does: read the arguments, call, turn the result.
func (w *writer) body(m *model.Member, call string) {
	args := w.arguments(m)
	if m.Context {
		args = append([]string{"ctx"}, args...)
	}
	call += "(" + strings.Join(args, ", ") + ")"
	switch {
	case m.Stream != model.NoStream:
		w.stream(m, call)
	case m.Result == nil && m.Error:
		w.line("return addon.Undefined(), %s", call)
	case m.Result == nil:
		w.line("%s", call)
		w.line("return addon.Undefined(), nil")
	case m.Error:
		w.line("r, err := %s", call)
		w.failed("addon.Value{}")
		w.line("return %s", w.result(m.Result, "r"))
	default:
		w.line("return %s", w.result(m.Result, call))
	}
}

func (w *writer) failed(zero string) {
	w.line("if err != nil {\nreturn %s, err\n}", zero)
}

// arguments writes what reads the arguments and returns the expressions that
// stand for them. For a stream all are read at once: Args ends with the member.
func (w *writer) arguments(m *model.Member) []string {
	list := make([]string, len(m.Params))
	for i, p := range m.Params {
		x := fmt.Sprintf("x%d", i)
		expr, fails := w.argument(p, i)
		switch {
		case fails:
			w.line("%s, err := %s", x, expr)
			w.failed("addon.Value{}")
			expr = x
		case m.Stream != model.NoStream:
			w.line("%s := %s", x, expr)
			expr = x
		}
		if p.Rest {
			expr += "..."
		}
		list[i] = expr
	}
	return list
}

// argument returns what reads an argument, and whether it returns an error too.
func (w *writer) argument(p *model.Param, i int) (expr string, fails bool) {
	t := p.Type
	switch {
	case p.Rest:
		return fmt.Sprintf("typed.Rest[%s](a, %d)", t.Go, i), true
	case t.Kind == model.Handle:
		return fmt.Sprintf("%s.Arg(a, %d)", w.vars[t.Class], i), false
	case t.Kind == model.Callback:
		return fmt.Sprintf("typed.Callback%d%s(a, %d)", len(t.Params), typeArgs(t.Params), i), false
	case t.Direct():
		c := crossingOf(t)
		if p.Borrowed {
			c.read = "Peek"
		}
		return convert(fmt.Sprintf("a.%s(%d)", c.read, i), c.gives, t.Go), false
	default:
		return fmt.Sprintf("typed.Arg[%s](a, %d)", t.Go, i), true
	}
}

func typeArgs(params []*model.Param) string {
	if len(params) == 0 {
		return ""
	}
	list := make([]string, len(params))
	for i, p := range params {
		list[i] = p.Type.Go
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// convert converts where the types differ. Slices of bytes are assignable.
func convert(expr, from, to string) string {
	if from == to || from == "[]byte" {
		return expr
	}
	return to + "(" + expr + ")"
}

// result returns the two values that a member returns for a result.
func (w *writer) result(t *model.Type, expr string) string {
	switch {
	case t.Kind == model.Handle:
		return w.vars[t.Class] + ".Open(" + expr + "), nil"
	case t.Direct():
		c := crossingOf(t)
		return "addon." + c.result + "(" + convert(expr, convertible(t, c), c.takes) + "), nil"
	default:
		return "typed.Value(" + expr + ")"
	}
}

// convertible returns the type to convert from.
func convertible(t *model.Type, c crossing) string {
	if c.takes == "[]byte" {
		return "[]byte"
	}
	return t.Go
}

// stream writes the result of a member that returns an iteration. The function
// is called by the first fetch, on a goroutine.
func (w *writer) stream(m *model.Member, call string) {
	ctx := "ctx "
	if !m.Context && m.Stream != model.Chan {
		ctx = ""
	}
	w.line("return typed.Stream(func(%scontext.Context) (iter.Seq2[%s, error], error) {", ctx, m.Result.Go)
	switch {
	case m.Error && m.Stream == model.Seq2:
		w.line("return %s", call)
	case m.Error:
		w.line("r, err := %s", call)
		w.failed("nil")
		w.line("return %s, nil", asSeq2(m.Stream, "r"))
	default:
		w.line("return %s, nil", asSeq2(m.Stream, call))
	}
	w.line("}), nil")
}

func asSeq2(s model.Stream, expr string) string {
	switch s {
	case model.Seq:
		return "typed.Seq(" + expr + ")"
	case model.Chan:
		return "typed.Chan(ctx, " + expr + ")"
	default:
		return expr
	}
}
