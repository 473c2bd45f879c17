package analyze_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quiesce/quiesce/toolkit/analyze"
	"github.com/quiesce/quiesce/toolkit/diag"
)

// A bad package has an @ at the place of each error, in their order.
type bad struct {
	name string
	src  string // without the package clause
	want []string
}

func TestMain(m *testing.M) {
	os.Setenv("GOWORK", "off") // the packages of the tests are in no workspace
	os.Setenv("GOFLAGS", "")
	os.Exit(m.Run())
}

// Each way in which a package can be unfit is told with its place; nothing is
// left out instead.
func TestErrors(t *testing.T) {
	for _, list := range [][]bad{badValues, badStructs, badMembers, badNames, badDirectives, badClasses, badCalls} {
		for _, b := range list {
			t.Run(b.name, func(t *testing.T) {
				t.Parallel()
				b.test(t)
			})
		}
	}
}

func (b bad) test(t *testing.T) {
	want := b.wanted(t)
	dir := writeModule(t, map[string]string{"bad.go": "package bad\n" + strings.ReplaceAll(b.src, "@", "")})
	compare(t, messages(t, dir, dir), want)
}

// messages returns what is wrong with a package, with files relative to dir.
func messages(t *testing.T, pattern, dir string) []string {
	t.Helper()
	var list diag.List
	if _, err := analyze.Package(pattern, &list); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, m := range list.Sorted() {
		if !m.Pos.IsValid() {
			texts = append(texts, m.Text)
			continue
		}
		m.Pos.Filename, _ = filepath.Rel(dir, m.Pos.Filename)
		texts = append(texts, m.Pos.String()+": "+m.Text)
	}
	return texts
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

// wanted puts the places before the messages.
func (b bad) wanted(t *testing.T) []string {
	parts := strings.Split("package bad\n"+b.src, "@")
	if len(parts) != len(b.want)+1 {
		t.Fatalf("%d places for %d errors", len(parts)-1, len(b.want))
	}
	before := ""
	list := make([]string, len(b.want))
	for i, text := range b.want {
		before += parts[i]
		line := strings.Count(before, "\n") + 1
		column := len(before) - strings.LastIndexByte(before, '\n')
		list[i] = fmt.Sprintf("bad.go:%d:%d: %s", line, column, text)
	}
	return list
}

func writeModule(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir()) // as Go names it
	if err != nil {
		t.Fatal(err)
	}
	if files["go.mod"] == "" {
		files["go.mod"] = "module example.com/bad\n\ngo 1.24\n"
	}
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const class = `
//quiesce:class
type C struct{}

`

// refused returns the message for a parameter x of C.M.
func refused(goType, hint string) []string {
	return []string{fmt.Sprintf(`C.M: parameter "x": type %s has no JavaScript counterpart (%s)`, goType, hint)}
}

func refusedResult(goType, hint string) []string {
	return []string{fmt.Sprintf(`C.M: result: type %s has no JavaScript counterpart (%s)`, goType, hint)}
}

func refusedField(field, goType, hint string) []string {
	return []string{fmt.Sprintf(`C.M: parameter "x": field %s: type %s has no JavaScript counterpart (%s)`, field, goType, hint)}
}
