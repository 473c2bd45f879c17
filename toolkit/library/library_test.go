package library

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// build compiles a program for another system and returns the file.
func build(t *testing.T, source string, args []string, env ...string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/small\n\ngo 1.26.0\n", "main.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "made")
	cmd := exec.Command("go", append(append([]string{"build"}, args...), "-o", out, ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append(env, "GOFLAGS=", "GOWORK=off")...)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return out
}

const (
	plain  = "package main\n\nfunc main() { println(1) }\n"
	shared = "package main\n\nimport \"C\"\n\n//export Answer\nfunc Answer() int { return 42 }\n\nfunc main() {}\n"
)

func read(t *testing.T, file string) *Needs {
	t.Helper()
	n, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(n.Libraries) || !slices.IsSorted(n.Symbols) {
		t.Error("the lists are not sorted")
	}
	return n
}

func TestLinux(t *testing.T) {
	n := read(t, build(t, shared, []string{"-trimpath", "-buildmode=c-shared"}, "CGO_ENABLED=1"))
	if n.OS != "linux" || !n.Pinned || !slices.Contains(n.Libraries, "libc.so.6") {
		t.Errorf("%+v", n)
	}
	versioned := func(s string) bool { return strings.HasPrefix(s, "malloc@GLIBC_2.") }
	if !slices.ContainsFunc(n.Symbols, versioned) {
		t.Errorf("no malloc with a version among %v", n.Symbols)
	}
}

// A program that is linked statically asks for nothing; a processor that there
// is no addon for is told by its name.
func TestStatic(t *testing.T) {
	file := build(t, plain, nil, "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64")
	if n := read(t, file); n.OS != "linux" || n.CPU != "arm64" || n.Pinned || len(n.Libraries)+len(n.Symbols) > 0 {
		t.Errorf("%+v", n)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text[18] = byte(elf.EM_RISCV) // e_machine
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	if n := read(t, file); n.CPU != "EM_RISCV" {
		t.Errorf("%+v", n)
	}
}

func TestWindows(t *testing.T) {
	n := read(t, build(t, plain, nil, "CGO_ENABLED=0", "GOOS=windows", "GOARCH=amd64"))
	if n.OS != "win32" || n.CPU != "x64" || !slices.Equal(n.Libraries, []string{"kernel32.dll"}) {
		t.Errorf("%+v", n)
	}
	if !slices.Contains(n.Symbols, "GetProcAddress") {
		t.Errorf("no GetProcAddress among %v", n.Symbols)
	}
}

func TestMacOS(t *testing.T) {
	n := read(t, build(t, plain, nil, "CGO_ENABLED=0", "GOOS=darwin", "GOARCH=arm64"))
	if n.OS != "darwin" || n.CPU != "arm64" || !slices.Contains(n.Libraries, "/usr/lib/libSystem.B.dylib") {
		t.Errorf("%+v", n)
	}
}

// What is no library, or half of one, is an error and nothing worse.
func TestDamaged(t *testing.T) {
	for _, target := range []string{"linux/arm64", "windows/amd64", "darwin/arm64"} {
		system, processor, _ := strings.Cut(target, "/")
		whole, err := os.ReadFile(build(t, plain, nil, "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+processor))
		if err != nil {
			t.Fatal(err)
		}
		for _, length := range []int{0, 1, 4, 20, 64, 200, 500} {
			file := filepath.Join(t.TempDir(), "cut")
			if err := os.WriteFile(file, whole[:length], 0o666); err != nil {
				t.Fatal(err)
			}
			if n, err := Read(file); err == nil && length < 500 {
				t.Errorf("%d bytes of a program for %s: %+v", length, target, n)
			}
		}
	}
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no library at all"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(text); err == nil || !strings.Contains(err.Error(), "no library") {
		t.Errorf("text: %v", err)
	}
	if _, err := Read(filepath.Join(t.TempDir(), "missing")); !os.IsNotExist(err) {
		t.Errorf("a missing file: %v", err)
	}
}
