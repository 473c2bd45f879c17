// Package shapes has something of everything that `quiesce build` maps, for the tests of the toolkit. It is plain Go,
// as an author writes it.
package shapes

import (
	"runtime"
	"sync/atomic"
	"time"
)

// A life watches over one object: it is closed once, and not used afterwards.
type life struct{ over atomic.Bool }

var opened, closed, misused atomic.Int64

// use is called by the methods of an object that has a life.
func (l *life) use() {
	if l.over.Load() {
		misused.Add(1)
	}
}

func (l *life) end() {
	if l.over.Swap(true) {
		misused.Add(1)
	}
	closed.Add(1)
}

func begin() life {
	opened.Add(1)
	return life{}
}

// Lives counts objects, of all threads.
type Lives struct {
	Opened  int64 `json:"opened" quiesce:"number"`
	Closed  int64 `json:"closed" quiesce:"number"`
	Misused int64 `json:"misused" quiesce:"number"` // were used after they were closed, or closed twice
}

// CountLives tells how many objects were opened and closed.
//
//quiesce:function
func CountLives() Lives { return Lives{opened.Load(), closed.Load(), misused.Load()} }

// Spin runs a loop for some ms that only a signal can preempt.
//
//quiesce:function
func Spin(ms int) {
	var over atomic.Bool
	time.AfterFunc(time.Duration(ms)*time.Millisecond, func() { over.Store(true) })
	for !over.Load() {
	}
}

// Collect runs Go's garbage collector.
//
//quiesce:function
func Collect() { runtime.GC() }

// SpinAndCollect runs such a loop on a goroutine while it collects, which has to stop the loop.
//
//quiesce:function
func SpinAndCollect() {
	var running, over atomic.Bool
	go func() {
		running.Store(true)
		for !over.Load() {
		}
	}()
	for !running.Load() {
		runtime.Gosched()
	}
	runtime.GC()
	over.Store(true)
}

// Goroutines tells how many there are.
//
//quiesce:function
func Goroutines() int { return runtime.NumGoroutine() }

// helper has no directive: it is not exported.
func helper() int { return 1 }

// Helper has none either.
func Helper() int { return helper() }
