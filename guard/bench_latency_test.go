package guard

import (
	"context"
	"slices"
	"testing"
	"time"
)

// From just before the last Leave to the return of the begin-free: what a free
// costs beyond the ops. The bars are a median of 100 us when the leaver parks
// and of 400 us when it stays busy; a rival that looks each 1 ms is beside.

func BenchmarkDrainLatencyLeaverParks(b *testing.B) {
	drainLatencies(b, func() {})
}

func BenchmarkDrainLatencyLeaverStaysBusy(b *testing.B) {
	drainLatencies(b, func() { busyFor(time.Millisecond) })
}

func drainLatencies(b *testing.B, afterwards func()) {
	b.Run("guard", func(b *testing.B) {
		drainLatency(b, afterwards, func(g *Guard) { g.BeginFree(context.Background()) })
	})
	b.Run("polls-each-ms", func(b *testing.B) {
		drainLatency(b, afterwards, func(g *Guard) {
			for g.word.begin(0); !g.word.drained(); {
				time.Sleep(time.Millisecond)
			}
		})
	})
}

func drainLatency(b *testing.B, afterwards func(), beginFree func(*Guard)) {
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		g := &Guard{}
		op := tryEnter(b, g)
		var left time.Time
		over := make(chan struct{})
		go func() {
			defer close(over)
			time.Sleep(time.Millisecond + time.Duration(n%16)*60*time.Microsecond)
			left = time.Now()
			op.Leave()
			afterwards()
		}()
		beginFree(g)
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
