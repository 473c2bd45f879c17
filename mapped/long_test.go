package mapped

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"testing"
)

// Work is told by the looks at the context: one for each step. A search that
// compares the whole pattern at every place would take hundreds of times more.
func TestLongPatternsCostLinearTimeOnAllData(t *testing.T) {
	const size, step = 1 << 17, 64
	a := func(n int) []byte { return bytes.Repeat([]byte("a"), n) }
	period := func(n int) []byte { return bytes.Repeat([]byte("a..............."), n/16) }
	nearly := period(size / 2)
	nearly[len(nearly)-1] = 'x'
	for name, c := range map[string]struct{ data, pattern []byte }{
		"differs at its end":       {a(size), append(a(size/2), 'b')},
		"differs at its start":     {a(size), append([]byte("b"), a(size/2)...)},
		"differs in the middle":    {a(size), append(append(a(size/4), 'b'), a(size/4)...)},
		"nearly periodic":          {period(size), nearly},
		"occurs often":             {a(size), a(500)},
		"occurs once, at the end":  {append(a(size), 'b'), append(a(size/2), 'b')},
		"long as the file":         {a(size), a(size)},
		"longer than the file":     {a(size), a(size + 1)},
		"occurs among near misses": {bytes.Repeat(append(a(3000), 'b'), 40), append(a(2000), 'b')},
	} {
		f := openBytes(t, c.data, step)
		ctx := newTripping(-1)
		n, err := f.Count(ctx, c.pattern)
		if want := bytes.Count(c.data, c.pattern); err != nil || n != int64(want) {
			t.Errorf("%s: Count = %d, %v, want %d", name, n, err, want)
		}
		if most := 8 * size / step; ctx.looks > most {
			t.Errorf("%s: %d steps, want at most %d", name, ctx.looks, most)
		}
		f.Close()
	}
}

func TestTheRollingHashFindsWhatTheHeadDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		data := random(r, 1+r.IntN(400), 2)
		at := r.IntN(len(data))
		pattern := data[at : at+1+r.IntN(len(data)-at)]
		s := &search{data: data, pattern: pattern, step: 1 + r.IntN(30), limit: 1 << 60}
		l := newLong(s, 1)
		l.rolling = true
		l.restart()
		for !s.done() {
			l.advance()
		}
		if want := bytes.Count(data, pattern); s.found != int64(want) {
			t.Fatalf("%q in %q: %d, want %d", pattern, data, s.found, want)
		}
	}
}

// Two draws that are equal have a chance of one to 2^61, three in a row of none.
func TestTheBaseOfTheHashIsDrawn(t *testing.T) {
	a, b, c := newBase(), newBase(), newBase()
	if a == b && b == c {
		t.Errorf("it is always %d", a)
	}
	for _, base := range []uint64{a, b, c} {
		if base < 256 || base >= prime {
			t.Errorf("a base of %d", base)
		}
	}
}

// With a base of 0 the hash is the last byte, and nearly every place collides.
func TestEqualHashesAreNotTakenForEqualBytes(t *testing.T) {
	data := bytes.Repeat([]byte("bababcbabab.aaab"), 5)
	pattern := []byte("babab")
	s := &search{data: data, pattern: pattern, step: 3, limit: 1 << 60}
	l := newLong(s, 1)
	l.rolling = true
	for l.restart(); !s.done(); l.advance() {
		l.hashes.base = 0
	}
	if want := bytes.Count(data, pattern); s.found != int64(want) {
		t.Errorf("found %d, want %d", s.found, want)
	}
}

func TestTheFieldArithmeticIsExact(t *testing.T) {
	r, p := rand.New(rand.NewPCG(5, 6)), big.NewInt(prime)
	numbers := []uint64{0, 1, 2, 255, 256, prime - 1, prime - 2, prime / 2, 1 << 60}
	for range 1000 {
		numbers = append(numbers, r.Uint64N(prime))
	}
	for i, a := range numbers {
		b := numbers[(i*7+3)%len(numbers)]
		want := new(big.Int).Mul(new(big.Int).SetUint64(a), new(big.Int).SetUint64(b))
		if got := times(a, b); got != want.Mod(want, p).Uint64() {
			t.Errorf("%d * %d = %d, want %d", a, b, got, want)
		}
	}
	for n, want := range map[uint64]uint64{0: 0, prime - 1: prime - 1, prime: 0, prime + 1: 1, 2 * prime: 0, 1<<63 - 1: 3} {
		if got := modulo(n); got != want {
			t.Errorf("%d modulo prime = %d, want %d", n, got, want)
		}
	}
}
