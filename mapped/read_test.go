package mapped

import (
	"bytes"
	"context"
	"math"
	"os"
	"runtime"
	"testing"
)

func TestReadReturnsTheBytesAndEndsWithTheFile(t *testing.T) {
	content := []byte("0123456789abcdefghijklmnopqrstuvwxyz")
	for _, step := range []int{1, 7, 36, 0} {
		f := openBytes(t, content, step)
		for offset := 0; offset <= len(content); offset++ {
			for _, length := range []int64{0, 1, 6, 7, 8, 36, 37, math.MaxInt64} {
				want := content[offset:]
				want = want[:min(int64(len(want)), length)]
				got, err := f.Read(int64(offset), length)
				if err != nil || got == nil || !bytes.Equal(got, want) {
					t.Fatalf("step %d: Read(%d, %d) = %q, %v, want %q", step, offset, length, got, err, want)
				}
			}
		}
	}
}

func TestReadRefusesWhatLiesOutside(t *testing.T) {
	f := openBytes(t, make([]byte, 100), 0)
	f.limit = 50
	for _, c := range []struct {
		offset, length int64
		message        string
	}{
		{-1, 1, `The value of "offset" is out of range. It must be >= 0 && <= 100. Received -1`},
		{101, 1, `The value of "offset" is out of range. It must be >= 0 && <= 100. Received 101`},
		{math.MaxInt64, math.MaxInt64, `The value of "offset" is out of range. It must be >= 0 && <= 100. Received 9_223_372_036_854_775_807`},
		{math.MinInt64, 1, `The value of "offset" is out of range. It must be >= 0 && <= 100. Received -9_223_372_036_854_775_808`},
		{1 << 32, 1, `The value of "offset" is out of range. It must be >= 0 && <= 100. Received 4294967296`},
		{1<<32 + 5, 1, `The value of "offset" is out of range. It must be >= 0 && <= 100. Received 4_294_967_301`},
		{0, -1, `The value of "length" is out of range. It must be >= 0. Received -1`},
		{0, 51, `The value of "length" is out of range. It must be >= 0 && <= 50. Received 51`},
		{49, 1000, `The value of "length" is out of range. It must be >= 0 && <= 50. Received 1000`},
	} {
		b, err := f.Read(c.offset, c.length)
		if b != nil {
			t.Errorf("Read(%d, %d) returned bytes", c.offset, c.length)
		}
		wantCode(t, err, "ERR_OUT_OF_RANGE", c.message)
	}
	if b, err := f.Read(50, 1000); err != nil || len(b) != 50 {
		t.Errorf("a result of just the limit: %d bytes, %v", len(b), err)
	}
}

func TestErrorsNameTheirJSClass(t *testing.T) {
	if name := new(RangeError).Name(); name != "RangeError" {
		t.Error(name)
	}
	if name := new(ArgumentError).Name(); name != "TypeError" {
		t.Error(name)
	}
}

func TestMaxResultHoldsInFilesBeyondIt(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("needs 64 bits")
	}
	path := write(t, nil)
	if err := os.Truncate(path, 5<<30); err != nil { // sparse: takes no room
		t.Skip(err)
	}
	f := open(t, path)
	_, err := f.Read(1, MaxResult+1)
	wantCode(t, err, "ERR_OUT_OF_RANGE", "")
	if b, err := f.Read(5<<30-3, 10); err != nil || !bytes.Equal(b, make([]byte, 3)) {
		t.Errorf("beyond 2^32: %v, %v", b, err)
	}
	if i, err := f.Index(context.Background(), make([]byte, 3), 5<<30-3); err != nil || i != 5<<30-3 {
		t.Errorf("Index beyond 2^32 = %d, %v", i, err)
	}
}

func TestResultsSurviveClose(t *testing.T) {
	f := openBytes(t, []byte("a line\n"), 0)
	b, err := f.Read(0, 100)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := f.Lines(context.Background(), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	if string(b) != "a line\n" || string(lines) != "a line\n" {
		t.Errorf("%q, %q", b, lines)
	}
}
