package analyze_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/quiesce/quiesce/toolkit/analyze"
)

// A folder tests one package of a module of several files.
type folder struct {
	name, pkg string
	files     map[string]string
	want      []string
}

var folders = []folder{
	{
		"nothing to export", ".", map[string]string{"a.go": "package a\n", "b.go": "package a\n"},
		[]string{"a.go:1:9: package a exports nothing to JavaScript: there is no //quiesce:class and no //quiesce:function"},
	},
	{
		"main", ".", map[string]string{"a.go": "package main\n\nfunc main() {}\n"},
		[]string{"a.go:1:9: package main cannot be imported by an addon: give it another name"},
	},
	{
		"test", ".", map[string]string{"a.go": "package a_test\n"},
		[]string{"a.go:1:9: package a_test is a test"},
	},
	{
		"type errors", ".", map[string]string{"a.go": "package a\n\n//quiesce:class\ntype C struct{}\n\n" +
			"func (c *C) M(x any) int { return \"x\" }\nfunc (c *C) N() Missing\n"},
		[]string{
			`a.go:6:35: cannot use "x" (untyped string constant) as int value in return statement`,
			"a.go:7:17: undefined: Missing",
		},
	},
	{
		"syntax error", ".", map[string]string{"a.go": "package a\n\nvar 1 = 2\n"},
		[]string{"a.go:3:5: syntax error: unexpected literal 1, expected name"},
	},
	{
		"error in a package that is imported", "b",
		map[string]string{"a/a.go": "package a\n\nvar X int = \"\"\n", "b/b.go": "package b\n\nimport _ \"example.com/bad/a\"\n"},
		[]string{`a/a.go:3:13: cannot use "" (untyped string constant) as int value in variable declaration`},
	},
	{
		"missing module", ".", map[string]string{"a.go": "package a\n\nimport _ \"example.com/missing\"\n"},
		[]string{"a.go:3:8: no required module provides package example.com/missing; to add it:\n\tgo get example.com/missing"},
	},
	{
		"place in another package", "b",
		map[string]string{
			"a/a.go": "package a\n\nimport e \"os\"\n\ntype A struct{ F func() }\n\n" +
				"func (a *A) M(x any)  { e.Exit(1) }\nfunc (a *A) N(int)    { var e A; e.Exit(1) }\nfunc (a *A) Exit(int) {}\n\n" +
				"//quiesce:nane x\nfunc (a *A) O() {}\n",
			"a/b.go": "package a\n",
			"b/b.go": "package b\n\nimport \"example.com/bad/a\"\n\n//quiesce:class\ntype C struct{ a.A }\n\nfunc (c *C) P(x a.A) {}\n",
		},
		[]string{
			"a/a.go:5:16: C.P: parameter \"x\": field a.A.F: type func() has no JavaScript counterpart (a function can only be a parameter)",
			"a/a.go:7: C.M: parameter \"x\": type any has no JavaScript counterpart (" + vague + ")",
			"a/a.go:7:25: C.M: calls os.Exit, " + endsNode,
			"a/a.go:11:1: unknown directive //quiesce:nane",
		},
	},
	{
		"class of another package", "b",
		map[string]string{
			"a/a.go": "package a\n\n//quiesce:class\ntype A struct{ N int }\n",
			"b/b.go": "package b\n\nimport \"example.com/bad/a\"\n\n//quiesce:class\ntype C struct{}\n\nfunc (c *C) M() *a.A { return nil }\n",
		},
		[]string{"a/a.go:3:1: A: it is used by package b, of which it is no class"},
	},
	{
		"the folder of the build", ".",
		map[string]string{
			"a.go": "package a\n\n//quiesce:class\ntype C struct{}\n", analyze.MainFolder + "/x.go": "package main\n",
		},
		[]string{"a.go:1:9: the folder quiesce-addon-main has Go files: its name is needed for the build"},
	},
	{
		"no Go files", "x", map[string]string{"x/a_test.go": "package x\n"},
		[]string{"no Go files in DIR/x but those of tests"},
	},
	{
		"a struct of C", ".",
		map[string]string{"a.go": "package a\n\n// typedef struct { int n; } point;\nimport \"C\"\n\n//quiesce:class\ntype P C.point\n"},
		[]string{"a.go:7:6: P: a struct of C's cannot be a class, for its values may lie in C's memory: make a Go struct with a pointer to it"},
	},
	{
		"cgo", ".",
		map[string]string{"a.go": "package a\n\n// typedef struct { int n; } point;\nimport \"C\"\n\n//quiesce:class\ntype C struct{ p C.point }\n"},
		nil,
	},
}

func TestFolders(t *testing.T) {
	for _, f := range folders {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			dir := writeModule(t, f.files)
			var want []string
			for _, each := range f.want {
				want = append(want, strings.ReplaceAll(each, "DIR", dir))
			}
			compare(t, messages(t, filepath.Join(dir, f.pkg), dir), want)
		})
	}
}

// What cgo has made of a file is found in Go's cache again, under the name of
// the folder that the file was in before. The messages name the one it is in.
func TestMovedPackage(t *testing.T) {
	source := "package a\n\nimport \"C\"\n\n//quiesce:class\ntype T struct{ n C.int }\n\nfunc (t *T) M(x any) {}\n"
	want := []string{`a.go:8:15: T.M: parameter "x": type any has no JavaScript counterpart (` + vague + ")"}
	for range 2 {
		dir := writeModule(t, map[string]string{"a.go": source})
		compare(t, messages(t, dir, dir), want)
	}
}
