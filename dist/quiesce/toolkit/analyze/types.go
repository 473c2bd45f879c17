package analyze

import (
	"go/token"
	"go/types"
	"strings"

	"github.com/quiesce/quiesce/toolkit/model"
)

// A place is where a type is used, for messages.
type place struct {
	pos    token.Position
	member string     // Counter.Top
	what   string     // parameter "n", result, result: field Entry.At
	t      types.Type // what is being looked at there
}

// atField returns the place of a field. What is wrong with a field is shown
// there, if it is in the author's module.
func (a *analyzer) atField(at place, f field) place {
	at.what += ": field " + f.owner + "." + f.v.Name()
	at.t = f.v.Type()
	if a.sameModule(f.v.Pkg()) {
		at.pos = a.position(f.v)
	}
	return at
}

// typeName writes a type for a message.
func (a *analyzer) typeName(t types.Type) string {
	text := types.TypeString(t, func(p *types.Package) string {
		if a.isOwn(p) {
			return ""
		}
		return p.Name()
	})
	return strings.ReplaceAll(text, "_Ctype_", "C.") // as the author of a package with cgo writes it
}

// refuse tells that a type cannot cross. It returns nil, for its callers.
func (a *analyzer) refuse(at place, t types.Type, hint string) *model.Type {
	a.list.Errorf(at.pos, "%s: %s: type %s has no JavaScript counterpart (%s)", at.member, at.what, a.typeName(t), hint)
	return nil
}

// typeOf returns how values of a type cross; nil after an error. number: 64-bit
// integers without a type of their own are JS numbers.
func (a *analyzer) typeOf(t types.Type, at place, number bool) *model.Type {
	at.t = t
	t = types.Unalias(t)
	if a.classOf(t) != nil {
		return a.refuse(at, t, "a class crosses as a handle: use *"+a.typeName(t)+" as a parameter or as the result")
	}
	if p, ok := t.(*types.Pointer); ok && a.classOf(types.Unalias(p.Elem())) != nil {
		return a.refuse(at, t, "a class cannot be part of another value")
	}
	if named, ok := t.(*types.Named); ok {
		return a.named(named, at, number)
	}
	return a.shape(t, at, number)
}

// shape is typeOf for a type without a name, or for what is below a name.
func (a *analyzer) shape(t types.Type, at place, number bool) *model.Type {
	switch t := t.(type) {
	case *types.Basic:
		return a.scalar(t, at, number)
	case *types.Pointer:
		if _, twice := t.Elem().Underlying().(*types.Pointer); twice {
			return a.refuse(at, at.t, "one pointer is enough")
		}
		return a.around(model.Pointer, t.Elem(), at, number)
	case *types.Slice:
		if isByte(t.Elem()) {
			return &model.Type{Kind: model.Bytes, Encoded: !types.Identical(t.Elem(), types.Typ[types.Uint8])}
		}
		return a.around(model.List, t.Elem(), at, number)
	case *types.Array:
		if isByte(t.Elem()) {
			return &model.Type{Kind: model.ByteArray}
		}
		return a.around(model.Array, t.Elem(), at, number)
	case *types.Map:
		if key, ok := t.Key().Underlying().(*types.Basic); !ok || key.Kind() != types.String {
			return a.refuse(at, at.t, "the keys of an object are strings")
		}
		return a.around(model.Map, t.Elem(), at, number)
	case *types.Struct:
		if method := encoderOf(at.t); method != "" {
			return a.refuse(at, at.t, "it encodes itself by "+method+": convert it to a plain struct or a string")
		}
		fields, ok := a.fieldsOf(t, a.typeName(at.t), at)
		if !ok {
			return nil
		}
		return &model.Type{Kind: model.Struct, Fields: fields}
	default:
		return a.refuse(at, at.t, hintFor(t))
	}
}

func (a *analyzer) around(kind model.Kind, elem types.Type, at place, number bool) *model.Type {
	e := a.typeOf(elem, at, number)
	if e == nil {
		return nil
	}
	return &model.Type{Kind: kind, Elem: e}
}

func (a *analyzer) scalar(t *types.Basic, at place, number bool) *model.Type {
	const crossing = types.IsBoolean | types.IsInteger | types.IsFloat | types.IsString
	if t.Info()&crossing == 0 || t.Info()&types.IsUntyped != 0 || t.Kind() == types.Uintptr {
		return a.refuse(at, at.t, "an address or a complex number means nothing there")
	}
	wide := t.Kind() == types.Int64 || t.Kind() == types.Uint64
	return &model.Type{Kind: model.Scalar, Basic: types.Typ[t.Kind()].Name(), Number: number && wide}
}

func hintFor(t types.Type) string {
	switch t := t.(type) {
	case *types.Interface:
		if types.Identical(t, types.Universe.Lookup("error").Type().Underlying()) {
			return "an error can only be the last result: it is thrown"
		}
		return "an interface does not tell what crosses: use a type that does"
	case *types.Chan:
		return "a channel can only be a result, as <-chan T"
	case *types.Signature:
		return "a function can only be a parameter"
	default:
		return "it has no fixed shape"
	}
}

// named is typeOf for a declared type.
func (a *analyzer) named(t *types.Named, at place, number bool) *model.Type {
	switch {
	case isNamed(t, "time", "Time"):
		return &model.Type{Kind: model.Date}
	case isNamed(t, "time", "Duration"):
		return &model.Type{Kind: model.Duration}
	case isNamed(t, "context", "Context"):
		return a.refuse(at, t, "a context can only be the first parameter")
	case isNamed(t, "iter", "Seq"), isNamed(t, "iter", "Seq2"):
		return a.refuse(at, t, "an iterator can only be the result")
	}
	number = number || a.isNumber(t.Obj())
	_, isStruct := t.Underlying().(*types.Struct)
	if !isStruct && number && !a.isNumber(t.Obj()) && hasBigint(t, nil) {
		return a.shape(t.Underlying(), at, number) // the tag changes what the name stands for
	}
	if a.isOpen(t) {
		return a.refuse(at, t, "it consists of itself without a struct between")
	}
	if known, ok := a.known.At(t).(*model.Type); ok {
		return known
	}
	return a.declare(t, at, number, isStruct)
}

// declare makes the type of a name that is seen for the first time. It is known
// before what it consists of, for that may be the same name again.
func (a *analyzer) declare(t *types.Named, at place, number, isStruct bool) *model.Type {
	named := a.newNamed(t)
	made := &model.Type{Named: named}
	a.known.Set(t, made)
	open := a.open
	if isStruct {
		made.Kind = model.Struct
		a.open = nil
	} else {
		a.open = append(a.open, t)
	}
	below := a.shape(t.Underlying(), at, number)
	a.open = open
	if below == nil {
		if !a.sameModule(t.Obj().Pkg()) {
			a.known.Delete(t) // each use of it is to be refused
		}
		return nil
	}
	named.Type = below
	*made = *below
	made.Named = named
	a.out.Named = append(a.out.Named, named)
	return made
}

func (a *analyzer) isOpen(t *types.Named) bool {
	for _, each := range a.open {
		if types.Identical(each, t) {
			return true
		}
	}
	return false
}

// encoderOf returns the method by which a type encodes itself, if it does.
func encoderOf(t types.Type) string {
	set := types.NewMethodSet(types.NewPointer(t))
	for _, name := range []string{"MarshalJSON", "MarshalText"} {
		if set.Lookup(nil, name) != nil {
			return name
		}
	}
	return ""
}

func isNamed(t types.Type, path, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == path && n.Obj().Name() == name
}

func isByte(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Uint8
}
