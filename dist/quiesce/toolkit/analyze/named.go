package analyze

import (
	"go/constant"
	"go/types"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/quiesce/quiesce/toolkit/jstext"
	"github.com/quiesce/quiesce/toolkit/model"
)

// newNamed names a declared type for JS. A type that is not exported, which only
// a field can have, gets a name that is.
func (a *analyzer) newNamed(t *types.Named) *model.Named {
	obj := t.Obj()
	n := &model.Named{Name: capital(instanceName(t)), GoName: obj.Name()}
	if obj.Pkg() != nil {
		n.Pkg, n.Own = obj.Pkg().Name(), a.isOwn(obj.Pkg())
	}
	d := a.declOf(obj)
	if d != nil {
		n.Doc = d.doc
	}
	if d != nil && !n.Own {
		a.readForeign(obj, d)
	}
	if name, ok := a.typeNames[obj]; ok && t.TypeArgs().Len() == 0 {
		n.Name, n.Fixed = name, true
	}
	if n.Own {
		n.Constants = a.constantsOf(t)
	}
	return n
}

// readForeign reads the directives on a type of another package of the module.
func (a *analyzer) readForeign(t *types.TypeName, d *decl) {
	if isPlain(t) {
		a.addTypeName(t, d)
	}
	if d.has("class") {
		a.list.Errorf(d.at("class"), "%s: it is used by package %s, of which it is no class", t.Name(), a.pkg.Name)
	}
}

// instanceName returns Pair for Pair, and PairStringInt for Pair[string, int].
func instanceName(t *types.Named) string {
	name := t.Obj().Name()
	for arg := range t.TypeArgs().Types() {
		name += wordFor(arg)
	}
	return name
}

func wordFor(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return capital(instanceName(t))
	case *types.Basic:
		return capital(t.Name())
	case *types.Pointer:
		return wordFor(t.Elem())
	case *types.Slice:
		if isByte(t.Elem()) {
			return "Bytes"
		}
		return wordFor(t.Elem()) + "List"
	case *types.Array:
		return wordFor(t.Elem()) + strconv.FormatInt(t.Len(), 10)
	case *types.Map:
		return wordFor(t.Elem()) + "Map"
	default:
		return "Object"
	}
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// constantsOf returns the values of the exported constants of a type, as JS
// writes them: its type is their union then. Flags, which are made by shifting,
// are combined, so their type is not.
func (a *analyzer) constantsOf(t *types.Named) []string {
	var values []string
	for _, c := range a.exportedConstants(t) {
		if d := a.declOf(c); d != nil && d.flags {
			return nil
		}
		value := a.literal(c, t)
		if value == "" {
			return nil
		}
		if !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	if len(values) < 2 {
		return nil // one constant is a special value, not all there are
	}
	return values
}

func (a *analyzer) exportedConstants(t *types.Named) []*types.Const {
	var list []*types.Const
	for _, obj := range a.objects() {
		c, ok := obj.(*types.Const)
		if ok && c.Exported() && types.Identical(c.Type(), t) {
			list = append(list, c)
		}
	}
	return list
}

const maxSafeInteger = 1<<53 - 1

// literal returns a constant as JS writes it; nothing for one that is no string
// and no integer, or that no literal can be.
func (a *analyzer) literal(c *types.Const, t *types.Named) string {
	basic := t.Underlying().(*types.Basic)
	switch {
	case basic.Info()&types.IsString != 0:
		return jstext.Quote(constant.StringVal(c.Val()))
	case basic.Info()&types.IsInteger != 0:
		if wide := basic.Kind() == types.Int64 || basic.Kind() == types.Uint64; wide && !a.isNumber(t.Obj()) {
			return c.Val().ExactString() + "n"
		}
		if i, exact := constant.Int64Val(c.Val()); !exact || i > maxSafeInteger || i < -maxSafeInteger {
			return ""
		}
		return c.Val().ExactString()
	default:
		return ""
	}
}
