package mapped

import (
	"bytes"
	"context"
	"runtime"
	"sync/atomic"
	"testing"
)

// ops are all ways to touch a mapping, with arguments that make each one go
// through the whole of a file of zeros.
var ops = map[string]func(ctx context.Context, f *File) error{
	"Read": func(_ context.Context, f *File) error {
		_, err := f.Read(0, f.Size())
		return err
	},
	"Count of a byte": func(ctx context.Context, f *File) error {
		_, err := f.Count(ctx, []byte("x"))
		return err
	},
	"Count": func(ctx context.Context, f *File) error {
		_, err := f.Count(ctx, []byte("xy"))
		return err
	},
	"Count of a long pattern": func(ctx context.Context, f *File) error {
		_, err := f.Count(ctx, bytes.Repeat([]byte("xy"), maxHead))
		return err
	},
	"Count by hashes": func(ctx context.Context, f *File) error {
		_, err := f.Count(ctx, append(make([]byte, 2*maxHead), 'x'))
		return err
	},
	"Index": func(ctx context.Context, f *File) error {
		_, err := f.Index(ctx, []byte("xy"), 0)
		return err
	},
	"Lines": func(ctx context.Context, f *File) error {
		_, err := f.Lines(ctx, 1, 1)
		return err
	},
	"one long line": func(ctx context.Context, f *File) error {
		_, err := f.Lines(ctx, 0, 1)
		return err
	},
}

// FAULTS 49: scans look at their context between steps.
func TestOpsEndInTheMiddleWithTheCauseOfTheirContext(t *testing.T) {
	data := make([]byte, 1<<16)
	for name, op := range ops {
		if name == "Read" { // takes no context
			continue
		}
		looks := newTripping(-1)
		if err := op(looks, openBytes(t, data, 4096)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if looks.looks < 1<<16/4096 {
			t.Errorf("%s: %d looks at the context in 16 steps", name, looks.looks)
		}
		for trip := 1; trip <= looks.looks; trip++ {
			ctx := newTripping(trip)
			if err := op(ctx, openBytes(t, data, 4096)); err != errStop {
				t.Errorf("%s, cancelled at look %d of %d: %v", name, trip, looks.looks, err)
			}
			if ctx.looks > trip+1 { // context.Cause has a look of its own
				t.Errorf("%s went on for %d steps after it was cancelled", name, ctx.looks-trip-1)
			}
		}
	}
}

func TestOpsWithNothingToDoHonourACancelledContextToo(t *testing.T) {
	f := openBytes(t, nil, 0)
	for name, op := range map[string]func(ctx context.Context) error{
		"Count": func(ctx context.Context) error { _, err := f.Count(ctx, []byte("x")); return err },
		"Index": func(ctx context.Context) error { _, err := f.Index(ctx, nil, 0); return err },
		"Lines": func(ctx context.Context) error { _, err := f.Lines(ctx, 0, 1); return err },
	} {
		if err := op(newTripping(1)); err != errStop {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatACancelledLinesCountedIsNotCountedAgain(t *testing.T) {
	f := openBytes(t, make([]byte, 1000), 10)
	if _, err := f.Lines(newTripping(51), 1, 1); err != errStop {
		t.Fatal(err)
	}
	if n := len(f.lines.before); n != 51 {
		t.Errorf("%d entries after 50 strides", n)
	}
	if b, err := f.Lines(context.Background(), 1, 1); err != nil || len(b) != 0 {
		t.Errorf("Lines = %q, %v", b, err)
	}
}

func TestTheCopyOfALongResultIsCancelledInTheMiddle(t *testing.T) {
	f := openBytes(t, make([]byte, 1<<16), 4096)
	if _, err := f.Lines(context.Background(), 0, 1); err != nil { // now there is nothing left to count
		t.Fatal(err)
	}
	for trip := 3; trip <= 2+1<<16/4096; trip++ { // two looks to find the line
		if _, err := f.Lines(newTripping(trip), 0, 1); err != errStop {
			t.Errorf("cancelled at look %d: %v", trip, err)
		}
	}
}

// TestASearchLetsOthersRun: on one processor whoever else can run gets their turn at
// each step.
func TestASearchLetsOthersRun(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var ran atomic.Bool
	go ran.Store(true)
	for range 3 { // the scheduler may take one who has waited for longer first
		if err := yield(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if !ran.Load() {
		t.Error("nobody else has run")
	}
}
