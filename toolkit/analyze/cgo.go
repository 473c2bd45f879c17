package analyze

import (
	"go/types"
	"path/filepath"
	"slices"
)

// isOfC reports whether the struct is declared in C: its values may lie in
// memory that is not Go's, where Go cannot tell whether one is still referred to.
// What cgo makes of C's declarations counts as a file of the package, and has
// the name of none.
func (a *analyzer) isOfC(t types.Type) bool {
	s, ok := t.Underlying().(*types.Struct)
	if !ok || s.NumFields() == 0 || !a.isOwn(s.Field(0).Pkg()) {
		return false
	}
	declared := filepath.Base(a.own.position(s.Field(0).Pos()).Filename)
	return !slices.ContainsFunc(a.pkg.GoFiles, func(file string) bool { return filepath.Base(file) == declared })
}
