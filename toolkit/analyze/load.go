package analyze

import (
	"errors"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
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
// with its sources goes to the list; the package is nil then.
func load(pattern string, list *diag.List) (*packages.Package, error) {
	config := &packages.Config{Mode: loadMode, BuildFlags: buildFlags, Fset: token.NewFileSet()}
	if info, err := os.Stat(pattern); err == nil && info.IsDir() {
		if config.Dir, err = filepath.Abs(pattern); err != nil {
			return nil, err
		}
		pattern = "."
	}
	found, err := packages.Load(config, pattern)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%s: %d packages match, not one", pattern, len(found))
	}
	pkg := found[0]
	packages.Visit(found, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			list.Errorf(parsePosition(e.Pos), "%s", strings.TrimSpace(e.Msg))
		}
	})
	switch {
	case list.Errors() > 0:
		return nil, nil
	case len(pkg.Syntax) == 0:
		return nil, errors.New(pattern + ": there are no Go files")
	case pkg.Name == "main":
		list.Errorf(nameOf(pkg), "package main cannot be imported by an addon: give it another name")
		return nil, nil
	case strings.HasSuffix(pkg.Name, "_test"):
		list.Errorf(nameOf(pkg), "package %s is a test", pkg.Name)
		return nil, nil
	}
	return pkg, nil
}

// nameOf returns where the package's first file says its name.
func nameOf(pkg *packages.Package) token.Position {
	return pkg.Fset.Position(pkg.Syntax[0].Name.Pos())
}

// parsePosition reads file:line:col or file:line, from the end: a file's name
// may have colons.
func parsePosition(text string) token.Position {
	var pos token.Position
	numbers := []int{}
	for len(numbers) < 2 {
		cut := strings.LastIndexByte(text, ':')
		if cut < 0 {
			break
		}
		n, err := strconv.Atoi(text[cut+1:])
		if err != nil {
			break
		}
		numbers = append([]int{n}, numbers...)
		text = text[:cut]
	}
	if len(numbers) > 0 {
		pos.Filename, pos.Line = text, numbers[0]
	}
	if len(numbers) > 1 {
		pos.Column = numbers[1]
	}
	return pos
}
