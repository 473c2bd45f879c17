package shapes

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A Bell calls functions in all ways.
//
//quiesce:class
type Bell struct {
	life  life
	mu    sync.Mutex
	kept  []func(text string)
	stop  chan struct{}
	going sync.WaitGroup
	calls int
}

// NewBell makes a bell.
func NewBell() *Bell { return &Bell{life: begin(), stop: make(chan struct{})} }

// Ring calls the function n times before it returns.
func (b *Bell) Ring(n int, f func(i int)) int {
	b.life.use()
	for i := range n {
		f(i)
	}
	return n
}

// RingLater calls the function n times, then returns.
func (b *Bell) RingLater(ctx context.Context, n int, f func(i int)) (int, error) {
	return b.Ring(n, f), ctx.Err()
}

// RingAndFail does so, then fails.
func (b *Bell) RingAndFail(_ context.Context, n int, f func(i int)) error {
	b.Ring(n, f)
	return ErrEmpty
}

// RingSlowly calls the function each ms until its context ends.
func (b *Bell) RingSlowly(ctx context.Context, f func(i int)) error {
	for i := 0; ; i++ {
		if err := wait(ctx, 1); err != nil {
			return err
		}
		f(i)
	}
}

// Keep keeps the function for Say.
func (b *Bell) Keep(f func(text string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = append(b.kept, f)
}

// Say calls the functions that were kept, from a goroutine.
func (b *Bell) Say(text string) {
	b.mu.Lock()
	kept := b.kept
	b.mu.Unlock()
	var all sync.WaitGroup
	for _, f := range kept {
		all.Add(1)
		go func() { defer all.Done(); f(text) }()
	}
	all.Wait()
}

// Drop forgets the functions that were kept.
func (b *Bell) Drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = nil
}

// Spread calls the function from many goroutines, each so many times, and waits for them.
func (b *Bell) Spread(goroutines, each int, f func(goroutine, i int)) {
	var all sync.WaitGroup
	for g := range goroutines {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range each {
				f(g, i)
			}
		}()
	}
	all.Wait()
}

// Start has a goroutine call the function each so many ms until the bell is closed; 0 is without a pause.
func (b *Bell) Start(ms int, f func(i int)) {
	b.going.Add(1)
	go func() {
		defer b.going.Done()
		for i := 0; ; i++ {
			select {
			case <-b.stop:
				return
			case <-time.After(time.Duration(ms) * time.Millisecond):
				f(i)
				b.mu.Lock()
				b.calls++
				b.mu.Unlock()
			}
		}
	}()
}

// Calls tells how often the functions that were started have been called.
func (b *Bell) Calls() int { b.mu.Lock(); defer b.mu.Unlock(); return b.calls }

// None calls a function without arguments.
func (b *Bell) None(f func()) { f() }

// One calls a function with an object.
func (b *Bell) One(e *Entry, _ bool, f func(e *Entry)) { f(e) }

// Two calls a function with two values.
func (b *Bell) Two(f func(s string, i int)) { f("two", 2) }

// Three calls a function with three values.
func (b *Bell) Three(f func(list []int, m map[string]Lang, at time.Time)) {
	f([]int{1, 2, 3}, map[string]Lang{"a": English}, time.UnixMilli(5))
}

// Four calls a function with four values.
func (b *Bell) Four(f func(Stamp, []byte, *Point, [2]bool)) {
	f(1<<62, []byte{1, 2}, nil, [2]bool{true, false})
}

// Both takes two functions.
func (b *Bell) Both(f func(int), g func(string)) {
	f(1)
	g("a")
	f(2)
	g("b")
}

// Entry calls a function with an object of its own.
func (b *Bell) Entry(word string, f func(Entry)) { f(Entry{word, len(word)}) }

// Panic calls the function and panics.
func (b *Bell) Panic(f func(string)) {
	f("before")
	panic("mine")
}

// FreeIn waits until the context of the bell is cancelled, calling the function all the time.
func (b *Bell) FreeIn(ctx context.Context, f func()) error {
	f()
	<-ctx.Done()
	f()
	return ctx.Err()
}

// Close stops what was started, and waits for it.
func (b *Bell) Close() error {
	close(b.stop)
	b.going.Wait()
	b.life.end()
	return nil
}

// Each is a function that takes one.
//
//quiesce:function
func Each(n int, f func(text string)) {
	for i := range n {
		f(fmt.Sprint("item ", i))
	}
}

// EachLater is the same by a promise.
//
//quiesce:function
func EachLater(ctx context.Context, n int, f func(text string)) error {
	Each(n, f)
	return ctx.Err()
}

// A Watcher is made with a function.
//
//quiesce:class
type Watcher struct {
	life life
	f    func(text string)
}

// NewWatcher keeps the function.
func NewWatcher(f func(text string)) *Watcher { return &Watcher{begin(), f} }

// Tell calls it.
func (w *Watcher) Tell(text string) { w.f(text) }

// Close calls it too, which nobody hears of.
func (w *Watcher) Close() { w.f("closed"); w.life.end() }
