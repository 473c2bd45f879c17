package mapped

import (
	"bytes"
	"math/bits"
	"math/rand/v2"
)

// A pattern that is too long for one window is found in two ways.
//
// First by its head: bytes.Index finds the head, the rest is compared in steps.
// On most data this is as fast as a short pattern. On repetitive data it is
// quadratic, because nearly every place holds the head, and most of the rest
// too. So the bytes that were compared in vain are counted, and when they
// outnumber the bytes passed by patience to one, the search changes over, for
// good, to a rolling hash (Karp and Rabin, 1987): slower by a constant, and
// linear on all data. Its base is random, so that nobody can prepare a file
// whose hashes collide.
//
//	seek ----head found----> compare ---differs---> seek, or hash
//	hash, slide --hashes equal--> compare ---differs---> slide
//	compare ---equal---> seek or hash, behind the occurrence
type long struct {
	*search
	head    []byte
	phase   func(*long) // how to take the next step
	rolling bool        // the change-over has happened
	same    int         // compare: the bytes at pos that are known to match
	passed  int64       // bytes passed by seek
	wasted  int64       // bytes compared in vain
	hashes  rolling
}

// patience is how many bytes may be compared in vain for each byte passed, with
// one step to begin with. It bounds what the search by the head can cost.
const patience = 4

func newLong(s *search, head int) *long {
	l := &long{search: s, head: s.pattern[:head]}
	l.phase = (*long).seek
	return l
}

func (l *long) advance() { l.phase(l) }

func (l *long) seek() {
	w := l.window()
	i := bytes.Index(w, l.head)
	if i >= 0 {
		l.same, l.phase = len(l.head), (*long).compare
	} else {
		i = len(w) - len(l.head) + 1
	}
	l.passed += int64(i)
	l.pos += i
}

// compare compares twice as much each time, so that an early difference costs
// little.
func (l *long) compare() {
	rest := l.pattern[l.same:]
	rest = rest[:min(len(rest), max(l.same, len(l.head)), l.step)]
	equal := bytes.Equal(rest, l.data[l.pos+l.same:][:len(rest)])
	l.same += len(rest)
	switch {
	case !equal:
		l.differs()
	case l.same == len(l.pattern):
		l.found++
		l.pos += len(l.pattern)
		l.restart()
	}
}

func (l *long) differs() {
	l.wasted += int64(l.same)
	switch {
	case l.rolling:
		l.phase = (*long).slide
	case l.wasted > patience*(l.passed+int64(l.step)):
		l.rolling = true
		fallthrough
	default:
		l.pos++
		l.passed++
		l.restart()
	}
}

func (l *long) restart() {
	if l.phase = (*long).seek; l.rolling {
		l.hashes = rolling{base: newBase(), power: 1}
		l.phase = (*long).hash
	}
}

// hash hashes the pattern and the bytes at pos side by side.
func (l *long) hash() {
	from := l.hashes.length
	to := min(from+l.step, len(l.pattern))
	l.hashes.add(l.pattern[from:to], l.data[l.pos+from:l.pos+to])
	if to == len(l.pattern) {
		l.judge()
	}
}

// slide moves pos to the next place where the hashes are equal, if there is one
// within half a step: it touches bytes at both ends of the place.
func (l *long) slide() {
	end := l.pos + len(l.pattern)
	n := min((l.step+1)/2, len(l.data)-end)
	if n == 0 {
		l.pos++ // too close to the end for the pattern: done
		return
	}
	l.pos += l.hashes.slide(l.data[l.pos:l.pos+n], l.data[end:end+n])
	l.judge()
}

// judge goes on to compare where the hashes are equal, else to slide.
func (l *long) judge() {
	if l.phase = (*long).slide; l.hashes.want == l.hashes.have {
		l.same, l.phase = 0, (*long).compare
	}
}

// prime is 2^61 - 1, a Mersenne prime: to divide by it takes a shift and an add.
const prime = 1<<61 - 1

// rolling holds two polynomial hashes over the field of prime: that of the
// pattern and that of the bytes at pos.
type rolling struct {
	base   uint64
	power  uint64 // base to the power of length
	length int
	want   uint64 // of the pattern
	have   uint64 // of the bytes at pos
}

func newBase() uint64 { return 256 + rand.Uint64N(prime-256) }

// add appends bytes to the pattern and as many to the text.
func (r *rolling) add(pattern, text []byte) {
	for i, p := range pattern {
		r.want = modulo(times(r.want, r.base) + uint64(p))
		r.have = modulo(times(r.have, r.base) + uint64(text[i]))
		r.power = times(r.power, r.base)
	}
	r.length += len(pattern)
}

// slide moves the text on, a byte out of first and a byte of next in, until its
// hash is that of the pattern or next ends. It returns by how many bytes.
func (r *rolling) slide(first, next []byte) int {
	have := r.have
	first = first[:len(next)]
	for i, b := range next {
		gone := times(uint64(first[i]), r.power)
		have = modulo(times(have, r.base) + uint64(b) + prime - gone)
		if have == r.want {
			r.have = have
			return i + 1
		}
	}
	r.have = have
	return len(next)
}

// times multiplies two numbers below prime.
func times(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return modulo(low&prime + (high<<3 | low>>61))
}

// modulo reduces a number below 2^63.
func modulo(n uint64) uint64 {
	if n = n&prime + n>>61; n >= prime {
		n -= prime
	}
	return n
}
