package mapped

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOpenOfAPathThatChangesHands puts a FIFO in the place of the file, and back,
// between the looks of Open: what it opens is the file or refused, whichever
// look finds it.
func TestOpenOfAPathThatChangesHands(t *testing.T) {
	path := write(t, []byte("hello"))
	fifo := filepath.Join(filepath.Dir(path), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	stop, stopped := make(chan struct{}), make(chan error)
	defer func() {
		close(stop)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	}()
	go func() {
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			if err := unix.Renameat2(unix.AT_FDCWD, path, unix.AT_FDCWD, fifo, unix.RENAME_EXCHANGE); err != nil {
				<-stop
				stopped <- err
				return
			}
		}
	}()
	opened, refused := 0, 0
	for i := 0; i < 20_000 || opened == 0 || refused == 0; i++ {
		f, err := Open(t.Context(), path)
		switch {
		case errors.Is(err, syscall.ENODEV):
			refused++
		case err != nil:
			t.Fatal(err)
		default:
			opened++
			if f.Size() != 5 {
				t.Fatalf("open number %d: a file of %d bytes", i, f.Size())
			}
			f.Close()
		}
	}
}

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
