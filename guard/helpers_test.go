package guard

import (
	"context"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patience bounds a wait that ends at once unless something is broken. Who
// breaks the guard on purpose, as proof/mutation does, grants less.
var patience = func() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("QUIESCE_TEST_PATIENCE")); err == nil {
		return d
	}
	return 60 * time.Second
}()

// rounds is how often a race is tried: twenty times n when asked for.
func rounds(n int) int {
	if os.Getenv("QUIESCE_TEST_FULL") == "1" {
		return 20 * n
	}
	return n
}

// skipIfShort leaves out what takes longer than all the other tests.
func skipIfShort(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("a race takes its time")
	}
}

// A probe is a resource that counts its Closes.
type probe struct {
	closes atomic.Int32
	close  func() error // what Close does besides; may be nil
}

func (p *probe) Close() error {
	p.closes.Add(1)
	if p.close != nil {
		return p.close()
	}
	return nil
}

func (p *probe) wantCloses(t *testing.T, want int32) {
	t.Helper()
	if got := p.closes.Load(); got != want {
		t.Errorf("Close ran %d times, want %d", got, want)
	}
}

// A journal records names in the order in which they come.
type journal struct {
	mu    sync.Mutex
	names []string
}

func (j *journal) add(name string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.names = append(j.names, name)
}

func (j *journal) list() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]string(nil), j.names...)
}

// resource returns one that writes its name when it is closed.
func (j *journal) resource(name string) *probe {
	return &probe{close: func() error { j.add(name); return nil }}
}

func open(t testing.TB, table *Table, resource io.Closer) *Handle {
	t.Helper()
	h, err := table.Open(resource, Options{})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return h
}

func enter(t testing.TB, h *Handle) *HandleOp {
	t.Helper()
	op, err := h.table.Enter(h.token)
	if err != nil {
		t.Fatalf("Enter: %v", err)
	}
	return &op
}

// openChild opens a child through an op that it ends again.
func openChild(t testing.TB, parent *Handle, resource io.Closer) *Handle {
	t.Helper()
	op := enter(t, parent)
	defer op.Leave()
	child, err := op.OpenChild(resource, Options{})
	if err != nil {
		t.Fatalf("OpenChild: %v", err)
	}
	return child
}

func wantFree(t testing.TB, h *Handle, deadline time.Duration, want Outcome) {
	t.Helper()
	got, err := h.table.Free(h.token, deadline)
	if got != want || err != nil {
		t.Fatalf("Free = %v, %v, want %v", got, err, want)
	}
}

func wantErr(t testing.TB, got, want error) {
	t.Helper()
	if got != want {
		t.Fatalf("error %v, want %v", got, want)
	}
}

func wantWord(t testing.TB, w *word, want uint64) {
	t.Helper()
	if got := w.bits.Load(); got != want {
		t.Fatalf("word %#x, want %#x", got, want)
	}
}

func wantState(t testing.TB, h *Handle, state State, ops int) {
	t.Helper()
	if s, n := h.State(); s != state || n != ops {
		t.Fatalf("state %v with %d ops, want %v with %d", s, n, state, ops)
	}
}

// wantNoLeak checks a table on which every handle should have been released.
func wantNoLeak(t testing.TB, table *Table) {
	t.Helper()
	s := table.Stats()
	if s.Live != 0 || s.Freeing != 0 || s.Abandoned != 0 || s.Opened != s.Released {
		t.Fatalf("something leaked: %+v", s)
	}
	if n, ops := len(table.Handles()), table.Ops(); n != 0 || ops != 0 {
		t.Fatalf("%d handles and %d ops are left", n, ops)
	}
}

func wait(t testing.TB, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatal("it never came")
	}
}

func waitUntil(t testing.TB, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !condition(); {
		if time.Now().After(end) {
			t.Fatal("it never came true")
		}
		runtime.Gosched()
	}
}

// together runs n functions at the same time, as near as can be, and returns
// when all have ended.
func together(n int, f func(i int)) {
	var ready atomic.Int32
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			ready.Add(1)
			for ready.Load() < int32(n) {
				runtime.Gosched()
			}
			f(i)
		})
	}
	all.Wait()
}

// race runs the two functions that make returns, n times, on two goroutines
// that spin for each other, and shifts the one against the other a little each
// time. On a busy machine it stops earlier. A round that hangs fails, and
// cancel must end it.
func race(t testing.TB, cancel func(), n int, make func() (a, b func())) {
	t.Helper()
	skipIfShort(t)
	var work atomic.Pointer[func()]
	var turn, done atomic.Int64
	go func() {
		for round := range int64(n) {
			spin(func() bool { return turn.Load() > round })
			if f := work.Load(); f != nil {
				shift(round % 64)
				(*f)()
			}
			done.Store(round + 1)
		}
	}()
	defer func() { // a failed round must let the other goroutine go
		work.Store(nil)
		turn.Store(int64(n))
	}()
	alarm := time.AfterFunc(patience, func() { t.Error("a round hung"); cancel() })
	defer alarm.Stop()
	end := time.Now().Add(time.Duration(rounds(2)) * time.Second)
	for round := range int64(n) {
		if time.Now().After(end) {
			break
		}
		a, b := make()
		alarm.Reset(patience)
		work.Store(&a)
		turn.Store(round + 1)
		shift((4 + 12*(round%2)) * (round / 64 % 128)) // the detector makes steps longer
		b()
		spin(func() bool { return done.Load() > round })
	}
}

func spin(until func() bool) {
	for n := 0; !until(); n++ {
		switch {
		case n > 5000:
			time.Sleep(50 * time.Microsecond)
		case n > 2000:
			runtime.Gosched()
		}
	}
}

var shifted atomic.Int64

func shift(n int64) {
	for range n {
		shifted.Load()
	}
}

// over returns a context that is done already.
func over() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// after returns a context that ends after d.
func after(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// wantElapsed checks synthetic time, which passes only while all are parked.
func wantElapsed(t testing.TB, since time.Time, want time.Duration) {
	t.Helper()
	if got := time.Since(since); got != want {
		t.Fatalf("%v passed, want %v", got, want)
	}
}

// tryEnter enters as Guard.TryEnter and Table.Enter do.
func (w *word) tryEnter(generation uint32) verdict {
	l := w.look()
	if l.bits-uint64(generation)<<generationShift < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1 {
		return entered
	}
	return w.entersOtherwise(l, generation)
}
