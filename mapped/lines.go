package mapped

import (
	"bytes"
	"context"
	"math"
	"sort"
	"sync"
)

// lineStride is how many bytes of the file one entry of the line index covers.
const lineStride = 1 << 16

// Lines returns a copy of the raw bytes of the lines from, from+1, ...,
// from+count-1, numbered from zero. A line ends with '\n', which belongs to it;
// the last one may lack it. Lines that the file does not have add nothing, so
// beyond its end the result is empty. A negative argument, or a result of more
// than [MaxResult] bytes, is a [*RangeError]; a file that shrank is a
// [*TruncatedError]; when ctx is done first, its cause is the error.
//
// The first call reads the file up to the end of the lines asked for, and notes
// the number of lines at every 64 KiB; so does each call that goes further than
// any before it. For the rest a call costs what its result costs, and at most
// 128 KiB of reading. The notes take 8 bytes per 64 KiB read, 128 KiB for a
// gigabyte, until the File is collected. Lines may be called from any
// goroutine; calls that run at once share the work.
func (f *File) Lines(ctx context.Context, from, count int64) ([]byte, error) {
	if from < 0 {
		return nil, outOfRange("from", from, ">= 0")
	}
	if count < 0 {
		return nil, outOfRange("count", count, ">= 0")
	}
	start, err := f.lineStart(ctx, from, len(f.data))
	if err != nil {
		return nil, err
	}
	most := min(f.limit, len(f.data)-start)
	last := from + min(count, math.MaxInt64-from)
	end, err := f.lineStart(ctx, last, start+most)
	if err != nil {
		return nil, err
	}
	if end-start > f.limit {
		return nil, outOfRange("count", count, "few enough for a result of <= %d bytes", f.limit)
	}
	return f.copyOut(ctx, start, max(end-start, 0)) // negative if the file is rewritten meanwhile
}

// lineStart returns the offset at which a line starts, or the size if there is
// no such line. It gives up beyond far, with some offset beyond it.
func (f *File) lineStart(ctx context.Context, line int64, far int) (int, error) {
	for {
		if err := yield(ctx); err != nil {
			return 0, err
		}
		at, nth, known := f.lines.find(line)
		if known {
			return f.lineEnd(at, nth)
		}
		if at >= len(f.data) {
			return len(f.data), nil
		}
		if at > far {
			return at, nil
		}
		if err := f.lines.extend(f); err != nil {
			return 0, err
		}
	}
}

// lineEnd returns the offset behind the nth newline, counted from one, of those
// at or after an offset that the index knows; that offset itself if nth is 0.
func (f *File) lineEnd(at int, nth int64) (end int, err error) {
	part := f.data[at:min(at+f.lines.stride, len(f.data))]
	err = f.touch(func() { end = at + behindNewline(part, int(nth)) })
	return end, err
}

// behindNewline returns the offset behind the nth newline in b, or the length
// of b if there are fewer, as in a file that was rewritten after it was counted.
func behindNewline(b []byte, nth int) int {
	at := 0
	for half := len(b) / 2; half >= 128; half /= 2 { // counting is faster than finding
		if n := bytes.Count(b[at:at+half], newline); n < nth {
			at, nth = at+half, nth-n
		}
	}
	for ; nth > 0; nth-- {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return len(b)
		}
		at += i + 1
	}
	return at
}

var newline = []byte{'\n'}

// lineIndex knows, for every stride bytes of the file up to the furthest that
// anyone asked for, how many newlines lie before. It counts by bytes and not by
// lines, so that neither very long nor very short lines make it slow or large.
type lineIndex struct {
	stride int // bytes; lineStride, or less in tests
	mu     sync.Mutex
	before []int64 // the newlines before k*stride, for each k so far; under mu
}

func (x *lineIndex) init() {
	x.stride, x.before = lineStride, []int64{0}
}

// find returns the last known offset before which fewer than line newlines lie,
// and how many are missing; or, if the line lies further on, false and the
// offset, possibly beyond the file, up to which the index reaches.
func (x *lineIndex) find(line int64) (at int, nth int64, known bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	k := sort.Search(len(x.before), func(k int) bool { return x.before[k] >= line })
	if k == len(x.before) {
		return (k - 1) * x.stride, 0, false
	}
	k = max(k-1, 0) // line 0 starts at the first
	return k * x.stride, line - x.before[k], true
}

// extend adds one entry, unless the index reaches to the end. The lock is held
// for one stride only: whoever waits for it gets to look at his context soon.
func (x *lineIndex) extend(f *File) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	last := len(x.before) - 1
	at := last * x.stride
	if at >= len(f.data) {
		return nil
	}
	part := f.data[at:min(at+x.stride, len(f.data))]
	n := 0
	if err := f.touch(func() { n = bytes.Count(part, newline) }); err != nil {
		return err
	}
	x.before = append(x.before, x.before[last]+int64(n))
	return nil
}
