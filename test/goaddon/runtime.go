package main

import (
	"context"
	"runtime"
	"sync/atomic"

	"github.com/quiesce/quiesce/addon"
)

var goRuntime = addon.NewClass("Runtime")

func init() {
	ms := addon.Params{addon.NumberParam("ms")}
	goRuntime.Define(
		addon.Static("gc", nil, func(addon.Args) (addon.Value, error) {
			runtime.GC()
			return addon.Undefined(), nil
		}),
		addon.Static("goroutines", nil, func(addon.Args) (addon.Value, error) {
			return addon.Integer(int64(runtime.NumGoroutine())), nil
		}),
		addon.Static("collections", nil, func(addon.Args) (addon.Value, error) {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return addon.Integer(int64(m.NumGC)), nil
		}),
		addon.Static("spinAndGC", nil, func(addon.Args) (addon.Value, error) {
			spinAndCollect()
			return addon.Undefined(), nil
		}),
		addon.StaticAsync("spinAndGCAsync", nil, func(context.Context, addon.Args) (addon.Value, error) {
			spinAndCollect()
			return addon.Undefined(), nil
		}),
		addon.StaticAsync("grow", ms, grow),
	)
}

// spinAndCollect runs a loop that only a signal can preempt, and a GC, which
// has to stop it: without preemption it never returns.
func spinAndCollect() {
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

// grow keeps every goroutine's stack growing and shrinking: the work that a
// signal handler on a goroutine's stack would spoil.
func grow(ctx context.Context, a addon.Args) (addon.Value, error) {
	var over atomic.Bool
	for range 2 * runtime.GOMAXPROCS(0) {
		go func() {
			for !over.Load() {
				done := make(chan int)
				go func() { done <- dig(200) }()
				<-done
			}
		}()
	}
	defer over.Store(true)
	return addon.Undefined(), sleep(ctx, a.Number(0))
}

func dig(depth int) int {
	var frame [64]int
	frame[depth%64] = depth
	if depth == 0 {
		return frame[0]
	}
	return dig(depth-1) + frame[depth%64] - depth
}
