package analyze

import (
	"errors"
	"fmt"
	"go/types"
	"strconv"

	"github.com/quiesce/quiesce/toolkit/model"
)

const (
	maxParams       = 12 // the boundary's
	maxCallbackArgs = 4
)

// A callable is a function or a method that JS is to call.
type callable struct {
	label  string // Counter.Add, for messages
	obj    *types.Func
	sig    *types.Signature // of an instance, where obj may be generic
	decl   *decl
	number bool // 64-bit integers are numbers
}

// member reads the shape of a function. It is complete if there was no error.
func (a *analyzer) member(c callable) *model.Member {
	m := &model.Member{GoName: c.obj.Name()}
	if c.decl != nil {
		m.Doc = c.decl.doc
	}
	_, c.number = c.decl.use("number")
	params := variables(c.sig.Params())
	if len(params) > 0 && isNamed(params[0].Type(), "context", "Context") {
		m.Context = true
		params = params[1:]
	}
	a.readResults(c, m)
	a.readParams(c, m, params)
	a.checkNumber(c)
	a.readBorrow(c, m)
	a.checkBody(c.label, c.obj)
	return m
}

// readBorrow marks the bytes that a sync member is to see where they are.
func (a *analyzer) readBorrow(c callable, m *model.Member) {
	if _, wanted := c.decl.use("borrow"); !wanted {
		return
	}
	found := false
	for _, p := range m.Params {
		if !m.Context && m.Stream == model.NoStream && !p.Rest && p.Type != nil && p.Type.Kind == model.Bytes && p.Type.Direct() {
			p.Borrowed = true
			found = true
		}
	}
	if !found {
		a.list.Errorf(c.decl.at("borrow"), "%s: %sborrow has no effect: it is for the []byte parameters of what is neither async nor an iteration",
			c.label, prefix)
	}
}

func variables(t *types.Tuple) []*types.Var {
	list := make([]*types.Var, t.Len())
	for i := range list {
		list[i] = t.At(i)
	}
	return list
}

func (a *analyzer) readResults(c callable, m *model.Member) {
	results := variables(c.sig.Results())
	if n := len(results); n > 0 && types.Identical(results[n-1].Type(), errorType) {
		m.Error = true
		results = results[:n-1]
	}
	for _, r := range results {
		if types.Identical(r.Type(), errorType) {
			a.list.Errorf(a.position(r), "%s: result: an error has to be the last result", c.label)
			return
		}
	}
	if len(results) > 1 {
		a.list.Errorf(a.position(results[1]), "%s: result: %d values have no JavaScript counterpart (return a struct)", c.label, len(results))
		return
	}
	if len(results) == 1 {
		a.readResult(c, m, results[0])
	}
}

func (a *analyzer) readResult(c callable, m *model.Member, r *types.Var) {
	at := place{pos: a.position(r), member: c.label, what: "result"}
	if class := a.classBehind(r.Type()); class != nil {
		m.Result, m.Nullable = &model.Type{Kind: model.Handle, Class: class.model}, true
		return
	}
	t := types.Unalias(r.Type())
	if named, ok := t.(*types.Named); ok && isNamed(t, "iter", "Seq") {
		m.Stream = model.Seq
		t = named.TypeArgs().At(0)
	} else if ok && isNamed(t, "iter", "Seq2") {
		m.Stream = model.Seq2
		t = named.TypeArgs().At(0)
		if second := named.TypeArgs().At(1); !types.Identical(second, errorType) {
			a.refuse(at, r.Type(), "the second type of iter.Seq2 can only be error")
			return
		}
	} else if ch, ok := t.Underlying().(*types.Chan); ok && ch.Dir() == types.RecvOnly {
		m.Stream = model.Chan
		t = ch.Elem()
	} else {
		t = r.Type() // by its alias, if it has one that can be written
	}
	m.Result = a.value(t, at, c.number && m.Stream == model.NoStream)
}

// value is typeOf for what generated code has to name.
func (a *analyzer) value(t types.Type, at place, number bool) *model.Type {
	made := a.typeOf(t, at, number && isWide(t))
	if made == nil {
		return nil
	}
	text, err := a.writer.expr(t)
	if problem := (*unwritable)(nil); errors.As(err, &problem) {
		hint := problem.hint
		if problem.text != a.typeName(t) {
			hint = problem.text + ": " + hint
		}
		return a.refuse(at, t, hint)
	}
	named := *made
	named.Go = text
	return &named
}

