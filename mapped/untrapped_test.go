//go:build unix && quiesce_unguarded

package mapped

import (
	"os"
	"os/exec"
	"testing"
)

// The negative control: without the protection the same reads end the process.
func TestWithoutTheTrapTheProcessDies(t *testing.T) {
	const role = "QUIESCE_TEST_ROLE"
	f := openBytes(t, make([]byte, 1<<20), 0)
	switch os.Getenv(role) {
	case "truncated":
		os.Truncate(f.path, 0)
		f.Read(0, 1)
		return
	case "closed":
		f.Close()
		f.Read(0, 1)
		return
	}
	for _, name := range []string{"truncated", "closed"} {
		child := exec.Command(os.Args[0], "-test.run=^TestWithoutTheTrapTheProcessDies$")
		child.Env = append(os.Environ(), role+"="+name)
		if out, err := child.CombinedOutput(); err == nil {
			t.Errorf("%s: the process lives: %s", name, out)
		}
	}
}
