package guard

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// The rivals run in the same process as the guard; the ratios are what counts.
// Each is measured on one goroutine and on all processors at once.

func BenchmarkEnterLeave(b *testing.B) {
	var g Guard
	var table Table
	token := open(b, &table, nil).token
	var adds atomic.Int64
	var lock sync.RWMutex
	var classic classicGuard
	for _, c := range []struct {
		name string
		use  func(n int)
	}{
		{"guard", func(n int) {
			for range n {
				op, ok := g.TryEnter()
				if !ok {
					b.Error("refused")
				}
				op.Leave()
			}
		}},
		{"token", func(n int) {
			for range n {
				op, err := table.Enter(token)
				if err != nil {
					b.Error(err)
				}
				op.Leave()
			}
		}},
		{"two-atomic-adds", func(n int) {
			for range n {
				addOne(&adds, 1)
				addOne(&adds, -1)
			}
		}},
		{"rwmutex", func(n int) {
			for range n {
				lock.RLock()
				_ = &lock // the section is empty, which is what is measured
				lock.RUnlock()
			}
		}},
		{"classic-two-words", func(n int) {
			for range n {
				if !classic.tryEnter() {
					b.Error("refused")
				}
				classic.leave()
			}
		}},
	} {
		b.Run(c.name+"/alone", func(b *testing.B) { c.use(b.N) })
		b.Run(c.name+"/parallel", func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					c.use(1)
				}
			})
		})
	}
}

// The parallel contestants share one object. These do not: it is the least that
// two locked adds take.
func BenchmarkOwnCounters(b *testing.B) {
	b.RunParallel(func(pb *testing.PB) {
		var lines [2 * StripeSize / 8]atomic.Int64
		own := &lines[StripeSize/8]
		for pb.Next() {
			addOne(own, 1)
			addOne(own, -1)
		}
	})
}

//go:noinline
func addOne(n *atomic.Int64, d int64) { n.Add(d) }

// A classicGuard keeps flag and count in two words: the usual way.
type classicGuard struct {
	freeing atomic.Bool
	ops     atomic.Int64
}

//go:noinline
func (g *classicGuard) tryEnter() bool {
	if g.freeing.Load() {
		return false
	}
	g.ops.Add(1)
	if g.freeing.Load() {
		g.leave()
		return false
	}
	return true
}

//go:noinline
func (g *classicGuard) leave() { g.ops.Add(-1) }

func BenchmarkRefusedEnter(b *testing.B) {
	var g Guard
	g.BeginFree(context.Background())
	b.Run("guard", func(b *testing.B) {
		for b.Loop() {
			op, _ := g.TryEnter()
			op.Leave()
		}
	})
	var table Table
	h := open(b, &table, nil)
	_, _ = table.Free(h.token, NoDeadline)
	b.Run("token", func(b *testing.B) {
		for b.Loop() {
			op, _ := table.Enter(h.token)
			op.Leave()
		}
	})
}

func BenchmarkOpenFree(b *testing.B) {
	var table Table
	for b.Loop() {
		h := open(b, &table, nil)
		_, _ = table.Free(h.token, NoDeadline)
	}
}

// BenchmarkLive has other handles live beside those that are used: nothing may
// cost more for it.
func BenchmarkLive(b *testing.B) {
	for _, n := range []int{10, 10_000, 1_000_000} {
		var table Table
		tokens := make([]Token, n)
		for i := range tokens {
			tokens[i] = open(b, &table, nil).token
		}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.Run("enter", func(b *testing.B) {
				token := tokens[n/2]
				for b.Loop() {
					op, err := table.Enter(token)
					if err != nil {
						b.Fatal(err)
					}
					op.Leave()
				}
			})
			b.Run("open-free", func(b *testing.B) {
				for b.Loop() {
					h := open(b, &table, nil)
					_, _ = table.Free(h.token, NoDeadline)
				}
			})
			b.Run("stats", func(b *testing.B) {
				for b.Loop() {
					_ = table.Stats()
				}
			})
		})
	}
}
