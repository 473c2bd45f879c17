package analyze

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"

	"github.com/quiesce/quiesce/toolkit/model"
)

// A goWriter writes types as the generated package has to: it is a package of
// its own, below the author's.
type goWriter struct {
	own     *types.Package
	imports []model.Import
	aliases map[string]string // import path -> name
}

func newGoWriter(own *types.Package) *goWriter {
	w := &goWriter{own: own, aliases: map[string]string{}}
	w.imported(own.Path(), "p")
	return w
}

func (w *goWriter) imported(path, alias string) string {
	if known := w.aliases[path]; known != "" {
		return known
	}
	if alias == "" {
		alias = "p" + strconv.Itoa(len(w.imports)-1)
	}
	w.aliases[path] = alias
	w.imports = append(w.imports, model.Import{Alias: alias, Path: path})
	return alias
}

// An unwritable type cannot be named outside its package.
type unwritable struct{ text, hint string }

func (u *unwritable) Error() string { return u.text + ": " + u.hint }

// expr returns the type as Go source.
func (w *goWriter) expr(t types.Type) (string, error) {
	switch t := t.(type) {
	case *types.Alias:
		if w.check(t.Obj()) != nil {
			return w.expr(t.Rhs())
		}
		return w.named(t.Obj(), t.TypeArgs())
	case *types.Named:
		return w.named(t.Obj(), t.TypeArgs())
	case *types.Pointer:
		return w.around("*", t.Elem())
	case *types.Slice:
		return w.around("[]", t.Elem())
	case *types.Array:
		return w.around(fmt.Sprintf("[%d]", t.Len()), t.Elem())
	case *types.Map:
		key, err := w.expr(t.Key())
		if err != nil {
			return "", err
		}
		return w.around("map["+key+"]", t.Elem())
	case *types.Struct:
		return w.structure(t)
	default:
		return types.TypeString(t, nil), nil
	}
}

func (w *goWriter) around(before string, elem types.Type) (string, error) {
	text, err := w.expr(elem)
	return before + text, err
}

func (w *goWriter) named(obj *types.TypeName, args *types.TypeList) (string, error) {
	if err := w.check(obj); err != nil {
		return "", err
	}
	text := obj.Name()
	if obj.Pkg() != nil {
		text = w.imported(obj.Pkg().Path(), "") + "." + text
	}
	if args.Len() == 0 {
		return text, nil
	}
	list := make([]string, args.Len())
	for i := range list {
		var err error
		if list[i], err = w.expr(args.At(i)); err != nil {
			return "", err
		}
	}
	return text + "[" + strings.Join(list, ", ") + "]", nil
}

func (w *goWriter) check(obj *types.TypeName) error {
	switch {
	case obj.Pkg() == nil: // error, any
		return nil
	case !obj.Exported():
		return &unwritable{obj.Name(), "it is not exported"}
	case !w.mayImport(obj.Pkg().Path()):
		return &unwritable{obj.Name(), "it is of an internal package of another module"}
	default:
		return nil
	}
}

// mayImport applies Go's rule for internal packages.
func (w *goWriter) mayImport(path string) bool {
	if path == w.own.Path() {
		return true
	}
	elements := strings.Split(path, "/")
	for i := len(elements) - 1; i >= 0; i-- {
		if elements[i] == "internal" {
			parent := strings.Join(elements[:i], "/")
			return w.own.Path() == parent || strings.HasPrefix(w.own.Path(), parent+"/")
		}
	}
	return true
}

// structure writes a struct without a name, which is the same type only with
// the same tags.
func (w *goWriter) structure(t *types.Struct) (string, error) {
	fields := make([]string, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		if !f.Exported() {
			return "", &unwritable{f.Name(), "a struct without a name has a field that is not exported"}
		}
		text, err := w.expr(f.Type())
		if err != nil {
			return "", err
		}
		if !f.Embedded() {
			text = f.Name() + " " + text
		}
		if tag := t.Tag(i); tag != "" {
			text += " " + strconv.Quote(tag)
		}
		fields[i] = text
	}
	return "struct{" + strings.Join(fields, "; ") + "}", nil
}
