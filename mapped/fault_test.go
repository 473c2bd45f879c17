//go:build unix && !quiesce_unguarded

package mapped

import (
	"bytes"
	"context"
	"errors"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

// shrunk maps a file of zeros of the given number of pages and then leaves only
// some of them.
func shrunk(t *testing.T, pages, left int) (f *File, page int) {
	t.Helper()
	page = os.Getpagesize()
	path := write(t, make([]byte, pages*page))
	f = open(t, path)
	if err := os.Truncate(path, int64(left*page)); err != nil {
		t.Fatal(err)
	}
	return f, page
}

func wantTruncated(t *testing.T, err error, f *File, left int) {
	t.Helper()
	wantCode(t, err, "ERR_FILE_TRUNCATED", "")
	var truncated *TruncatedError
	if errors.As(err, &truncated) && (truncated.Path != f.path || truncated.Offset < int64(left) || truncated.Offset >= f.Size()) {
		t.Errorf("%v, want an offset from %d on", err, left)
	}
}

// FAULTS 40.
func TestEveryOpSurvivesATruncatedFile(t *testing.T) {
	other := openBytes(t, []byte("intact"), 0)
	for name, op := range ops {
		for _, left := range []int{0, 1, 15} {
			f, page := shrunk(t, 16, left)
			wantTruncated(t, op(context.Background(), f), f, left*page)
			if b, err := f.Read(0, int64(left*page)); err != nil || len(b) != left*page {
				t.Errorf("after %s: the pages that are left: %d bytes, %v", name, len(b), err)
			}
			wantTruncated(t, op(context.Background(), f), f, left*page)
			if b, err := other.Read(0, 6); err != nil || string(b) != "intact" {
				t.Errorf("after %s: another file: %q, %v", name, b, err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestAFaultUnderTheIndexLeavesItUsable(t *testing.T) {
	f, page := shrunk(t, 4, 2)
	f.lines.stride = page
	for range 3 {
		_, err := f.Lines(context.Background(), 1, 1)
		wantTruncated(t, err, f, 2*page)
	}
	if n := len(f.lines.before); n != 3 {
		t.Errorf("%d entries, want those of the 2 pages that are left", n)
	}
	if err := os.Truncate(f.path, int64(4*page)); err != nil {
		t.Fatal(err)
	}
	if b, err := f.Lines(context.Background(), 1, 1); err != nil || len(b) != 0 {
		t.Errorf("after the file grew back: %q, %v", b, err)
	}
}

func TestAFaultBehindAFinishedIndexIsTrappedToo(t *testing.T) {
	path := write(t, bytes.Repeat(newline, 1<<20))
	f := open(t, path)
	if _, err := f.Lines(context.Background(), 1<<20, 1); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	for _, from := range []int64{0, 1, 1 << 19, 1 << 20} {
		_, err := f.Lines(context.Background(), from, 0)
		wantTruncated(t, err, f, 0)
	}
}

// An op that ends before the lost pages does not reach into them.
func TestStepsDoNotTouchWhatTheyNeedNot(t *testing.T) {
	for _, n := range []int{1, 2, 1000, 5000} {
		f, page := shrunk(t, 16, 8)
		f.step = page
		if i, err := f.Index(context.Background(), make([]byte, n), 0); err != nil || i != 0 {
			t.Errorf("%d zeros: Index = %d, %v", n, i, err)
		}
	}
}

func TestTheMessageNamesFileAndPlace(t *testing.T) {
	err := &TruncatedError{Path: "a/b", Offset: 8192}
	wantCode(t, err, "ERR_FILE_TRUNCATED",
		`the file "a/b" was truncated, or its disk failed, after it was mapped: its byte 8192 cannot be read`)
}

// panicOf returns what touch lets through.
func panicOf(f *File, use func()) (p any) {
	defer func() { p = recover() }()
	f.touch(use)
	return nil
}

func TestOtherPanicsGoOn(t *testing.T) {
	f, lost := openBytes(t, []byte("abc"), 0), 0
	gone, _ := shrunk(t, 4, 0)
	if p := panicOf(f, func() { panic("mine") }); p != "mine" {
		t.Errorf("a panic of its own: %v", p)
	}
	var null *int
	for name, use := range map[string]func(){
		"nil dereference":            func() { lost = *null },
		"index out of range":         func() { f.data[lost+3]++ },
		"a fault in another mapping": func() { lost = int(gone.data[0]) },
	} {
		if p, ok := panicOf(f, use).(runtime.Error); !ok {
			t.Errorf("%s: %v, want the runtime's own error", name, p)
		}
	}
}

func TestAFaultAfterCloseIsNotBlamedOnTheFile(t *testing.T) {
	f := openBytes(t, bytes.Repeat([]byte("a"), 1<<20), 0)
	p := panicOf(f, func() {
		f.Close()
		f.step = int(f.data[1<<19])
	})
	if _, ok := p.(runtime.Error); !ok {
		t.Errorf("%v, want the fault itself", p)
	}
}

func TestAClosedFileIsNotTouched(t *testing.T) {
	f := openBytes(t, make([]byte, 1<<16), 0)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for name, op := range ops {
		if err := op(context.Background(), f); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheGoroutineKeepsItsOwnFaultSetting(t *testing.T) {
	gone, _ := shrunk(t, 4, 0)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(false))
	for _, own := range []bool{false, true} {
		debug.SetPanicOnFault(own)
		for _, f := range []*File{openBytes(t, []byte("abc"), 0), gone} {
			f.Read(0, 3)
			if now := debug.SetPanicOnFault(own); now != own {
				t.Errorf("it was %v and is %v", own, now)
			}
		}
		panicOf(gone, func() { panic("mine") })
		if now := debug.SetPanicOnFault(own); now != own {
			t.Errorf("after a panic: it was %v and is %v", own, now)
		}
	}
}
