package generate

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quiesce/quiesce/toolkit/analyze"
	"github.com/quiesce/quiesce/toolkit/diag"
)

var update = flag.Bool("update", false, "write what is generated to testdata/golden")

// The packages of testdata/fixture.
var fixtures = []string{"shapes", "names", "functions"}

func TestMain(m *testing.M) {
	os.Setenv("GOWORK", "off") // the fixtures are in no workspace
	os.Setenv("GOFLAGS", "")
	os.Exit(m.Run())
}

func fixture(name string) string { return filepath.Join("testdata", "fixture", name) }

// made returns what is generated for a fixture.
func made(t *testing.T, name string) map[string][]byte {
	t.Helper()
	var list diag.List
	pkg, err := analyze.Package(fixture(name), &list)
	if err != nil {
		t.Fatal(err)
	}
	if list.Errors() > 0 {
		t.Fatal(list.Sorted())
	}
	files, err := Files(pkg, Options{Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What is generated is what was looked at and found good; `go test -update`
// takes it over.
func TestGolden(t *testing.T) {
	for _, name := range fixtures {
		t.Run(name, func(t *testing.T) {
			files := made(t, name)
			delete(files, "build.json") // it has the path of this folder
			dir := filepath.Join("testdata", "golden", name)
			if *update {
				if err := write(dir, files); err != nil {
					t.Fatal(err)
				}
			}
			for file, got := range files {
				want, err := os.ReadFile(filepath.Join(dir, file))
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s is not as in %s: %s", file, dir, difference(got, want))
				}
			}
		})
	}
}

// difference returns the first line that differs.
func difference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got\n" + g[i] + "\nwant\n" + w[i]
		}
	}
	return "one is longer"
}

// The same package makes the same files, whatever order Go's maps and the
// parser's goroutines have.
func TestSameEachTime(t *testing.T) {
	first := made(t, "shapes")
	for range 5 {
		for file, got := range made(t, "shapes") {
			if !bytes.Equal(got, first[file]) {
				t.Errorf("%s: %s", file, difference(got, first[file]))
			}
		}
	}
}

// Run writes all files, names the addon as it is told, and prints notes.
func TestRun(t *testing.T) {
	out := filepath.Join(t.TempDir(), "deep", "out")
	var messages strings.Builder
	ok, err := Run(Options{Package: fixture("shapes"), Out: out, Version: "1.2.3", Name: "other-name"}, &messages)
	if !ok || err != nil {
		t.Fatal(ok, err, messages.String())
	}
	if want := "embedded other.Lock"; !strings.Contains(messages.String(), want) {
		t.Errorf("the messages have no %q: %s", want, messages.String())
	}
	text, err := os.ReadFile(filepath.Join(out, "build.json"))
	if err != nil {
		t.Fatal(err)
	}
	var build struct{ Name, ImportPath, MainDir string }
	if err := json.Unmarshal(text, &build); err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.Abs(fixture("shapes"))
	if err != nil {
		t.Fatal(err)
	}
	if build.Name != "other-name" || build.ImportPath != "example.com/fixture/shapes" ||
		build.MainDir != filepath.Join(dir, "quiesce-addon-main") {
		t.Errorf("build.json has %+v", build)
	}
	text, err = os.ReadFile(filepath.Join(out, "index.js"))
	if err != nil || !strings.Contains(string(text), "'other-name.node'") {
		t.Errorf("index.js: %s %v", text, err)
	}
}

// Of a package that is not fit nothing is written; the messages tell why.
func TestRunRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/bad\n\ngo 1.24\n",
		"a.go":   "package a\n\n//quiesce:class\ntype C struct{}\n\nfunc (c *C) M(x any) {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var messages strings.Builder
	ok, err := Run(Options{Package: "example.com/bad", Out: "out"}, &messages)
	if ok || err != nil {
		t.Fatal(ok, err)
	}
	want := `a.go:6:15: C.M: parameter "x": type any has no JavaScript counterpart ` +
		"(an interface does not tell what crosses: use a type that does)\n" +
		"func (c *C) M(x any) {}\n              ^\n1 error\n"
	if messages.String() != want {
		t.Errorf("got\n%swant\n%s", messages.String(), want)
	}
	if _, err := os.Stat("out"); !os.IsNotExist(err) {
		t.Error("there is a folder out")
	}
}
