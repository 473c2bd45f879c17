package mapped

import (
	"bytes"
	"context"
	"math/rand/v2"
	"sync"
	"testing"
)

func TestAllMethodsMayRunAtOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	data := bytes.ReplaceAll(random(r, 30000, 12), []byte("l"), newline)
	pattern := data[20000:20003]
	f := openBytes(t, data, 500)
	var wg sync.WaitGroup
	for seed := range uint64(8) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, 0))
			for range 30 {
				if r.IntN(3) == 0 { // one that gives up must not hinder the others
					f.Lines(newTripping(1+r.IntN(20)), 1<<40, 1)
				}
				from, count := int64(r.IntN(3000)), int64(r.IntN(50))
				lines, err := f.Lines(context.Background(), from, count)
				if err != nil || !bytes.Equal(lines, someLines(data, from, count)) {
					t.Errorf("Lines(%d, %d): %d bytes, %v", from, count, len(lines), err)
				}
				offset := r.IntN(len(data))
				b, err := f.Read(int64(offset), 900)
				if err != nil || !bytes.Equal(b, data[offset:min(offset+900, len(data))]) {
					t.Errorf("Read(%d): %v", offset, err)
				}
				n, err := f.Count(context.Background(), pattern)
				if err != nil || n != int64(bytes.Count(data, pattern)) {
					t.Errorf("Count = %d, %v", n, err)
				}
			}
		})
	}
	wg.Wait()
	if n, want := len(f.lines.before), 61; n != want {
		t.Errorf("%d entries of the index, want %d: a stride was counted twice", n, want)
	}
}
