package mapped

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// wantOpenError checks that Open fails with what the JS side needs for an error
// like Node's own: the call, the path and the number.
func wantOpenError(t *testing.T, path string, want error) {
	t.Helper()
	f, err := Open(context.Background(), path)
	if err == nil {
		f.Close()
	}
	var pathError *fs.PathError
	var number syscall.Errno
	if !errors.As(err, &pathError) || pathError.Op != "open" || pathError.Path != path {
		t.Fatalf("error %#v, want a PathError of open", err)
	}
	if !errors.As(err, &number) || !errors.Is(err, want) {
		t.Errorf("error %v, want %v in an Errno", err, want)
	}
}

func TestOpenSaysWhyItCannot(t *testing.T) {
	dir := t.TempDir()
	wantOpenError(t, dir, syscall.EISDIR)
	wantOpenError(t, filepath.Join(dir, "missing"), fs.ErrNotExist)
	wantOpenError(t, "a\x00b", syscall.EINVAL)
	wantOpenError(t, "", fs.ErrNotExist)
}

func TestOpenRefusesDevices(t *testing.T) {
	wantOpenError(t, os.DevNull, syscall.ENODEV)
}

func TestOpenHonoursACancelledContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errStop)
	if f, err := Open(ctx, write(t, []byte("x"))); err != errStop || f != nil {
		t.Errorf("Open = %v, %v, want the cause", f, err)
	}
}

type sized struct {
	fs.FileInfo
	size int64
}

func (s sized) Size() int64 { return s.size }

func TestOpenRefusesWhatTheAddressSpaceCannotHold(t *testing.T) {
	info, err := os.Stat(write(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := refuse("p", sized{info, maxSize}); err != nil {
		t.Errorf("the largest file: %v", err)
	}
	if err := refuse("p", sized{info, maxSize + 1}); !errors.Is(err, syscall.EFBIG) {
		t.Errorf("one byte more: %v, want EFBIG", err)
	}
}

func TestAnEmptyFileWorksInEveryMethod(t *testing.T) {
	f, ctx := openBytes(t, nil, 0), context.Background()
	if f.Size() != 0 {
		t.Errorf("size %d", f.Size())
	}
	if b, err := f.Read(0, 10); err != nil || b == nil || len(b) != 0 {
		t.Errorf("Read = %v, %v", b, err)
	}
	if n, err := f.Count(ctx, []byte("a")); err != nil || n != 0 {
		t.Errorf("Count = %d, %v", n, err)
	}
	if i, err := f.Index(ctx, nil, 0); err != nil || i != 0 {
		t.Errorf("Index of nothing = %d, %v", i, err)
	}
	if i, err := f.Index(ctx, []byte("a"), 0); err != nil || i != -1 {
		t.Errorf("Index = %d, %v", i, err)
	}
	if b, err := f.Lines(ctx, 0, 10); err != nil || b == nil || len(b) != 0 {
		t.Errorf("Lines = %v, %v", b, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestASecondCloseUnmapsNothing(t *testing.T) {
	for _, content := range []string{"", "abc"} {
		f := openBytes(t, []byte(content), 0)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("second Close: %v", err)
		}
		if f.Size() != int64(len(content)) {
			t.Errorf("size after Close: %d", f.Size())
		}
	}
}
