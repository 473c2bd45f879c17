package mapped

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"
)

// BenchmarkCount runs over 64 MB; each pattern is followed by its rival, the
// standard library on the same bytes in the heap.
func BenchmarkCount(b *testing.B) {
	data := random(rand.New(rand.NewPCG(11, 12)), 64<<20, 26)
	f := openBytes(b, data, 0)
	near := bytes.Repeat([]byte("a"), 64<<20)
	n := openBytes(b, near, 0)
	for _, c := range []struct {
		name    string
		f       *File
		data    []byte
		pattern []byte
	}{
		{"byte", f, data, []byte("q")},
		{"rare", f, data, []byte("quiesce")},
		{"frequent", f, data, []byte("qu")},
		{"long", f, data, append(bytes.Clone(data[:2*maxHead]), 'A')},
		{"near-miss", n, near, append(bytes.Repeat([]byte("a"), 2*maxHead), 'b')},
	} {
		b.Run(c.name+"/mapped", func(b *testing.B) {
			b.SetBytes(int64(len(c.data)))
			for b.Loop() {
				if _, err := c.f.Count(context.Background(), c.pattern); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/bytes", func(b *testing.B) {
			b.SetBytes(int64(len(c.data)))
			for b.Loop() {
				bytes.Count(c.data, c.pattern)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	f := openBytes(b, make([]byte, 1<<20), 0)
	for b.Loop() {
		if _, err := f.Read(1000, 64); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLines(b *testing.B) {
	f := openBytes(b, bytes.Repeat([]byte("a line of the usual length, more or less\n"), 1<<20), 0)
	for b.Loop() {
		if _, err := f.Lines(context.Background(), 1<<19, 10); err != nil {
			b.Fatal(err)
		}
	}
}
