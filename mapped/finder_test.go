package mapped

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// Whatever a finder has seen before, it finds what bytes.Index does.
func TestFinderAgreesWithTheStandardLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for range 200 {
		letters := 1 + r.IntN(60)
		f := finder{pattern: random(r, 1+r.IntN(12), letters)}
		for range 10 {
			b := random(r, r.IntN(3*sampled), 1+r.IntN(letters))
			if r.IntN(2) == 0 && len(b) > len(f.pattern) {
				copy(b[r.IntN(len(b)-len(f.pattern)):], f.pattern)
			}
			if got, want := f.index(b), bytes.Index(b, f.pattern); got != want {
				t.Fatalf("%d, want %d: %q in %d bytes of %d letters", got, want, f.pattern, len(b), letters)
			}
		}
	}
}

// The key is the byte that is the rarest there; where the text changes, another
// one; and where all are frequent there is none for a while.
func TestFinderLooksForTheRarestByte(t *testing.T) {
	f := finder{pattern: []byte("aaxab")}
	text := append(bytes.Repeat([]byte("ab"), sampled), "aaxab"...)
	if i := f.index(text); i != 2*sampled || f.key != 2 {
		t.Errorf("found at %d, by byte %d", i, f.key)
	}
	if i := f.index(bytes.Repeat([]byte("ax"), sampled)); i != -1 || f.key != 4 || f.plain != 0 {
		t.Errorf("found at %d, by byte %d, plainly for %d", i, f.key, f.plain)
	}
	if i := f.index(bytes.Repeat([]byte("abx"), sampled)); i != -1 || f.plain <= 0 {
		t.Errorf("found at %d, plainly for %d", i, f.plain)
	}
	for f.plain > 0 {
		f.index(make([]byte, plainFor/4))
	}
	if i := f.index(text); i != 2*sampled || f.key != 2 {
		t.Errorf("found at %d, by byte %d", i, f.key)
	}
}

// What it leaves to bytes.Index is counted in bytes.
func TestFinderComesBackAfterSomeBytes(t *testing.T) {
	f := finder{pattern: []byte("ab"), plain: 100}
	if i := f.index([]byte("xxxxabxx")); i != 4 || f.plain != 100-6 {
		t.Errorf("found at %d, plainly for %d", i, f.plain)
	}
	if i := f.index([]byte("xxxxx")); i != -1 || f.plain != 100-6-5 {
		t.Errorf("found at %d, plainly for %d", i, f.plain)
	}
}
