//go:build unix

package mapped

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestOpenNeverWaitsForAFIFOOrASocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "m") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	fifo, socket := filepath.Join(dir, "fifo"), filepath.Join(dir, "socket")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	wantOpenError(t, fifo, syscall.ENODEV)
	wantOpenError(t, socket, syscall.ENODEV)
}

// The first look may have seen a file that is a FIFO by the time of the open.
func TestTheOpenItselfDoesNotWaitForAWriter(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(fifo, openFlags, 0)
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
}

func TestAnOpenFileHoldsNoDescriptor(t *testing.T) {
	path := write(t, []byte("x"))
	next := func() uintptr {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		return file.Fd()
	}
	before := next()
	for range 10 {
		open(t, path)
	}
	if after := next(); after != before {
		t.Errorf("the next descriptor went from %d to %d", before, after)
	}
}

// FAULTS 40.
func TestAFileReplacedByRenameStaysReadable(t *testing.T) {
	old, fresh := write(t, []byte("old")), write(t, []byte("fresh"))
	f := open(t, old)
	if err := os.Rename(fresh, old); err != nil {
		t.Fatal(err)
	}
	if b, err := f.Read(0, 10); err != nil || !bytes.Equal(b, []byte("old")) {
		t.Errorf("Read = %q, %v", b, err)
	}
	if n, err := open(t, old).Count(context.Background(), []byte("fresh")); err != nil || n != 1 {
		t.Errorf("the new file: Count = %d, %v", n, err)
	}
}
