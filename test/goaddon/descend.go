package main

import (
	"runtime"
	"sync"

	"github.com/quiesce/quiesce/addon"
)

func init() {
	goRuntime.Define(addon.Static("descend", nil, func(addon.Args) (addon.Value, error) {
		descendAmongOthers()
		return addon.Undefined(), nil
	}))
}

// descendAmongOthers goes down the stack of the JS thread's goroutine, to the
// end of each size that it grows through. What a signal handler then writes
// beyond the end belongs to one of the others, whose stacks have these sizes.
func descendAmongOthers() {
	var others sync.WaitGroup
	over := make(chan struct{})
	for depth := range 64 {
		others.Go(func() { thenWait(10*(depth%32), over) })
	}
	runtime.GC() // shrinks the stack by half, at most to what it began with
	descend(300)
	close(over)
	others.Wait()
	runtime.GC() // looks at all stacks
}

//go:noinline
func thenWait(depth int, over chan struct{}) byte {
	var frame [96]byte
	if depth == 0 {
		<-over
		return frame[0]
	}
	frame[depth%len(frame)] = 1
	return thenWait(depth-1, over) + frame[depth%7]
}

//go:noinline
func descend(depth int) byte {
	var frame [96]byte
	for i := range 4000 {
		frame[i%len(frame)]++
	}
	if depth == 0 {
		return frame[0]
	}
	return descend(depth-1) + frame[depth%7]
}
