package diag

import (
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func at(file string, line, column int) token.Position {
	return token.Position{Filename: file, Line: line, Column: column}
}

func print(t *testing.T, l *List, dir string) string {
	t.Helper()
	var b strings.Builder
	if err := l.Print(&b, dir); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Messages are sorted by their places, each once, with the line and a mark below
// the column; tabs are as wide there as in the line.
func TestPrint(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.go"), filepath.Join(dir, "sub", "b.go")
	if err := os.WriteFile(a, []byte("package a\r\n\tx := ä + 1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	var l List
	l.Errorf(at(b, 3, 0), "in %s", "b")
	l.Errorf(at(a, 2, 10), "late")
	l.Errorf(at(a, 2, 2), "early")
	l.Errorf(at(a, 2, 2), "early")
	l.Errorf(at(a, 1, 1), "first")
	l.Notef(at(a, 1, 1), "a note")
	l.Errorf(at(a, 1, 99), "beyond")
	l.Errorf(token.Position{}, "nowhere")
	want := `nowhere
a.go:1:1: first
package a
^
a.go:1:1: note: a note
package a
^
a.go:1:99: beyond
a.go:2:2: early
	x := ä + 1
	^
a.go:2:10: late
	x := ä + 1
	       ^
sub/b.go:3: in b
6 errors
`
	if got := print(t, &l, dir); got != filepath.FromSlash(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCount(t *testing.T) {
	var l List
	l.Notef(token.Position{}, "a note")
	if got := print(t, &l, "."); got != "note: a note\n" || l.Errors() != 0 {
		t.Errorf("%d: %q", l.Errors(), got)
	}
	l.Errorf(token.Position{}, "an error")
	if got := print(t, &l, "."); got != "note: a note\nan error\n1 error\n" || l.Errors() != 1 {
		t.Errorf("%d: %q", l.Errors(), got)
	}
}

// A file is named as is shorter.
func TestRelative(t *testing.T) {
	for _, c := range []struct{ name, dir, want string }{
		{"/a/b/c.go", "/a", "b/c.go"},
		{"/aaa/c.go", "/aaa/b", "../c.go"},
		{"/x.go", "/a/b/c/d", "/x.go"},
	} {
		name, dir := filepath.FromSlash(c.name), filepath.FromSlash(c.dir)
		if got := shortest(name, dir); got != filepath.FromSlash(c.want) {
			t.Errorf("%s in %s is %s", name, dir, got)
		}
	}
}
