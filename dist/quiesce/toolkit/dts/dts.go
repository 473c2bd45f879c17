// Package dts writes the types of an addon's package.
package dts

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/quiesce/quiesce/toolkit/model"
)

// A writer writes index.d.ts.
type writer struct {
	strings.Builder
	pkg     *model.Package
	names   map[*model.Named]string
	taken   map[string]bool // names of types that are exported
	imports map[string]bool // types of Quiesce's that are used
	links   map[string]string
	node    bool // types of Node's are used
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// Module is index.d.mts: the ES module has the same exports.
const Module = "export * from './index.js';\n"

// CommonJS returns index.d.ts.
func CommonJS(pkg *model.Package) []byte {
	w := &writer{
		pkg: pkg, names: map[*model.Named]string{}, taken: map[string]bool{}, imports: map[string]bool{},
		links: maps.Clone(pkg.Links),
	}
	w.nameTypes()
	for _, c := range pkg.Classes {
		w.class(c)
	}
	for _, f := range pkg.Functions {
		w.member("", "export function ", f)
	}
	named := slices.Clone(pkg.Named)
	slices.SortFunc(named, func(x, y *model.Named) int { return strings.Compare(w.names[x], w.names[y]) })
	for _, n := range named {
		w.declaration(n)
	}
	return []byte(w.header() + w.String())
}

// header returns what stands before the declarations, which tell what it needs.
func (w *writer) header() string {
	head := &writer{links: w.links}
	if w.node {
		head.line("/// <reference types=\"node\" />\n")
	}
	if lines := w.docLines(w.pkg.Doc, "", ""); len(lines) > 0 {
		head.comment("", append(lines, "", "@packageDocumentation"))
	}
	if list := strings.Join(w.importList(), ", "); w.imports["Handle"] {
		head.line("import { %s } from 'quiesce/addon';", list)
	} else if list != "" {
		head.line("import type { %s } from 'quiesce/addon';", strings.ReplaceAll(list, "type ", ""))
	}
	return head.String()
}

func (w *writer) importList() []string {
	var list []string
	for _, name := range []string{"Handle", "Token", "SignalOptions", "Bytes", "Iteration"} {
		if !w.imports[name] {
			continue
		}
		text := name
		if as := w.imported(name); as != name {
			text += " as " + as
		}
		if name != "Handle" { // which is a class, and extended
			text = "type " + text
		}
		list = append(list, text)
	}
	return list
}
