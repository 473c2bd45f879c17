package mapped

import "bytes"

// A finder finds a pattern by the byte of it that is the rarest where it looks,
// as grep does: bytes.IndexByte takes 32 bytes at a time. bytes.Index looks for
// the first byte first, whatever it is, and falls back to a comparison at each
// place. So does a finder, for a while, where even the rarest byte is frequent.
type finder struct {
	pattern []byte
	key     int  // where in the pattern the byte is that it looks for
	keyed   bool // key was chosen
	plain   int  // how many more bytes are left to bytes.Index right away
}

const (
	sampled   = 4 << 10 // bytes that are counted to choose the key
	allowed   = 16      // misses of the key, and one more for each missEvery bytes
	missEvery = 64
	plainFor  = 1 << 20 // bytes
)

// index is bytes.Index. It looks at no byte outside b.
func (f *finder) index(b []byte) int {
	n := len(f.pattern)
	if f.plain > 0 {
		return f.indexPlainly(b)
	}
	chosen := !f.keyed
	if chosen {
		f.choose(b)
	}
	misses := 0
	for at := 0; at+n <= len(b); at++ {
		i := bytes.IndexByte(b[at+f.key:len(b)-n+f.key+1], f.pattern[f.key])
		if i < 0 {
			return -1
		}
		at += i
		if bytes.Equal(b[at:at+n], f.pattern) {
			return at
		}
		if misses++; misses <= allowed+at/missEvery {
			continue
		}
		if !chosen && f.choose(b[at:]) { // once: the next choice may be no better
			chosen, misses = true, 0
			continue
		}
		f.plain = plainFor
		if i = f.indexPlainly(b[at+1:]); i < 0 {
			return -1
		}
		return at + 1 + i
	}
	return -1
}

func (f *finder) indexPlainly(b []byte) int {
	i := bytes.Index(b, f.pattern)
	if i < 0 {
		f.plain -= len(b)
	} else {
		f.plain -= i + len(f.pattern)
	}
	return i
}

// choose makes the byte of the pattern that is the rarest in the first bytes of
// b the key, and reports whether that is another byte than before.
func (f *finder) choose(b []byte) bool {
	var counts [256]int
	for _, c := range b[:min(len(b), sampled)] {
		counts[c]++
	}
	before := f.pattern[f.key]
	f.keyed = true
	for i, c := range f.pattern {
		if counts[c] < counts[f.pattern[f.key]] {
			f.key = i
		}
	}
	return f.pattern[f.key] != before
}
