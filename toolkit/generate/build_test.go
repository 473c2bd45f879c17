package generate

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// What is generated compiles with the Go half, as `quiesce build` does it, and
// does in Node what its types say.
func TestAddons(t *testing.T) {
	repository, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	link(t, repository, filepath.Join(dir, "node_modules", "quiesce"))
	workspace := writeWorkspace(t, dir, repository)
	for _, name := range fixtures {
		files := made(t, name)
		out := filepath.Join(dir, name)
		if err := write(out, files); err != nil {
			t.Fatal(err)
		}
		compile(t, name, out, append(workspace, headers(t, repository)))
	}
	copyFiles(t, filepath.Join("testdata", "node"), dir)
	if text, err := exec.Command("node", filepath.Join(dir, "use.mjs")).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

func writeWorkspace(t *testing.T, dir, repository string) []string {
	t.Helper()
	module, err := filepath.Abs(fixture("."))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "go.work")
	text := fmt.Sprintf("go 1.26.0\n\nuse (\n\t%q\n\t%q\n)\n", module, repository)
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return append(os.Environ(), "GOWORK="+file, "CGO_ENABLED=1")
}

// headers puts Node-API's headers on the path of the C compiler.
func headers(t *testing.T, repository string) string {
	t.Helper()
	dir := filepath.Join(repository, "node_modules", "node-api-headers", "include")
	if _, err := os.Stat(dir); err != nil {
		t.Fatal("npm install has not been run: ", err)
	}
	return "CGO_CFLAGS=-O2 -g -I" + dir
}

// compile makes NAME.node in the folder out.
func compile(t *testing.T, name, out string, env []string) {
	t.Helper()
	var build struct{ MainDir string }
	text, err := os.ReadFile(filepath.Join(out, "build.json"))
	if err == nil {
		err = json.Unmarshal(text, &build)
	}
	if err != nil {
		t.Fatal(err)
	}
	main := filepath.Join(build.MainDir, "main.go")
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{main: filepath.Join(out, "main.go")}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(out, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o666); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("go", "build", "-overlay", file, "-trimpath", "-buildmode=c-shared", "-buildvcs=false",
		"-ldflags", "-s -w", "-o", filepath.Join(out, name+".node"), "./"+filepath.Base(build.MainDir))
	command.Dir, command.Env = filepath.Dir(build.MainDir), env
	if text, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
}
