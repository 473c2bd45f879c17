package analyze

import (
	"go/types"
	"slices"
)

// isOfC reports whether the struct is declared in C: its values may lie in
// memory that is not Go's, where Go cannot tell whether one is still referred to.
// What cgo makes of C's declarations counts as a file of the package, and is
// none of its sources.
func (a *analyzer) isOfC(t types.Type) bool {
	s, ok := t.Underlying().(*types.Struct)
	if !ok || s.NumFields() == 0 || !a.isOwn(s.Field(0).Pkg()) {
		return false
	}
	return !slices.Contains(a.pkg.GoFiles, a.own.position(s.Field(0).Pos()).Filename)
}
