package mapped

import (
	"bytes"
	"context"
	"math"
)

// maxHead is the longest pattern, in bytes, that is left to a finder alone, and so
// to bytes.Index in the worst case.
// On bad luck (a pattern that nearly matches everywhere) bytes.Index compares
// the whole pattern at every 16th byte; up to this length that costs a few
// nanoseconds per byte of the file, far beyond it hours.
const maxHead = 1 << 10

// Count returns how many times pattern occurs in the file, left to right and
// without overlap: "aa" is twice in "aaaa". An empty pattern is an
// [*ArgumentError]; a file that shrank a [*TruncatedError]; when ctx is done
// first, its cause is the error.
//
// The time is proportional to the size of the file, whatever the pattern, and
// the memory is constant. The pattern must not change meanwhile. Count may be
// called from any goroutine.
func (f *File) Count(ctx context.Context, pattern []byte) (int64, error) {
	if len(pattern) == 0 {
		return 0, &ArgumentError{Argument: "pattern", Must: "must not be empty"}
	}
	s := search{data: f.data, pattern: pattern, step: f.step, limit: math.MaxInt64}
	err := s.run(ctx, f)
	return s.found, err
}

// Index returns the offset of the first byte of the first occurrence of pattern
// that starts at or after from, or -1. An empty pattern is found at from
// itself, as by Node's Buffer. A from outside [0, Size()] is a [*RangeError];
// for the rest it is like Count.
func (f *File) Index(ctx context.Context, pattern []byte, from int64) (int64, error) {
	if from < 0 || from > f.Size() {
		return -1, outOfRange("from", from, "%s", f.within())
	}
	s := search{data: f.data, pattern: pattern, step: f.step, pos: int(from), limit: 1}
	if err := s.run(ctx, f); err != nil {
		return -1, err
	}
	if s.found == 0 {
		return -1, nil
	}
	return int64(s.pos - len(pattern)), nil
}

// search looks for a pattern, left to right, until it has found limit
// occurrences or none can follow. Each step touches at most step bytes.
type search struct {
	data    []byte
	pattern []byte
	step    int
	pos     int // where the next occurrence may start; after one, where it ended
	found   int64
	limit   int64
	finder  finder
}

func (s *search) run(ctx context.Context, f *File) error {
	advance := s.advance()
	err := look(ctx) // even where there is nothing to search
	for err == nil && !s.done() {
		if err = yield(ctx); err == nil {
			err = f.touch(advance)
		}
	}
	return err
}

// done tells that all is known. It goes before the look at the context: a search
// that has its result delivers it.
func (s *search) done() bool {
	return s.found == s.limit || len(s.pattern) > len(s.data)-s.pos
}

// advance chooses how to take one step. It makes headway every time, given that
// the pattern still fits between pos and the end.
func (s *search) advance() func() {
	// No head is longer than half a window, or windows would overlap for the
	// most part.
	head := min(len(s.pattern), maxHead, (s.step+1)/2)
	switch {
	case len(s.pattern) == 0:
		return s.nothing
	case len(s.pattern) == 1 && s.limit > 1:
		return s.countByte
	case len(s.pattern) == head:
		s.finder.pattern = s.pattern
		return s.findShort
	default:
		return newLong(s, head).advance
	}
}

// window returns the bytes from pos on that one step may touch.
func (s *search) window() []byte {
	return s.data[s.pos:min(s.pos+s.step, len(s.data))]
}

func (s *search) nothing() { s.found++ }

func (s *search) countByte() {
	w := s.window()
	s.found += int64(bytes.Count(w, s.pattern))
	s.pos += len(w)
}

func (s *search) findShort() {
	w, n := s.window(), len(s.pattern)
	at := 0
	for s.found < s.limit {
		i := s.finder.index(w[at:])
		if i < 0 {
			// One may start in the last n-1 bytes, unless an occurrence took them.
			at = max(at, len(w)-n+1)
			break
		}
		s.found++
		at += i + n
	}
	s.pos += at
}
