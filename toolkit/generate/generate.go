// Package generate makes the sources of an addon of an author's Go package.
package generate

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"github.com/quiesce/quiesce/toolkit/analyze"
	"github.com/quiesce/quiesce/toolkit/diag"
	"github.com/quiesce/quiesce/toolkit/dts"
	"github.com/quiesce/quiesce/toolkit/golang"
	"github.com/quiesce/quiesce/toolkit/javascript"
	"github.com/quiesce/quiesce/toolkit/model"
)

// Options tell what to make.
type Options struct {
	Package string // a folder or an import path
	Out     string // the folder to write to; it is made
	Version string // of the toolkit
	Name    string // of the addon; empty: the Go package's
	// Published is the name of the npm package that the addon is published
	// with, whose platform packages have it; empty: it lies beside its entries.
	Published string
}

// Run makes all files. What is wrong with the package is printed to messages;
// nothing is written then, and ok is false.
func Run(o Options, messages io.Writer) (ok bool, err error) {
	var list diag.List
	pkg, err := analyze.Package(o.Package, &list)
	if err != nil {
		return false, err
	}
	dir, err := os.Getwd()
	if err != nil {
		return false, err
	}
	if err := list.Print(messages, dir); err != nil {
		return false, err
	}
	if list.Errors() > 0 {
		return false, nil
	}
	files, err := Files(pkg, o)
	if err != nil {
		return false, err
	}
	return true, write(o.Out, files)
}

// Files returns the contents of all files by their names.
func Files(pkg *model.Package, o Options) (map[string][]byte, error) {
	name := o.Name
	if name == "" {
		name = pkg.Name
	}
	main, err := golang.Main(pkg, o.Version)
	if err != nil {
		return nil, err
	}
	build, err := json.MarshalIndent(map[string]string{
		"name":       name,
		"importPath": pkg.Path,
		"mainDir":    filepath.Join(pkg.Dir, analyze.MainFolder),
	}, "", "  ")
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"main.go":     main,
		"index.js":    javascript.CommonJS(name, o.Published),
		"index.mjs":   javascript.Module(pkg),
		"index.d.ts":  dts.CommonJS(pkg),
		"index.d.mts": []byte(dts.Module),
		"build.json":  append(build, '\n'),
	}, nil
}

func write(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			return err
		}
	}
	return nil
}
