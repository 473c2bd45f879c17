package typed

import (
	"runtime"
	"testing"
	"time"

	"github.com/quiesce/quiesce/addon/door"
	"github.com/quiesce/quiesce/guard"
)

// An env is a Node-API environment whose JS thread is the test's goroutine.
type env struct {
	number uint64
	woken  chan struct{}
	calls  uint64
	queue  []completion
}

type completion struct {
	call   uint64
	result door.Wire
}

func newEnv(t testing.TB) *env {
	e := &env{woken: make(chan struct{}, 1)}
	e.number = door.NewEnv(door.Native{Wake: func() { signal(e.woken) }})
	t.Cleanup(func() { door.CloseEnv(e.number) })
	return e
}

// start starts an async call.
func (e *env) start(t testing.TB, name string, token uint64, args ...door.Wire) {
	t.Helper()
	e.calls++
	var out door.Wire
	door.Start(e.number, e.calls, memberNumber(t, name), guard.Token(token), args, &out)
	runtime.KeepAlive(args)
	if err := failure(&out); err != nil {
		t.Fatal(err)
	}
}

// poll takes what has completed, without waiting.
func (e *env) poll() {
	calls, results := make([]uint64, 100), make([]door.Wire, 100)
	for n := door.Take(e.number, calls, results); n > 0; n = door.Take(e.number, calls, results) {
		for i := range n {
			e.queue = append(e.queue, completion{calls[i], results[i]})
		}
	}
}

// next returns the next completion.
func (e *env) next(t testing.TB) completion {
	t.Helper()
	for end := time.After(10 * time.Second); len(e.queue) == 0; e.poll() {
		select {
		case <-e.woken:
		case <-end:
			t.Fatal("nothing has completed")
		}
	}
	c := e.queue[0]
	e.queue = e.queue[1:]
	return c
}

// take returns the result of the next completion.
func (e *env) take(t testing.TB) door.Wire {
	t.Helper()
	return e.next(t).result
}
