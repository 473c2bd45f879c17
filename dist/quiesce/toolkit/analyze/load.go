package analyze

import (
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/quiesce/quiesce/toolkit/diag"
)

// Only the package itself is read as source, what it imports as export data.
const loadMode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
	packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedModule

// With the flags of the addon's build, which decide how packages are compiled,
// that build finds all that was compiled for the export data in Go's cache.
var buildFlags = []string{"-trimpath", "-buildmode=c-shared"}

// load reads a package, given as a folder or as an import path. What is wrong
// with it goes to the list; the package is nil then.
func load(pattern string, list *diag.List) (*packages.Package, error) {
	config := &packages.Config{Mode: loadMode, BuildFlags: buildFlags, Fset: token.NewFileSet()}
	dir, err := filepath.Abs(pattern)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		pattern = "."
	} else if dir, err = os.Getwd(); err != nil {
		return nil, err
	}
	config.Dir = dir
	found, err := packages.Load(config, pattern)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		list.Errorf(token.Position{}, "%s: %d packages match, not one", pattern, len(found))
		return nil, nil
	}
	addErrors(list, found[0], dir)
	checkPackage(list, found[0], dir)
	if list.Errors() > 0 {
		return nil, nil
	}
	return found[0], nil
}

func checkPackage(list *diag.List, pkg *packages.Package, dir string) {
	switch {
	case list.Errors() > 0:
	case len(pkg.Syntax) == 0:
		list.Errorf(token.Position{}, "no Go files in %s but those of tests", dir)
	case pkg.Name == "main":
		list.Errorf(nameOf(pkg), "package main cannot be imported by an addon: give it another name")
	case strings.HasSuffix(pkg.Name, "_test"):
		list.Errorf(nameOf(pkg), "package %s is a test", pkg.Name)
	}
}

// nameOf returns where the package's first file says its name.
func nameOf(pkg *packages.Package) token.Position {
	return realPlace(pkg.Fset.Position(pkg.Syntax[0].Name.Pos()), pkg.GoFiles)
}
