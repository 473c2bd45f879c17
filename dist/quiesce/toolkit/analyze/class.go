package analyze

import (
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/quiesce/quiesce/toolkit/jstext"
	"github.com/quiesce/quiesce/toolkit/model"
)

// A class is a type with the directive.
type class struct {
	model *model.Class
	obj   *types.TypeName
	t     types.Type // without aliases
	// The places of the members' JS names.
	methods, statics map[string]token.Position
}

// classOf returns the class of a type without aliases; nil if it is none.
func (a *analyzer) classOf(t types.Type) *class {
	for _, c := range a.classes {
		if types.Identical(c.t, t) {
			return c
		}
	}
	return nil
}

// classBehind returns the class that the type is a pointer to.
func (a *analyzer) classBehind(t types.Type) *class {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return a.classOf(types.Unalias(p.Elem()))
	}
	return nil
}

// readTypes finds the classes, and what directives say of other types.
func (a *analyzer) readTypes() {
	for _, obj := range a.objects() {
		t, ok := obj.(*types.TypeName)
		if !ok {
			continue
		}
		d := a.declOf(t)
		a.isNumber(t)
		if _, ok := d.use("class"); ok {
			a.addClass(t, d)
		} else if isPlain(t) {
			a.addTypeName(t, d)
		}
	}
	a.checkTypeNames()
}

// isPlain reports whether the declaration makes one type of its own.
func isPlain(t *types.TypeName) bool {
	named, ok := t.Type().(*types.Named)
	return ok && named.TypeParams().Len() == 0 && !types.IsInterface(named)
}

func (a *analyzer) addTypeName(t *types.TypeName, d *decl) {
	name, ok := d.use("name")
	switch {
	case !ok:
	case jstext.IsReserved(name) || slices.Contains(typeWords, name):
		a.list.Errorf(d.at("name"), "%s: %q cannot be the name of a type", t.Name(), name)
	default:
		a.typeNames[t] = name
	}
}

// checkTypeNames refuses a given name that a class, or another type, has too.
func (a *analyzer) checkTypeNames() {
	taken := maps.Clone(a.exports) // those of the classes, so far
	for _, obj := range a.objects() {
		t, ok := obj.(*types.TypeName)
		name, given := a.typeNames[t]
		if !ok || !given {
			continue
		}
		if other, ok := taken[name]; ok {
			a.list.Errorf(a.position(t), "%s: %q is the name of what is declared at %s too: give one another name",
				t.Name(), name, a.short(other))
		}
		taken[name] = a.position(t)
	}
}

func (a *analyzer) addClass(obj *types.TypeName, d *decl) {
	name := obj.Name()
	if given, ok := d.use("name"); ok {
		name = given
	}
	pos := a.position(obj)
	if slices.Contains(typeWords, name) {
		a.list.Errorf(d.at("name"), "%s: %q cannot be the name of a type", obj.Name(), name)
		return
	}
	t := types.Unalias(obj.Type())
	if wrong := a.notAClass(obj, t); wrong != "" {
		a.list.Errorf(pos, "%s: %s", obj.Name(), wrong)
		return
	}
	if other := a.classOf(t); other != nil {
		a.list.Errorf(pos, "%s: it is the same type as the class %s, declared at %s", obj.Name(), other.model.GoName,
			a.short(a.position(other.obj)))
		return
	}
	a.export(name, obj.Name(), pos)
	m := &model.Class{Name: name, GoName: obj.Name(), Go: "p." + obj.Name(), Doc: d.doc}
	a.out.Classes = append(a.out.Classes, m)
	a.out.Links[obj.Name()] = name
	a.classes = append(a.classes, &class{
		model: m, obj: obj, t: t, methods: map[string]token.Position{}, statics: map[string]token.Position{},
	})
}

// notAClass tells why the type cannot be a class.
func (a *analyzer) notAClass(obj *types.TypeName, t types.Type) string {
	named, ok := t.(*types.Named)
	alias, isAlias := obj.Type().(*types.Alias)
	switch {
	case !obj.Exported():
		return "a class must be exported"
	case !ok:
		return "a class must have a type of its own, not " + a.typeName(t)
	case isAlias && alias.TypeParams().Len() > 0, !isAlias && named.TypeParams().Len() > 0:
		return "a generic type cannot be a class: declare an alias of an instance, such as type StringSet = Set[string], " +
			"or a struct that embeds one, and put the directive there"
	case isAlias && named.TypeArgs().Len() == 0 && a.isOwn(named.Obj().Pkg()):
		return "it is an alias: put the directive on " + named.Obj().Name()
	case types.IsInterface(t):
		return "an interface cannot be a class"
	case a.isOfC(t):
		return "a struct of C's cannot be a class, for its values may lie in C's memory: make a Go struct with a pointer to it"
	}
	if _, ok := t.Underlying().(*types.Pointer); ok {
		return "a pointer cannot be a class"
	}
	return ""
}

