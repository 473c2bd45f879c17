package mapped

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"
)

func addRanges(f *testing.F) {
	for _, content := range []string{"", "\n", "a\nb\r\n\nc", "no end", "ends\n", "\x00\xff\n\n\n"} {
		for _, at := range [][2]int64{{0, 1}, {1, 2}, {-1, 1}, {0, -1}, {math.MaxInt64, math.MaxInt64}, {2, math.MaxInt64}, {math.MinInt64, 0}} {
			f.Add([]byte(content), uint8(3), at[0], at[1])
		}
	}
}

// wantRange compares with what is there; nil stands for a RangeError.
func wantRange(t *testing.T, got []byte, err error, want []byte) {
	t.Helper()
	var r *RangeError
	if (want == nil) != errors.As(err, &r) || (want != nil && (err != nil || !bytes.Equal(got, want))) {
		t.Errorf("%.80q, %v, want %.80q", got, err, want)
	}
}

func FuzzRead(f *testing.F) {
	addRanges(f)
	f.Fuzz(func(t *testing.T, content []byte, step uint8, offset, length int64) {
		file := openBytes(t, content, int(step))
		defer file.Close()
		got, err := file.Read(offset, length)
		if size := int64(len(content)); offset < 0 || offset > size || length < 0 {
			wantRange(t, got, err, nil)
		} else {
			wantRange(t, got, err, append([]byte{}, content[offset:offset+min(length, size-offset)]...))
		}
	})
}

func FuzzLines(f *testing.F) {
	addRanges(f)
	f.Fuzz(func(t *testing.T, content []byte, step uint8, from, count int64) {
		file := openBytes(t, content, int(step))
		defer file.Close()
		lines := bytes.SplitAfter(content, newline)
		for range 2 { // the second time with an index
			got, err := file.Lines(context.Background(), from, count)
			if from < 0 || count < 0 {
				wantRange(t, got, err, nil)
				continue
			}
			begin := min(from, int64(len(lines)))
			end := begin + min(count, int64(len(lines))-begin)
			wantRange(t, got, err, append([]byte{}, bytes.Join(lines[begin:end], nil)...))
		}
	})
}
