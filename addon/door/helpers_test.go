package door

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/quiesce/quiesce/guard"
)

// heap stands for C's memory: it knows every block that was not given back.
type heap struct {
	mu     sync.Mutex
	blocks map[uintptr][]byte
	full   atomic.Bool // there is no memory
	wrong  atomic.Int64
}

var memory = heap{blocks: map[uintptr][]byte{}}

func init() {
	Memory.Alloc = memory.alloc
	Memory.Free = memory.free
}

func (m *heap) alloc(n uint64) uintptr {
	if m.full.Load() {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b := make([]byte, max(n, 1))
	p := uintptr(unsafe.Pointer(&b[0]))
	m.blocks[p] = b
	return p
}

func (m *heap) free(p uintptr) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.blocks[p]; !ok {
		m.wrong.Add(1) // freed twice, or never allocated
	}
	delete(m.blocks, p)
}

func (m *heap) live() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.blocks)
}

// A thing is the resource of the tests.
type thing struct {
	closed   atomic.Int32
	used     atomic.Int32 // after Close
	release  chan struct{}
	closeErr error
}

func (r *thing) Close() error {
	r.closed.Add(1)
	return r.closeErr
}

func (r *thing) use() {
	if r.closed.Load() > 0 {
		r.used.Add(1)
	}
}

// A badError panics when it is asked anything, as a nil pointer does.
type badError struct{ text string }

func (e *badError) Error() string { return e.text }
func (e *badError) Unwrap() error { return errors.New(e.text) }

var (
	things  = NewClass("Thing")
	others  = NewClass("Other")
	current atomic.Pointer[thing] // what Thing.open opens
)

func init() {
	how := Params{{Name: "how", Kind: KindString}}
	things.Define(
		Static("open", nil, func(Args) (Value, error) { return things.Open(current.Load()), nil }),
		StaticAsync("openAsync", nil, func(context.Context, Args) (Value, error) { return things.Open(current.Load()), nil }),
		Sync("use", nil, func(r *thing, _ Args) (Value, error) { r.use(); return Number(1), nil }),
		Sync("echo", Params{{Name: "v", Kind: KindAny}}, func(r *thing, a Args) (Value, error) { return a.Value(0), nil }),
		Sync("fail", how, func(_ *thing, a Args) (Value, error) { return Value{}, failure(a.String(0)) }),
		Sync("child", nil, func(*thing, Args) (Value, error) { return things.Open(current.Load()), nil }),
		Sync("with", Params{{Name: "a", Kind: KindHandle, Class: things}, {Name: "b", Kind: KindHandle, Class: others, Optional: true}},
			func(r *thing, a Args) (Value, error) { a.Resource(0).(*thing).use(); return Bool(a.Has(1)), nil }),
		Async("echoAsync", Params{{Name: "v", Kind: KindAny}}, func(_ context.Context, r *thing, a Args) (Value, error) {
			<-r.release
			return a.Value(0), nil
		}),
		Async("failAsync", how, func(_ context.Context, _ *thing, a Args) (Value, error) { return Value{}, failure(a.String(0)) }),
		Async("wait", nil, func(ctx context.Context, r *thing, _ Args) (Value, error) {
			<-ctx.Done()
			r.use()
			return Value{}, ctx.Err()
		}),
		Async("stubborn", nil, func(_ context.Context, r *thing, _ Args) (Value, error) {
			<-r.release
			r.use()
			return String("done"), nil
		}),
	)
	others.Define(Static("open", nil, func(Args) (Value, error) { return others.Open(&thing{}), nil }))
}

// failure fails in the way that is asked for.
func failure(how string) error {
	switch how {
	case "panic":
		panic("on request")
	case "index":
		_ = []int{}[len(how)]
	case "goexit":
		runtime.Goexit()
	case "bad":
		return (*badError)(nil)
	case "panic bad":
		panic((*badError)(nil))
	}
	return fmt.Errorf("failed: %s", how)
}

// member returns the number of Class.name.
func member(t testing.TB, name string) uint32 {
	for i, m := range members {
		if m.String() == name {
			return uint32(i)
		}
	}
	t.Fatalf("there is no member %s", name)
	return 0
}

