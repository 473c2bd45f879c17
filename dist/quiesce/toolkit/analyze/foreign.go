package analyze

import (
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"

	"golang.org/x/tools/go/packages"
)

// Other packages come as export data, in which places are known but comments
// and bodies are not, and files have no folders. The few files that matter are
// found and parsed when they are asked for.
type foreign struct {
	listed map[string]*packages.Package // by import path; nil: not listed yet
	parsed map[string]bool
	index  *sourceIndex
}

// list lists all packages that the author's depends on.
func (f *foreign) list(own *packages.Package) {
	f.listed = map[string]*packages.Package{}
	config := &packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedModule,
		Dir:  filepath.Dir(own.GoFiles[0]), BuildFlags: buildFlags,
	}
	found, err := packages.Load(config, ".")
	if err != nil {
		return // it has been loaded before, so this is about comments at most
	}
	packages.Visit(found, nil, func(p *packages.Package) { f.listed[p.PkgPath] = p })
}

func (a *analyzer) foreignPackage(pkg *types.Package) *packages.Package {
	if a.foreign.listed == nil {
		a.foreign.list(a.pkg)
	}
	return a.foreign.listed[pkg.Path()]
}

func (a *analyzer) isOwn(pkg *types.Package) bool { return pkg == a.pkg.Types }

// sameModule reports whether the package is one of the author's module.
func (a *analyzer) sameModule(pkg *types.Package) bool {
	if pkg == nil || a.isOwn(pkg) {
		return pkg != nil
	}
	p := a.foreignPackage(pkg)
	return p != nil && p.Module != nil && a.pkg.Module != nil && p.Module.Path == a.pkg.Module.Path
}

// position returns where an object is declared.
func (a *analyzer) position(obj types.Object) token.Position {
	pos := a.place(obj)
	if obj.Pkg() == nil || a.isOwn(obj.Pkg()) {
		return pos
	}
	if d := a.declOf(obj); d != nil {
		return d.pos
	}
	pos.Column = 0 // it is not the real one
	return pos
}

// place returns the file and the line where an object is declared.
func (a *analyzer) place(obj types.Object) token.Position {
	pos := a.own.position(obj.Pos())
	if obj.Pkg() == nil || a.isOwn(obj.Pkg()) {
		return pos
	}
	if p := a.foreignPackage(obj.Pkg()); p != nil {
		return realPlace(pos, p.GoFiles)
	}
	return pos
}

// declOf returns what an object's source tells; nil if there is none.
func (a *analyzer) declOf(obj types.Object) *decl {
	if obj.Pkg() == nil {
		return nil
	}
	pos := a.place(obj)
	v, ok := obj.(*types.Var)
	at := spot{pos.Filename, pos.Line, obj.Name(), ok && v.IsField()}
	if a.isOwn(obj.Pkg()) {
		return a.own.decls[at]
	}
	f := &a.foreign
	if !f.parsed[pos.Filename] {
		f.parsed[pos.Filename] = true
		file, err := parser.ParseFile(f.index.fset, pos.Filename, nil, parser.ParseComments)
		if err == nil {
			f.index.mute = !a.sameModule(obj.Pkg())
			a.index(f.index, file)
		}
	}
	return f.index.decls[at]
}
