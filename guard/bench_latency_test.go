package guard

import (
	"context"
	"slices"
	"testing"
	"time"
)

// From just before the last Leave to the return of the begin-free: what a free
// costs beyond the ops. Beside it are a rival that looks each 1 ms, and what no
// free can be faster than.

func BenchmarkDrainLatencyLeaverParks(b *testing.B) {
	drainLatencies(b, func() {})
}

func BenchmarkDrainLatencyLeaverStaysBusy(b *testing.B) {
	drainLatencies(b, func() { busyFor(time.Millisecond) })
}

func drainLatencies(b *testing.B, afterwards func()) {
	guarded := func(beginFree func(*Guard)) func(testing.TB) (leave, wait func()) {
		return func(t testing.TB) (leave, wait func()) {
			g := &Guard{}
			return tryEnter(t, g).Leave, func() { beginFree(g) }
		}
	}
	for _, c := range []struct {
		name  string
		start func(testing.TB) (leave, wait func())
	}{
		{"guard", guarded(func(g *Guard) { g.BeginFree(context.Background()) })},
		{"polls-each-ms", guarded(func(g *Guard) {
			for g.word.begin(0); !g.word.drained(); {
				time.Sleep(time.Millisecond)
			}
		})},
		{"channel", func(testing.TB) (leave, wait func()) {
			c := make(chan struct{})
			return func() { close(c) }, func() { <-c }
		}},
	} {
		b.Run(c.name, func(b *testing.B) { latencies(b, afterwards, c.start) })
	}
}

// latencies measures from just before one goroutine leaves to when another one
// has waited for it.
func latencies(b *testing.B, afterwards func(), start func(testing.TB) (leave, wait func())) {
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		leave, wait := start(b)
		var left time.Time
		over := make(chan struct{})
		go func() {
			defer close(over)
			time.Sleep(time.Millisecond + time.Duration(n%16)*60*time.Microsecond)
			left = time.Now()
			leave()
			afterwards()
		}()
		wait()
		returned := time.Now()
		<-over
		took = append(took, returned.Sub(left))
	}
	slices.Sort(took)
	us := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
	b.ReportMetric(us(took[len(took)/2]), "median-us")
	b.ReportMetric(us(took[len(took)*99/100]), "p99-us")
}

func busyFor(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
	}
}
