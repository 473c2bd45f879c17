// Package javascript writes the entries of an addon's package.
package javascript

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quiesce/quiesce/toolkit/jstext"
	"github.com/quiesce/quiesce/toolkit/model"
)

// CommonJS returns index.js, which loads the addon NAME.node: from the platform
// package of the npm package `published`, if that is not empty and it has one
// for the platform, else the one beside it.
func CommonJS(addon, published string) []byte {
	more := ""
	if published != "" {
		more = ", " + jstext.Quote(published)
	}
	return fmt.Appendf(nil, "'use strict';\nmodule.exports = require('quiesce/addon').load(require('node:path').join(__dirname, %s)%s);\n",
		jstext.Quote(addon+".node"), more)
}

// Module returns index.mjs: an ES module has its exports named in its source.
func Module(pkg *model.Package) []byte {
	names := Exports(pkg)
	whole := "addon"
	for slices.Contains(names, whole) {
		whole += "_"
	}
	list := "{ " + strings.Join(names, ", ") + " }"
	if len(list) > 80 {
		list = "{\n  " + strings.Join(names, ",\n  ") + ",\n}"
	}
	return fmt.Appendf(nil, "import %s from './index.js';\nexport const %s = %s;\n", whole, list, whole)
}

// Exports returns the names of all classes and functions.
func Exports(pkg *model.Package) []string {
	var names []string
	for _, c := range pkg.Classes {
		names = append(names, c.Name)
	}
	for _, f := range pkg.Functions {
		names = append(names, f.Name)
	}
	return names
}