// An answerWire is a wire with the shim's room for a short result.
type answerWire struct {
	Wire
	room [64]byte
}

func newAnswer() *answerWire {
	a := &answerWire{}
	a.Data, a.Length = uintptr(unsafe.Pointer(&a.room[0])), uint64(len(a.room))
	return a
}

// text reads a string, bytes or error, and gives its memory back as the shim does.
func text(w *Wire) string {
	s := string(w.bytes())
	if w.Tag&tagAllocated != 0 {
		Memory.Free(w.Data)
	}
	*w = Wire{}
	return s
}

func described(t testing.TB, w *Wire) description {
	t.Helper()
	if tag(w.Tag) != tagError && tag(w.Tag&^tagAllocated) != tagError {
		t.Fatalf("the answer is no error: tag %d", w.Tag)
	}
	var d description
	if err := json.Unmarshal([]byte(text(w)), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func stringWire(s string) Wire {
	w := Wire{Tag: uint64(tagString), Length: uint64(len(s))}
	if s != "" {
		w.Data = uintptr(unsafe.Pointer(unsafe.StringData(s)))
	}
	return w
}

// call calls a sync member with the shim's kind of room.
func call(t testing.TB, name string, token guard.Token, args ...Wire) *answerWire {
	t.Helper()
	out := newAnswer()
	Call(member(t, name), token, args, &out.Wire)
	runtime.KeepAlive(args)
	return out
}

// openThing opens a handle around r; the test frees it at its end.
func openThing(t testing.TB, r *thing) guard.Token {
	t.Helper()
	current.Store(r)
	out := call(t, "Thing.open", 0)
	if tag(out.Tag) != tagHandle {
		t.Fatalf("Thing.open answered tag %d", out.Tag)
	}
	token := guard.Token(out.Bits)
	t.Cleanup(func() { _, _ = table.Free(token, time.Second) })
	return token
}

func ops(t testing.TB, token guard.Token) int {
	t.Helper()
	h, err := table.Lookup(token)
	if err != nil {
		t.Fatal(err)
	}
	_, n := h.State()
	return n
}

// A jsEnv is an env whose JS thread is the test's goroutine.
type jsEnv struct {
	number uint64
	woken  chan struct{}
	wakes  atomic.Int64
	last   uint64
}

func newJSEnv(t testing.TB) *jsEnv {
	e := &jsEnv{woken: make(chan struct{}, 1)}
	e.number = NewEnv(Native{Wake: e.wake})
	t.Cleanup(func() { CloseEnv(e.number) })
	return e
}

func (e *jsEnv) wake() {
	e.wakes.Add(1)
	select {
	case e.woken <- struct{}{}:
	default:
	}
}

// start starts an async call and returns its number and the immediate answer.
func (e *jsEnv) start(t testing.TB, name string, token guard.Token, args ...Wire) (uint64, *answerWire) {
	t.Helper()
	e.last++
	out := newAnswer()
	Start(e.number, e.last, member(t, name), token, args, &out.Wire)
	runtime.KeepAlive(args)
	return e.last, out
}

// takeAll waits until n completions have come and returns them in their order.
func (e *jsEnv) takeAll(t testing.TB, n int) (list []completion) {
	t.Helper()
	calls, results := make([]uint64, 3), make([]Wire, 3) // a small batch: it takes several
	for len(list) < n {
		select {
		case <-e.woken:
		case <-time.After(10 * time.Second):
			t.Fatalf("%d of %d completions came", len(list), n)
		}
		for k := Take(e.number, calls, results); k > 0; k = Take(e.number, calls, results) {
			for i := range k {
				list = append(list, completion{call: calls[i], result: results[i]})
			}
		}
	}
	return list
}

// noLeaks fails the test if, once it is over, memory is not given back.
func noLeaks(t *testing.T) {
	before := memory.live()
	t.Cleanup(func() {
		eventually(t, func() bool { return memory.live() == before })
		if n := memory.wrong.Load(); n != 0 {
			t.Errorf("%d blocks were freed that were not there", n)
		}
	})
}

func eventually(t testing.TB, so func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not so within 10 s")
		}
	}
}

func numberOf(w Wire) float64 { return math.Float64frombits(w.Bits) }
