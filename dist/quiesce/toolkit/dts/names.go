package dts

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/quiesce/quiesce/toolkit/model"
)

// nameTypes gives each declared type a name of its own: the author's types come
// first, of others with one name the package's name tells them apart.
func (w *writer) nameTypes() {
	for _, c := range w.pkg.Classes {
		w.taken[c.Name] = true
	}
	for _, f := range w.pkg.Functions {
		w.taken[f.Name] = true
	}
	order := slices.Clone(w.pkg.Named)
	slices.SortStableFunc(order, func(x, y *model.Named) int { return cmp.Compare(rank(x), rank(y)) })
	for _, n := range order {
		name := n.Name
		if w.taken[name] && !n.Own {
			name = capital(n.Pkg) + name
		}
		for i := 2; w.taken[name]; i++ {
			name = fmt.Sprintf("%s%d", n.Name, i)
		}
		w.taken[name] = true
		w.names[n] = name
		if n.Own {
			w.links[n.GoName] = name
		}
	}
}

func rank(n *model.Named) int {
	switch {
	case n.Fixed:
		return 0
	case n.Own && token.IsExported(n.GoName):
		return 1
	case n.Own:
		return 2
	default:
		return 3
	}
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// global returns how a type of the language is referred to, even if the author
// has one with its name.
func (w *writer) global(name string) string {
	if w.taken[name] {
		return "globalThis." + name
	}
	return name
}

// imported returns how a type of Quiesce's is referred to.
func (w *writer) imported(name string) string {
	w.imports[name] = true
	for w.taken[name] {
		name += "_"
	}
	return name
}
