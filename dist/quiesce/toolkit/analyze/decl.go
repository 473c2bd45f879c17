package analyze

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"
)

// A decl is what the source of one declaration, or of one field, tells beside
// its type.
type decl struct {
	name       string
	pos        token.Position
	doc        string
	on         target
	directives []*directive
	body       *ast.BlockStmt // of a function
	file       *ast.File
	flags      bool // of a constant: it is made by shifting
}

// use returns a directive's argument and marks it as used.
func (d *decl) use(word string) (arg string, ok bool) {
	if d == nil {
		return "", false
	}
	for _, each := range d.directives {
		if each.word == word {
			each.used = true
			return each.arg, true
		}
	}
	return "", false
}

func (d *decl) has(word string) bool {
	for _, each := range d.directives {
		if each.word == word {
			return true
		}
	}
	return false
}

// at returns where the directive is.
func (d *decl) at(word string) token.Position {
	for _, each := range d.directives {
		if each.word == word {
			return each.pos
		}
	}
	return token.Position{}
}

// A spot finds a declaration: export data has no columns.
type spot struct {
	file string
	line int
	name string
	// A field may have the name of its struct, in one line.
	field bool
}

// A sourceIndex has the declarations of some files.
type sourceIndex struct {
	fset  *token.FileSet
	files []string // what places in them are in; see realPlace
	decls map[spot]*decl
	docs  map[*ast.CommentGroup]bool // those that belong to one
	mute  bool                       // directives mean nothing in the file at hand
}

func newIndex(fset *token.FileSet, files []string) *sourceIndex {
	return &sourceIndex{fset: fset, files: files, decls: map[spot]*decl{}, docs: map[*ast.CommentGroup]bool{}}
}

func (x *sourceIndex) position(pos token.Pos) token.Position {
	return realPlace(x.fset.Position(pos), x.files)
}

// realPlace returns the place with the path that its file has among those of a
// package. What cgo has made of a file may come from Go's cache, and name a
// folder where the same file once was; in export data files have no folders.
func realPlace(pos token.Position, files []string) token.Position {
	if slices.Contains(files, pos.Filename) {
		return pos
	}
	for _, file := range files {
		if filepath.Base(file) == filepath.Base(pos.Filename) {
			pos.Filename = file
		}
	}
	return pos
}

// index adds the declarations of a file.
func (a *analyzer) index(into *sourceIndex, file *ast.File) {
	for _, each := range file.Decls {
		switch d := each.(type) {
		case *ast.FuncDecl:
			on := onFunction
			if d.Recv != nil {
				on = onMethod
			}
			into.docs[d.Doc] = true
			into.add(d.Name, false, &decl{
				doc: d.Doc.Text(), on: on, directives: a.directivesOf(into, d.Doc, on), body: d.Body, file: file,
			})
		case *ast.GenDecl:
			a.indexGroup(into, d, file)
		}
	}
}

// indexGroup gives the doc comment of a declaration without parentheses to the
// one thing that it declares.
func (a *analyzer) indexGroup(into *sourceIndex, group *ast.GenDecl, file *ast.File) {
	own := group.Doc
	if group.Lparen.IsValid() {
		into.docs[group.Doc] = true
		a.directivesOf(into, group.Doc, onOther)
		own = nil
	}
	shifts := false
	for _, each := range group.Specs {
		switch spec := each.(type) {
		case *ast.TypeSpec:
			doc := first(spec.Doc, own)
			into.docs[doc] = true
			into.add(spec.Name, false, &decl{doc: doc.Text(), on: onType, directives: a.directivesOf(into, doc, onType), file: file})
			into.addFields(spec)
		case *ast.ValueSpec:
			doc := first(spec.Doc, own)
			into.docs[doc] = true
			if len(spec.Values) > 0 {
				shifts = hasShift(spec.Values) // the lines below without values repeat these
			}
			a.indexValues(into, group.Tok, spec, doc, shifts)
		}
	}
}

func (a *analyzer) indexValues(into *sourceIndex, tok token.Token, spec *ast.ValueSpec, doc *ast.CommentGroup, shifts bool) {
	on := onOther
	if tok == token.VAR && len(spec.Names) == 1 {
		on = onVariable
	}
	directives := a.directivesOf(into, doc, on)
	for _, name := range spec.Names {
		into.add(name, false, &decl{doc: doc.Text(), on: on, directives: directives, flags: shifts})
	}
}

func (x *sourceIndex) add(name *ast.Ident, field bool, d *decl) {
	d.name, d.pos = name.Name, x.position(name.Pos())
	x.decls[spot{d.pos.Filename, d.pos.Line, d.name, field}] = d
}

// addFields adds the fields of all structs in a type's declaration.
func (x *sourceIndex) addFields(spec *ast.TypeSpec) {
	ast.Inspect(spec.Type, func(n ast.Node) bool {
		s, ok := n.(*ast.StructType)
		if !ok {
			return true
		}
		for _, f := range s.Fields.List {
			names := f.Names
			if len(names) == 0 {
				names = []*ast.Ident{embeddedName(f.Type)}
			}
			for _, name := range names {
				x.add(name, true, &decl{doc: first(f.Doc, f.Comment).Text(), on: onOther})
			}
		}
		return true
	})
}

// embeddedName returns the name that an embedded type gives to its field.
func embeddedName(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.StarExpr:
		return embeddedName(e.X)
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.IndexExpr:
		return embeddedName(e.X)
	case *ast.IndexListExpr:
		return embeddedName(e.X)
	case *ast.ParenExpr:
		return embeddedName(e.X)
	default:
		return e.(*ast.Ident)
	}
}

func first(groups ...*ast.CommentGroup) *ast.CommentGroup {
	for _, g := range groups {
		if g != nil {
			return g
		}
	}
	return nil
}

func hasShift(values []ast.Expr) bool {
	found := false
	for _, v := range values {
		ast.Inspect(v, func(n ast.Node) bool {
			b, ok := n.(*ast.BinaryExpr)
			found = found || (ok && b.Op == token.SHL)
			return !found
		})
	}
	return found
}