func (a *analyzer) readParams(c callable, m *model.Member, params []*types.Var) {
	if len(params) > maxParams {
		a.list.Errorf(a.position(params[maxParams]), "%s: there are %d parameters, and no more than %d can cross (take a struct)",
			c.label, len(params), maxParams)
	}
	names := paramNames(params)
	for i, v := range params {
		p := &model.Param{Name: names[i]}
		at := place{pos: a.position(v), member: c.label, what: "parameter " + strconv.Quote(p.Name)}
		last := i == len(params)-1
		switch {
		case last && c.sig.Variadic():
			p.Rest = true
			a.readRest(c, m, p, v, at)
		case last && a.isOptions(v.Type()):
			p.Options = true
			a.readOptions(m, p, v, at)
		default:
			a.readParam(c, m, p, v, at)
		}
		m.Params = append(m.Params, p)
	}
}

// paramNames names the parameters; those without a name get one.
func paramNames(params []*types.Var) []string {
	taken := map[string]bool{}
	for _, v := range params {
		taken[v.Name()] = true
	}
	names := make([]string, len(params))
	for i, v := range params {
		names[i] = v.Name()
		if v.Name() != "" && v.Name() != "_" {
			continue
		}
		names[i] = fmt.Sprintf("arg%d", i+1)
		for taken[names[i]] {
			names[i] += "_"
		}
	}
	return names
}

func (a *analyzer) readParam(c callable, m *model.Member, p *model.Param, v *types.Var, at place) {
	if class := a.classBehind(v.Type()); class != nil {
		p.Type = &model.Type{Kind: model.Handle, Class: class.model}
		if m.Stream != model.NoStream {
			a.refuse(at, v.Type(), "an iteration outlives the call, which alone keeps a handle in use")
		}
		return
	}
	if sig, ok := v.Type().Underlying().(*types.Signature); ok && !isIterator(v.Type()) {
		p.Type = a.callback(sig, v.Type(), at)
		return
	}
	p.Type = a.value(v.Type(), at, c.number)
}

func isIterator(t types.Type) bool { return isNamed(t, "iter", "Seq") || isNamed(t, "iter", "Seq2") }

func (a *analyzer) callback(sig *types.Signature, t types.Type, at place) *model.Type {
	params := variables(sig.Params())
	switch {
	case sig.Results().Len() > 0:
		return a.refuse(at, t, "a callback has no results: Go never waits for JavaScript")
	case sig.Variadic():
		return a.refuse(at, t, "a callback cannot be variadic")
	case len(params) > maxCallbackArgs:
		return a.refuse(at, t, fmt.Sprintf("a callback has no more than %d parameters", maxCallbackArgs))
	}
	made := &model.Type{Kind: model.Callback}
	names := paramNames(params)
	for i, v := range params {
		in := at
		in.what += ": argument " + strconv.Quote(names[i])
		made.Params = append(made.Params, &model.Param{Name: names[i], Type: a.value(v.Type(), in, false)})
	}
	return made
}

// isOptions reports whether the type of a last parameter makes it an optional
// object: a pointer to a struct that is no class and no time.
func (a *analyzer) isOptions(t types.Type) bool {
	p, ok := t.Underlying().(*types.Pointer)
	if !ok || a.classBehind(t) != nil || isNamed(p.Elem(), "time", "Time") {
		return false
	}
	_, ok = p.Elem().Underlying().(*types.Struct)
	return ok
}

func (a *analyzer) readOptions(m *model.Member, p *model.Param, v *types.Var, at place) {
	p.Type = a.value(v.Type(), at, false)
	if p.Type == nil || !m.TakesSignal() {
		return
	}
	for _, f := range p.Type.Elem.Fields {
		if f.Name == "signal" {
			a.refuse(at, v.Type(), "its property signal would be taken for the AbortSignal")
		}
	}
}

func (a *analyzer) readRest(c callable, m *model.Member, p *model.Param, v *types.Var, at place) {
	elem := v.Type().(*types.Slice).Elem()
	if a.classBehind(elem) != nil {
		a.refuse(at, elem, "a class cannot be variadic")
		return
	}
	if _, ok := elem.Underlying().(*types.Signature); ok {
		a.refuse(at, elem, "a callback cannot be variadic")
		return
	}
	p.Type = a.value(elem, at, false)
	if p.Type == nil || !m.TakesSignal() {
		return
	}
	if k := p.Type.Kind; k != model.Scalar && k != model.Bytes && k != model.Duration {
		a.refuse(at, elem, "a variadic parameter of objects could not be told from { signal }: take a slice")
	}
}
