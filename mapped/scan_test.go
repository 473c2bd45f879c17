package mapped

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// wantScan compares Count, and Index from every offset that is asked for, with
// the standard library.
func wantScan(t *testing.T, f *File, data, pattern []byte, froms ...int) {
	t.Helper()
	ctx := context.Background()
	if n, err := f.Count(ctx, pattern); err != nil || n != int64(bytes.Count(data, pattern)) {
		t.Fatalf("step %d: Count of %.40q in %.60q = %d, %v, want %d", f.step, pattern, data, n, err, bytes.Count(data, pattern))
	}
	for _, from := range froms {
		want := bytes.Index(data[from:], pattern)
		if want >= 0 {
			want += from
		}
		if i, err := f.Index(ctx, pattern, int64(from)); err != nil || i != int64(want) {
			t.Fatalf("step %d: Index of %.40q in %.60q from %d = %d, %v, want %d", f.step, pattern, data, from, i, err, want)
		}
	}
}

var steps = []int{1, 2, 7, 8, 64, maxStep}

func TestScansAreExactAcrossStepBorders(t *testing.T) {
	patterns := []string{"a", "aa", "aaa", "ab", "aab", "aba", "abababa", "aaaaaaaa", "abcabcabc",
		strings.Repeat("a", 20), strings.Repeat("ab", 20), strings.Repeat("a", 30) + "b", strings.Repeat("x", 300)}
	for lead := range 16 { // every alignment of the border
		for _, body := range []string{"", "aaaa", strings.Repeat("a", 41), strings.Repeat("ab", 50), strings.Repeat("aab", 30),
			strings.Repeat("abc", 20) + strings.Repeat("a", 30) + "bb"} {
			data := []byte(strings.Repeat("x", lead) + body)
			f := openBytes(t, data, 0)
			for _, f.step = range steps {
				for _, p := range patterns {
					wantScan(t, f, data, []byte(p), 0, lead, len(data)/2, len(data))
				}
			}
			f.Close()
		}
	}
}

func TestCountDoesNotOverlap(t *testing.T) {
	for _, step := range steps {
		f := openBytes(t, []byte("aaaa"), step)
		if n, err := f.Count(context.Background(), []byte("aa")); err != nil || n != 2 {
			t.Errorf("step %d: %d, %v", step, n, err)
		}
	}
}

func TestScansAgreeWithTheStandardLibraryOnRandomData(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		data := random(r, r.IntN(300), 1+r.IntN(3))
		f := openBytes(t, data, 1+r.IntN(40))
		for range 20 {
			pattern := random(r, 1+r.IntN(60), 1+r.IntN(3))
			if len(data) > 0 && r.IntN(4) > 0 { // one that occurs
				at := r.IntN(len(data))
				pattern = data[at : at+1+r.IntN(len(data)-at)]
			}
			wantScan(t, f, data, pattern, r.IntN(len(data)+1), 0)
		}
		f.Close()
	}
}

func FuzzScans(f *testing.F) {
	f.Add([]byte("aaaaaaabaaaaaaab"), []byte("aaab"), uint8(7))
	f.Add(bytes.Repeat([]byte("ab"), 100), bytes.Repeat([]byte("ab"), 20), uint8(3))
	f.Add(bytes.Repeat([]byte("a"), 200), append(bytes.Repeat([]byte("a"), 50), 'b'), uint8(1))
	f.Fuzz(func(t *testing.T, data, pattern []byte, step uint8) {
		if len(pattern) == 0 {
			return
		}
		// In the heap: to map a file takes longer than to search it.
		s := &File{data: data, step: 1 + int(step)}
		var froms []int
		for i := range min(len(data)+1, 100) {
			froms = append(froms, i)
		}
		wantScan(t, s, data, pattern, froms...)
	})
}

func TestScansRefuseBadArguments(t *testing.T) {
	f, ctx := openBytes(t, make([]byte, 100), 0), context.Background()
	_, err := f.Count(ctx, nil)
	wantCode(t, err, "ERR_INVALID_ARG_VALUE", `The argument "pattern" must not be empty`)
	for _, from := range []int64{-1, 101, math.MinInt64, math.MaxInt64} {
		i, err := f.Index(ctx, []byte("a"), from)
		if i != -1 {
			t.Errorf("Index = %d beside an error", i)
		}
		wantCode(t, err, "ERR_OUT_OF_RANGE",
			fmt.Sprintf(`The value of "from" is out of range. It must be >= 0 && <= 100. Received %s`, received(from)))
	}
}

func TestIndexOfNothingIsWhereItStarts(t *testing.T) {
	f := openBytes(t, make([]byte, 100), 7)
	for _, from := range []int64{0, 1, 50, 100} {
		if i, err := f.Index(context.Background(), []byte{}, from); err != nil || i != from {
			t.Errorf("Index(%d) = %d, %v", from, i, err)
		}
	}
}

// FAULTS 49: no step goes beyond its bound, and that is a megabyte at most.
func TestEveryStepMakesHeadwayWithinItsBound(t *testing.T) {
	if maxStep > 1<<20 {
		t.Errorf("steps are of %d bytes", maxStep)
	}
	data := bytes.Repeat([]byte("ab"), 500)
	for _, n := range []int{1, 2, 3, 4, 5, 50} {
		for _, limit := range []int64{1, math.MaxInt64} {
			s := search{data: data, pattern: bytes.Repeat([]byte("c"), n), step: 7, limit: limit}
			for advance := s.advance(); !s.done(); {
				before := s.pos
				if advance(); s.pos <= before || s.pos > before+7 {
					t.Fatalf("%d bytes: a step went from %d to %d", n, before, s.pos)
				}
			}
		}
	}
}

func TestScansUseConstantMemory(t *testing.T) {
	f, ctx := openBytes(t, bytes.Repeat([]byte("ab"), 1<<20), 0), context.Background()
	for _, pattern := range [][]byte{[]byte("a"), []byte("ab"), bytes.Repeat([]byte("ab"), 1<<10)} {
		if n := testing.AllocsPerRun(5, func() { f.Count(ctx, pattern) }); n > 10 {
			t.Errorf("%d bytes: %v allocations", len(pattern), n)
		}
	}
}
