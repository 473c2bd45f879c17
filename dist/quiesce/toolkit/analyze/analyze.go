// Package analyze reads an author's Go package and works out what JavaScript
// sees of it. It is strict: what cannot cross is an error, never left out.
package analyze

import (
	"cmp"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/quiesce/quiesce/toolkit/diag"
	"github.com/quiesce/quiesce/toolkit/jstext"
	"github.com/quiesce/quiesce/toolkit/model"
)

// MainFolder is the folder below the author's package that the generated main
// package seems to be in. It is never made: Go is told so by an overlay.
const MainFolder = "quiesce-addon-main"

type analyzer struct {
	pkg     *packages.Package
	list    *diag.List
	out     *model.Package
	own     *sourceIndex
	foreign foreign
	writer  *goWriter

	classes   []*class
	numbers   map[*types.TypeName]bool   // 64-bit integers that are numbers in JS
	typeNames map[*types.TypeName]string // given by the author
	known     typeutil.Map               // declared types -> *model.Type
	open      []*types.Named             // being looked at, with no struct between them
	exports   map[string]token.Position  // JS names of classes and functions
}

// Package analyses a package, given as a folder or as an import path. Without
// errors in the list, the model is complete.
func Package(pattern string, list *diag.List) (*model.Package, error) {
	pkg, err := load(pattern, list)
	if pkg == nil || err != nil {
		return nil, err
	}
	a := &analyzer{
		pkg: pkg, list: list, own: newIndex(pkg.Fset, pkg.GoFiles),
		foreign:   foreign{parsed: map[string]bool{}, index: newIndex(token.NewFileSet(), nil)},
		writer:    newGoWriter(pkg.Types),
		numbers:   map[*types.TypeName]bool{},
		typeNames: map[*types.TypeName]string{},
		exports:   map[string]token.Position{},
		out: &model.Package{
			Name: pkg.Name, Path: pkg.PkgPath, Dir: filepath.Dir(pkg.GoFiles[0]), Links: map[string]string{},
		},
	}
	a.run()
	return a.out, nil
}

func (a *analyzer) run() {
	for _, file := range a.pkg.Syntax {
		a.index(a.own, file)
		if file.Doc != nil {
			a.out.Doc = cmp.Or(a.out.Doc, file.Doc.Text())
		}
	}
	for _, file := range a.pkg.Syntax {
		a.checkStrays(file, a.own.docs)
	}
	a.readTypes()
	a.readSentinels()
	for _, c := range a.classes {
		a.readMethods(c)
	}
	a.readFunctions()
	a.checkUnused()
	a.checkFolder()
	a.out.Imports = a.writer.imports
	if len(a.out.Classes) == 0 && len(a.out.Functions) == 0 && a.list.Errors() == 0 {
		a.list.Errorf(nameOf(a.pkg), "package %s exports nothing to JavaScript: there is no %sclass and no %sfunction",
			a.pkg.Name, prefix, prefix)
	}
}

// objects returns what the package declares, in the order of its sources.
func (a *analyzer) objects() []types.Object {
	scope := a.pkg.Types.Scope()
	list := make([]types.Object, 0, scope.Len())
	for _, name := range scope.Names() {
		list = append(list, scope.Lookup(name))
	}
	slices.SortFunc(list, a.bySource)
	return list
}

// bySource compares objects by their places, those of the package itself first.
func (a *analyzer) bySource(x, y types.Object) int {
	if own := a.isOwn(x.Pkg()); own != a.isOwn(y.Pkg()) {
		if own {
			return -1
		}
		return 1
	}
	p, q := a.position(x), a.position(y)
	return cmp.Or(cmp.Compare(p.Filename, q.Filename), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// ownClasses are registered in every addon.
var ownClasses = []string{"Guard", "AsyncIterator"}

// export takes a name for a class or a function.
func (a *analyzer) export(name, label string, pos token.Position) {
	other, taken := a.exports[name]
	why, isMisleading := misleading[name]
	switch {
	case isMisleading:
		a.list.Errorf(pos, "%s: %s: give it another name than %q by %sname", label, why, name, prefix)
	case jstext.IsReserved(name):
		a.list.Errorf(pos, "%s: %q is a reserved word of JavaScript: give it another name by %sname", label, name, prefix)
	case slices.Contains(ownClasses, name):
		a.list.Errorf(pos, "%s: %s is a class of Quiesce's own: give it another name by %sname", label, name, prefix)
	case taken:
		a.list.Errorf(pos, "%s: %q is the name of what is declared at %s too: give one another name by %sname",
			label, name, a.short(other), prefix)
	}
	a.exports[name] = pos
}

// short writes a place without its folder.
func (a *analyzer) short(pos token.Position) string {
	pos.Filename = filepath.Base(pos.Filename)
	return pos.String()
}

func (a *analyzer) readSentinels() {
	for _, obj := range a.objects() {
		v, ok := obj.(*types.Var)
		if !ok {
			continue
		}
		d := a.declOf(v)
		code, ok := d.use("code")
		switch {
		case !ok:
		case !types.Identical(v.Type(), errorType):
			a.list.Errorf(a.position(v), "%s: %scode is for a variable of type error, not %s", v.Name(), prefix, a.typeName(v.Type()))
		case !v.Exported():
			a.list.Errorf(a.position(v), "%s: an error with a code must be exported", v.Name())
		default:
			a.out.Sentinels = append(a.out.Sentinels, model.Sentinel{Go: "p." + v.Name(), Code: code})
		}
	}
}

var errorType = types.Universe.Lookup("error").Type()

// checkFolder refuses a package that has the folder of the generated one.
func (a *analyzer) checkFolder() {
	entries, _ := os.ReadDir(filepath.Join(a.out.Dir, MainFolder)) // there is none
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") {
			a.list.Errorf(nameOf(a.pkg), "the folder %s has Go files: its name is needed for the build", MainFolder)
			return
		}
	}
}
