package mapped

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// someLines is what Lines promises, from the plainest code there is.
func someLines(data []byte, from, count int64) []byte {
	lines := bytes.SplitAfter(data, newline)
	lines = lines[min(from, int64(len(lines))):]
	return bytes.Join(lines[:min(count, int64(len(lines)))], nil)
}

func TestLinesAreCutAtTheNewlines(t *testing.T) {
	for _, text := range []string{"", "\n", "a", "a\n", "a\nb", "a\nb\n", "\n\n\n", "\n\na\n\n", "one\r\ntwo\r\n\x00\n",
		strings.Repeat("x", 50) + "\ny\n", strings.Repeat("\n", 40), strings.Repeat("ab\n", 30) + "end"} {
		for _, step := range []int{1, 2, 7, 16, 0} {
			f := openBytes(t, []byte(text), step)
			for from := range int64(45) {
				for _, count := range []int64{0, 1, 2, 3, 30, 31, math.MaxInt64} {
					got, err := f.Lines(context.Background(), from, count)
					if want := someLines([]byte(text), from, count); err != nil || got == nil || !bytes.Equal(got, want) {
						t.Fatalf("step %d: Lines(%d, %d) of %q = %q, %v, want %q", step, from, count, text, got, err, want)
					}
				}
			}
			f.Close()
		}
	}
}

func TestLinesOfRandomTextInAnyOrderOfCalls(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 50 {
		data := bytes.ReplaceAll(random(r, r.IntN(20000), 1+r.IntN(20)), []byte("a"), newline)
		f := openBytes(t, data, 100+r.IntN(2000))
		for range 50 {
			from, count := int64(r.IntN(2000)), int64(r.IntN(300))
			got, err := f.Lines(context.Background(), from, count)
			if err != nil || !bytes.Equal(got, someLines(data, from, count)) {
				t.Fatalf("Lines(%d, %d) of %d bytes: %d bytes, %v", from, count, len(data), len(got), err)
			}
		}
		f.Close()
	}
}

func TestLinesRefuseBadArguments(t *testing.T) {
	f, ctx := openBytes(t, []byte("one\ntwo\nthree\n"), 4), context.Background()
	f.limit = 8
	for _, c := range []struct {
		from, count int64
		message     string
	}{
		{-1, 1, `The value of "from" is out of range. It must be >= 0. Received -1`},
		{0, -1, `The value of "count" is out of range. It must be >= 0. Received -1`},
		{0, 3, `The value of "count" is out of range. It must be few enough for a result of <= 8 bytes. Received 3`},
		{0, math.MaxInt64, `The value of "count" is out of range. It must be few enough for a result of <= 8 bytes. Received 9_223_372_036_854_775_807`},
	} {
		b, err := f.Lines(ctx, c.from, c.count)
		if b != nil {
			t.Errorf("Lines(%d, %d) returned bytes", c.from, c.count)
		}
		wantCode(t, err, "ERR_OUT_OF_RANGE", c.message)
	}
	if b, err := f.Lines(ctx, 0, 2); err != nil || string(b) != "one\ntwo\n" {
		t.Errorf("a result of just the limit: %q, %v", b, err)
	}
	for _, from := range []int64{3, 4, math.MaxInt64} {
		if b, err := f.Lines(ctx, from, math.MaxInt64); err != nil || b == nil || len(b) != 0 {
			t.Errorf("beyond the end: %q, %v", b, err)
		}
	}
}

func TestATooLongResultIsRefusedWithoutReadingOn(t *testing.T) {
	f := openBytes(t, make([]byte, 1<<16), 16)
	f.limit = 100
	_, err := f.Lines(context.Background(), 0, 1)
	wantCode(t, err, "ERR_OUT_OF_RANGE", "")
	if n := len(f.lines.before); n > 10 {
		t.Errorf("%d strides were read for a result of 100 bytes", n)
	}
}