// readMethods reads the method set of the pointer to the class's type.
func (a *analyzer) readMethods(c *class) {
	set := types.NewMethodSet(types.NewPointer(c.t))
	list := make([]*types.Selection, 0, set.Len())
	for selection := range set.Methods() {
		if selection.Obj().Exported() {
			list = append(list, selection)
		}
	}
	slices.SortStableFunc(list, func(x, y *types.Selection) int { return a.bySource(x.Obj(), y.Obj()) })
	for _, selection := range list {
		obj := selection.Obj().(*types.Func)
		sig := selection.Type().(*types.Signature)
		through := embeddedIn(c.t, selection)
		outside := through != nil && !a.sameModule(packageOf(through.Type()))
		switch {
		case obj.Name() == "Close":
			if through != nil && a.classOf(deref(through.Type())) != nil {
				a.list.Errorf(a.position(through), "%s: its Close is that of the embedded class %s, which would be closed by both: "+
					"declare a Close of its own", c.obj.Name(), a.typeName(deref(through.Type())))
				continue
			}
			a.readClose(c, obj, sig, outside)
		case outside:
			a.list.Notef(a.position(through), "%s: the methods of the embedded %s are left out: it is of another module",
				c.obj.Name(), a.typeName(deref(through.Type())))
		default:
			a.addMethod(c, obj, sig)
		}
	}
}

// embeddedIn returns the embedded field whose type has the method; nil if the
// method is the type's own.
func embeddedIn(t types.Type, selection *types.Selection) *types.Var {
	var last *types.Var
	index := selection.Index()
	for _, i := range index[:len(index)-1] {
		last = deref(t).Underlying().(*types.Struct).Field(i)
		t = last.Type()
	}
	return last
}

func packageOf(t types.Type) *types.Package {
	if n, ok := deref(t).(*types.Named); ok {
		return n.Obj().Pkg()
	}
	return nil
}

// readClose finds out how a value is released. What an embedded type of another
// module has is a release only if it looks like one.
func (a *analyzer) readClose(c *class, obj *types.Func, sig *types.Signature, outside bool) {
	results := sig.Results()
	switch {
	case sig.Params().Len() == 0 && results.Len() == 0:
		c.model.Close = model.PlainClose
	case sig.Params().Len() == 0 && results.Len() == 1 && types.Identical(results.At(0).Type(), errorType):
		c.model.Close = model.ErrorClose
	case !outside:
		a.list.Errorf(a.position(obj), "%s.Close: it releases the value, so it has to be Close() or Close() error", c.obj.Name())
		return
	}
	a.checkBody(c.obj.Name()+".Close", obj)
}

func (a *analyzer) addMethod(c *class, obj *types.Func, sig *types.Signature) {
	d := a.declOf(obj)
	if _, skip := d.use("skip"); skip {
		return
	}
	label := c.obj.Name() + "." + obj.Name()
	m := a.member(callable{label: label, obj: obj, sig: sig, decl: d})
	m.Name = lowerCamel(obj.Name())
	if given, ok := d.use("name"); ok {
		m.Name = given
	}
	a.take(c.methods, m.Name, label, a.position(obj), instanceNames)
	a.out.Links[label] = c.model.Name + "." + m.Name
	c.model.Methods = append(c.model.Methods, m)
}

// take takes a name for a member of a class.
func (a *analyzer) take(names map[string]token.Position, name, label string, pos token.Position, reserved []string) {
	other, taken := names[name]
	why, isMisleading := misleading[name]
	switch {
	case isMisleading:
		a.list.Errorf(pos, "%s: %s: give it another name than %q by %sname", label, why, name, prefix)
	case slices.Contains(reserved, name):
		a.list.Errorf(pos, "%s: every class has %q already: give it another name by %sname", label, name, prefix)
	case taken:
		a.list.Errorf(pos, "%s: %q is the name of what is declared at %s too: give one another name by %sname",
			label, name, a.short(other), prefix)
	}
	names[name] = pos
}
