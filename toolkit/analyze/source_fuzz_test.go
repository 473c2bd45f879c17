package analyze

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/quiesce/quiesce/toolkit/diag"
	"github.com/quiesce/quiesce/toolkit/jstext"
)

// Whatever a Go file has in its comments: a directive is used, or is an error at
// a place in that file.
func FuzzDirectives(f *testing.F) {
	for _, s := range []string{
		"//quiesce:class\ntype T struct{}", "//quiesce:name x y\nfunc F() {}", "//quiesce:code ERR_X\nvar E error", "// quiesce:skip\n\nfunc F() {}",
		"//quiesce:\nconst c = 1", "//quiesce:borrow\n//quiesce:borrow\nfunc (t *T) M() {}", "/*\n//quiesce:class\n*/\ntype (\n//quiesce:number\nN int64\n)",
		"//line other.go:7\n//quiesce:class now\ntype T = int",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "a.go", "package p\n"+source, parser.ParseComments)
		if err != nil {
			return
		}
		list := &diag.List{}
		a := &analyzer{list: list, own: newIndex(fset, []string{"a.go"})}
		a.index(a.own, file)
		a.checkStrays(file, a.own.docs)
		for _, d := range a.own.decls {
			for _, each := range d.directives {
				if r, known := rules[each.word]; !known || (r.valid == nil) != (each.arg == "") || each.used {
					t.Fatalf("the directive %+v passed", each)
				}
			}
		}
		kept := list.Errors()
		a.checkUnused()
		read := strings.ReplaceAll(source, "\r", "") // as Go's scanner reads comments
		if n := strings.Count(read, prefix); list.Errors() > 3*n+3*strings.Count(read, "// quiesce:") || kept > list.Errors() {
			t.Fatalf("%d errors of %d directives", list.Errors(), n)
		}
		for _, m := range list.Sorted() {
			if m.Text == "" || m.Pos.Line < 1 && !strings.Contains(read, "line ") {
				t.Fatalf("%v: %q", m.Pos, m.Text)
			}
		}
	})
}

// What Go prints becomes problems with all of its text.
func FuzzCompilerErrors(f *testing.F) {
	f.Add("# pkg\n./a.go:3:4: undefined: x\n\thave y\n\twant z", "/dir")
	f.Add("a:b.go:1: x", "")
	f.Add(":::\n:1:\n:-1:2: x\n99999999999999999999:1: x", ".")
	f.Fuzz(func(t *testing.T, output, dir string) {
		var all strings.Builder
		for _, p := range compilerErrors(output, dir) {
			all.WriteString(p.text)
			if p.pos.Filename == "" && p.pos.Line != 0 {
				t.Fatalf("a place without a file: %+v", p)
			}
		}
		if all.Len() > len(output)+1 {
			t.Fatalf("%q became %q", output, all.String())
		}
		_ = parsePosition(output, dir)
	})
}

// A name that Go allows is one that JavaScript allows.
func FuzzNames(f *testing.F) {
	for _, name := range []string{"HTMLText", "URL", "IDsOf", "Open", "ǅ", "İx", "A1", "Σ"} {
		f.Add(name, "Index")
	}
	f.Add("OpenIndex", "Index")
	f.Add("IndexIndexed", "Index")
	f.Fuzz(func(t *testing.T, name, class string) {
		if !token.IsIdentifier(name) || !token.IsExported(name) || !token.IsIdentifier(class) {
			return
		}
		for _, got := range []string{lowerCamel(name), staticName(name, class)} {
			if !jstext.IsIdentifier(got) {
				t.Fatalf("%q of %q is %q, which JavaScript does not allow", name, class, got)
			}
		}
	})
}