// Every stride that is counted costs one look at the context.
func TestTheLineIndexIsBuiltOnceAndOnlyAsFarAsNeeded(t *testing.T) {
	f := openBytes(t, bytes.Repeat([]byte("line\n"), 10000), 50)
	for _, c := range []struct {
		from    int64
		strides int
	}{{0, 1}, {4999, 499}, {4000, 0}, {4999, 0}, {9999, 500}, {20000, 0}, {0, 0}} {
		before := len(f.lines.before)
		ctx := newTripping(-1)
		if _, err := f.Lines(ctx, c.from, 1); err != nil {
			t.Fatal(err)
		}
		if n := len(f.lines.before) - before; n != c.strides {
			t.Errorf("line %d: %d strides counted, want %d", c.from, n, c.strides)
		}
		if ctx.looks > c.strides+4 {
			t.Errorf("line %d: %d steps for %d strides", c.from, ctx.looks, c.strides)
		}
	}
	if n := len(f.lines.before); n != 1001 {
		t.Errorf("%d entries for 1000 strides", n)
	}
}

func TestTheSearchForANewlineStaysInItsBytes(t *testing.T) {
	for _, n := range []int{0, 1, 100, 300, 1000} {
		for _, c := range []string{"a", "\n", "ab\n"} {
			b := bytes.Repeat([]byte(c), n)
			for nth := range 1100 {
				want := len(bytes.Join(bytes.SplitAfter(b, newline)[:min(nth, bytes.Count(b, newline))], nil))
				if nth > bytes.Count(b, newline) {
					want = len(b)
				}
				if got := behindNewline(b, nth); got != want {
					t.Fatalf("newline %d of %d times %q: %d, want %d", nth, n, c, got, want)
				}
			}
		}
	}
}

// rewriting is a context that changes the file at its second look, which Lines
// takes between the start of the result and its end.
type rewriting struct {
	context.Context
	looks   int
	rewrite func()
}

func (c *rewriting) Err() error {
	if c.looks++; c.looks == 2 {
		c.rewrite()
	}
	return nil
}

func TestLinesOfAFileThatIsRewrittenMeanwhile(t *testing.T) {
	path := write(t, append(bytes.Repeat([]byte("x"), 100), "\n\n\n"...))
	f := open(t, path)
	if _, err := f.Lines(context.Background(), 0, 9); err != nil {
		t.Fatal(err)
	}
	ctx := &rewriting{Context: context.Background(), rewrite: func() {
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if _, err := file.Write([]byte("\n\n\n")); err != nil {
			t.Fatal(err)
		}
	}}
	// Line 1 started at 101; then line 2 ends at 2.
	if b, err := f.Lines(ctx, 1, 1); err != nil || len(b) != 0 {
		t.Errorf("Lines = %q, %v", b, err)
	}
}

// Of two calls that both saw the last stride missing, the second is too late.
func TestTheLineIndexEndsWithTheFile(t *testing.T) {
	for _, size := range []int{0, 1, 9, 10, 11, 20} {
		f := openBytes(t, make([]byte, size), 10)
		for range 10 {
			if err := f.lines.extend(f); err != nil {
				t.Fatal(err)
			}
		}
		if n, want := len(f.lines.before), (size+9)/10+1; n != want {
			t.Errorf("%d bytes: %d entries, want %d", size, n, want)
		}
	}
}

func TestLinesOfARewrittenFileAreAResultNeverACrash(t *testing.T) {
	data := bytes.Repeat([]byte("ab\n"), 300)
	path := write(t, data)
	f, ctx := open(t, path), context.Background()
	f.step, f.lines.stride = 10, 10
	if _, err := f.Lines(ctx, 0, 1000); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, fresh := range []string{"x", "\n", "xxxxx\n"} {
		if _, err := file.WriteAt(bytes.Repeat([]byte(fresh), len(data)/len(fresh)), 0); err != nil {
			t.Fatal(err)
		}
		for from := range int64(310) {
			for _, count := range []int64{0, 1, 7} {
				if _, err := f.Lines(ctx, from, count); err != nil {
					t.Fatalf("Lines(%d, %d): %v", from, count, err)
				}
			}
		}
	}
}
