package analyze

import (
	"go/types"
)

// readFunctions finds the constructors of the classes, and the functions with
// the directive.
func (a *analyzer) readFunctions() {
	for _, obj := range a.objects() {
		f, ok := obj.(*types.Func)
		if !ok {
			continue
		}
		d := a.declOf(f)
		if _, ok := d.use("function"); ok {
			a.addFunction(f, d)
			continue
		}
		c := a.constructed(f)
		if c == nil {
			a.checkOther(f, d)
			continue
		}
		if _, skip := d.use("skip"); !skip {
			a.addConstructor(c, f, d)
		}
	}
}

// constructed returns the class of which the function is a constructor.
func (a *analyzer) constructed(f *types.Func) *class {
	sig := f.Signature()
	results := sig.Results()
	if !f.Exported() || sig.TypeParams().Len() > 0 || results.Len() == 0 || results.Len() > 2 {
		return nil
	}
	if results.Len() == 2 && !types.Identical(results.At(1).Type(), errorType) {
		return nil
	}
	return a.classBehind(results.At(0).Type())
}

// checkOther refuses a function that looks like a constructor and is none:
// nobody should find out in JS that it is missing.
func (a *analyzer) checkOther(f *types.Func, d *decl) {
	if !f.Exported() || f.Signature().TypeParams().Len() > 0 {
		return
	}
	for v := range f.Signature().Results().Variables() {
		t := types.Unalias(v.Type())
		c := a.classBehind(t)
		if c == nil {
			c = a.classOf(t)
		}
		if c == nil {
			continue
		}
		if _, skip := d.use("skip"); !skip {
			a.list.Errorf(a.position(f), "%s: a constructor of %s returns (*%s) or (*%s, error): "+
				"change its results, or leave it out by %sskip", f.Name(), c.obj.Name(), c.obj.Name(), c.obj.Name(), prefix)
		}
		return
	}
}

func (a *analyzer) addFunction(f *types.Func, d *decl) {
	switch {
	case !f.Exported():
		a.list.Errorf(a.position(f), "%s: a %sfunction must be exported", f.Name(), prefix)
		return
	case f.Signature().TypeParams().Len() > 0:
		a.list.Errorf(a.position(f), "%s: a generic function has no JavaScript counterpart", f.Name())
		return
	}
	m := a.member(callable{label: f.Name(), obj: f, sig: f.Signature(), decl: d})
	m.Name = lowerCamel(f.Name())
	if given, ok := d.use("name"); ok {
		m.Name = given
	}
	a.export(m.Name, f.Name(), a.position(f))
	a.out.Links[f.Name()] = m.Name
	a.out.Functions = append(a.out.Functions, m)
}

func (a *analyzer) addConstructor(c *class, f *types.Func, d *decl) {
	m := a.member(callable{label: f.Name(), obj: f, sig: f.Signature(), decl: d})
	m.Nullable = false
	given, named := d.use("name")
	switch usual := f.Name() == "New" || f.Name() == "New"+c.obj.Name(); {
	case named:
		m.Name = given
	case usual && m.Context:
		m.Name = "create"
	case usual:
		m.Name, m.Constructor = "new", true
	default:
		m.Name = staticName(f.Name(), c.obj.Name())
	}
	a.take(c.statics, m.Name, f.Name(), a.position(f), staticNames)
	a.out.Links[f.Name()] = c.model.Name + "." + m.Name
	if m.Constructor {
		a.out.Links[f.Name()] = c.model.Name
	}
	c.model.Statics = append(c.model.Statics, m)
}
