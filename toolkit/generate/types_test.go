package generate

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// root is the repository's folder, where npm has installed its packages.
var root = filepath.Join("..", "..")

// TypeScript reads the generated types without a complaint, in both kinds of
// modules and under both ways to resolve them, and they mean what they should.
func TestTypeScript(t *testing.T) {
	repository, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	compiler := filepath.Join(repository, "node_modules", "typescript", "bin", "tsc")
	if _, err := os.Stat(compiler); err != nil {
		t.Skip("TypeScript is not installed: ", err)
	}
	dir := t.TempDir()
	for _, name := range fixtures {
		if err := write(filepath.Join(dir, name), made(t, name)); err != nil {
			t.Fatal(err)
		}
	}
	link(t, filepath.Join(repository, "node_modules", "@types"), filepath.Join(dir, "node_modules", "@types"))
	link(t, repository, filepath.Join(dir, "node_modules", "quiesce"))
	copyFiles(t, filepath.Join("testdata", "typescript"), dir)
	for _, mode := range [][]string{
		{"--module", "node16"},
		{"--module", "preserve", "--moduleResolution", "bundler"},
	} {
		command := exec.Command("node", append([]string{compiler, "-p", dir}, mode...)...)
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("tsc %v: %v\n%s", mode, err, out)
		}
	}
}

func link(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(from, to); err != nil {
		t.Fatal(err)
	}
}

func copyFiles(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
