package jet

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// smallDisk mounts a file system of that size. Where that is not permitted, the
// test runs in a process that is root of a user namespace, and nil is returned.
func smallDisk(t *testing.T, size string) (dir string, resize func(size string)) {
	t.Helper()
	dir = t.TempDir()
	err := syscall.Mount("none", dir, "tmpfs", 0, "size="+size)
	if errors.Is(err, syscall.EPERM) && os.Getenv("QUIESCE_JET_NAMESPACE") == "" {
		inNamespace(t)
		return "", nil
	}
	if err != nil {
		t.Fatal("a small file system cannot be mounted, not even in a user namespace of its own: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir, func(size string) {
		t.Helper()
		must(t, syscall.Mount("none", dir, "tmpfs", syscall.MS_REMOUNT, "size="+size))
	}
}

// inNamespace runs this test again, where it may mount.
func inNamespace(t *testing.T) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	c.Env = append(os.Environ(), "QUIESCE_JET_NAMESPACE=1")
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("in a user namespace: %v\n%s", err, out)
	}
}

// fill publishes until the disk is full, and returns how many were acknowledged.
func fill(t *testing.T, topic backend.Topic, first int) int {
	t.Helper()
	for n := first; ; n++ {
		data := fmt.Sprintf("%d %8000d", n, 0)
		batch, count := batchOf(data)
		seqs, err := topic.Publish(t.Context(), batch, count)
		if err != nil {
			wantError(t, err, backend.ErrDiskFull)
			return n
		}
		if seqs[0] != uint64(n)+1 {
			t.Fatalf("event %d got the number %d", n, seqs[0])
		}
	}
}

// wantFilled checks that the events are there, and that there is no other one of
// which nobody knows; the last, which nobody acknowledged, may be there or not.
func wantFilled(t *testing.T, s backend.Subscription, first, n int) {
	t.Helper()
	for i, e := range collect(t, s, n-first) {
		number := 0
		if _, err := fmt.Sscan(string(e.Data), &number); err != nil || number != first+i || e.Seq != uint64(number)+1 {
			t.Fatalf("event %d is %d, want %d, %v", e.Seq, number, first+i, err)
		}
	}
}

func TestFullDisk(t *testing.T) {
	dir, resize := smallDisk(t, "12m")
	if resize == nil {
		return
	}
	b := openDir(t, dir)
	topic := topicOf(t, b, "t", nil)
	s := subscribe(t, topic, options())
	n := fill(t, topic, 0)
	wantFilled(t, s, 0, n)
	batch, count := batchOf("more")
	if _, err := topic.Post(batch, count); err != nil {
		t.Fatal(err)
	}
	wantError(t, b.Flush(t.Context()), backend.ErrDiskFull)

	resize("24m")
	eventually(t, "the disk takes events again", func() bool {
		_, err := topic.Publish(t.Context(), batchNumber(n), 1)
		if err != nil && !errors.Is(err, backend.ErrDiskFull) {
			t.Fatal(err)
		}
		return err == nil
	})
	m := fill(t, topic, n+1)
	wantFilled(t, s, n, m)
	closeAll(t, s, topic, b)
	junk := filepath.Join(dir, "junk")
	_ = os.WriteFile(junk, make([]byte, 24<<20), 0o600) // as much as fits
	if _, err := OpenDir(t.Context(), DirOptions{Dir: dir}); err != nil {
		wantError(t, err, backend.ErrDiskFull)
	} else {
		t.Fatal("opened on a full disk")
	}

	must(t, os.Remove(junk))
	resize("64m")
	b = openDir(t, dir)
	defer closeAll(t, b)
	topic = topicOf(t, b, "t", nil)
	s = subscribe(t, topic, options())
	defer closeAll(t, s)
	publish(t, topic, batchNumber(m), 1)
	wantFilled(t, s, 0, m+1)
	if st, err := topic.Stats(t.Context()); err != nil || st.Last != uint64(m)+1 {
		t.Fatalf("%+v, %v", st, err)
	}
}

func batchNumber(n int) []byte {
	batch, _ := batchOf(fmt.Sprint(n))
	return batch
}
