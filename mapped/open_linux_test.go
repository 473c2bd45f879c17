package mapped

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// TestOpenReportsMissingPermission runs as nobody where it is started as root,
// to whom nothing is forbidden.
func TestOpenReportsMissingPermission(t *testing.T) {
	allowed, denied := write(t, []byte("x")), write(t, []byte("x"))
	for path, mode := range map[string]os.FileMode{allowed: 0o444, denied: 0} {
		dir := filepath.Dir(path)
		for p, m := range map[string]os.FileMode{path: mode, dir: 0o755, filepath.Dir(dir): 0o755} {
			if err := os.Chmod(p, m); err != nil {
				t.Fatal(err)
			}
		}
	}
	if root := os.Geteuid(); root == 0 {
		runtime.LockOSThread() // the id below belongs to the thread
		defer runtime.UnlockOSThread()
		if err := syscall.Setfsuid(65534); err != nil {
			t.Fatal(err)
		}
		defer syscall.Setfsuid(root)
	}
	open(t, allowed)
	wantOpenError(t, denied, syscall.EACCES)
}
