package door

import (
	"context"
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quiesce/quiesce/guard"
)

// keptCallbacks are those that the members below were called with.
var keptCallbacks struct {
	sync.Mutex
	list []*Callback
}

func keepCallback(c *Callback) {
	keptCallbacks.Lock()
	defer keptCallbacks.Unlock()
	keptCallbacks.list = append(keptCallbacks.list, c)
}

// takeKept returns the callbacks that were kept since the last time.
func takeKept() []*Callback {
	keptCallbacks.Lock()
	defer keptCallbacks.Unlock()
	list := keptCallbacks.list
	keptCallbacks.list = nil
	return list
}

func init() {
	one := Params{{Name: "f", Kind: KindCallback}}
	two := Params{{Name: "f", Kind: KindCallback}, {Name: "g", Kind: KindCallback, Optional: true}}
	keep := func(a Args) (Value, error) { keepCallback(a.Callback(0)); return Value{}, nil }
	things.Define(
		Sync("subscribe", one, func(_ *thing, a Args) (Value, error) { return keep(a) }),
		Async("subscribeAsync", one, func(_ context.Context, _ *thing, a Args) (Value, error) { return keep(a) }),
		Static("notify", one, keep),
		Sync("both", two, func(_ *thing, a Args) (Value, error) { return Bool(a.Callback(1) == nil), nil }),
	)
}

// callbackWire is a function of the env.
func callbackWire(e *jsEnv, number uint64) Wire {
	return Wire{Tag: uint64(tagCallback), Bits: number, Length: e.number}
}

// subscribe has Thing.subscribe keep a callback.
func subscribe(t testing.TB, e *jsEnv, token guard.Token, number uint64) *Callback {
	t.Helper()
	if out := call(t, "Thing.subscribe", token, callbackWire(e, number)); tag(out.Tag) != tagUndefined {
		t.Fatalf("%+v", described(t, &out.Wire))
	}
	return takeKept()[0]
}

func attachments(t testing.TB, token guard.Token) int {
	t.Helper()
	h, err := table.Lookup(token)
	if err != nil {
		t.Fatal(err)
	}
	return h.Attachments()
}

// collected runs garbage collections until it is so.
func collected(t testing.TB, so func() bool) {
	t.Helper()
	eventually(t, func() bool { runtime.GC(); return so() })
}

func TestCallsOfACallbackComeInTheirOrderAndTheLettingGoAfterThem(t *testing.T) {
	noLeaks(t)
	e := newJSEnv(t)
	token := openThing(t, &thing{})
	func() {
		c := subscribe(t, e, token, 7)
		for i := range 100 {
			c.Call(Number(float64(i)), nil)
		}
	}()
	collected(t, func() bool { return true }) // those that wait keep it
	if attachments(t, token) != 2 {
		t.Error("given back while calls wait")
	}
	for i, c := range e.takeAll(t, 100) {
		if c.call != 1<<63|7 || numberOf(c.result) != float64(i) {
			t.Fatalf("%d: %x, %v", i, c.call, c.result)
		}
	}
	collected(t, func() bool { return attachments(t, token) == 1 })
	if c := e.takeAll(t, 1)[0]; c.call != 1<<62|7 {
		t.Errorf("%x", c.call)
	}
}

func TestACallbackKeepsItsHandleOpenUntilItIsCollected(t *testing.T) {
	e := newJSEnv(t)
	for name, subscribe := range map[string]func(guard.Token){
		"sync": func(token guard.Token) { call(t, "Thing.subscribe", token, callbackWire(e, 1)) },
		"async": func(token guard.Token) {
			e.start(t, "Thing.subscribeAsync", token, callbackWire(e, 1))
			e.takeAll(t, 1)
		},
	} {
		r := &thing{}
		token := openThing(t, r)
		subscribe(token)
		Detach(e.number, token, false) // the wrapper goes, the callback stays
		if n := attachments(t, token); n != 1 || r.closed.Load() != 0 {
			t.Errorf("%s: %d attachments, closed %d times", name, n, r.closed.Load())
		}
		c := takeKept()[0]
		c.Call(Number(1), nil)
		e.takeAll(t, 1)
		runtime.KeepAlive(c)
		collected(t, func() bool { return r.closed.Load() == 1 })
		e.takeAll(t, 1) // let go of
	}
}

func TestACallNeverBlocksAndTheFirstThatIsDroppedWarns(t *testing.T) {
	noLeaks(t)
	e := newJSEnv(t)
	token := openThing(t, &thing{})
	c, other := subscribe(t, e, token, 1), subscribe(t, e, token, 2)
	for range 3 * CallbackQueue {
		c.Call(String("longer than the room of any wire, so that it has memory of its own"), nil)
	}
	other.Call(Number(1), nil) // each has a queue of its own
	list := e.takeAll(t, CallbackQueue+2)
	var w warning
	for i := range list {
		content := text(&list[i].result)
		if list[i].call != 0 {
			continue
		}
		if err := json.Unmarshal([]byte(content), &w); err != nil || i != CallbackQueue {
			t.Errorf("the warning came as number %d, %v", i, err)
		}
	}
	if w.Kind != "overflow" || w.Class != "Thing.subscribe" || w.Limit != 1024 {
		t.Errorf("%+v", w)
	}
	for range 2 * CallbackQueue { // now there is room again; the second warning is spared
		c.Call(Number(2), nil)
	}
	for _, done := range e.takeAll(t, CallbackQueue) {
		if done.call != 1<<63|1 || numberOf(done.result) != 2 {
			t.Fatalf("%x: %+v", done.call, done.result)
		}
	}
	if n := Take(e.number, make([]uint64, 3), make([]Wire, 3)); n != 0 {
		t.Errorf("%d more", n)
	}
	runtime.KeepAlive([2]*Callback{c, other})
}

func TestNoMoreThan16MiBWaitForACallbackButForOneThatIsLarger(t *testing.T) {
	noLeaks(t)
	e := newJSEnv(t)
	c := subscribe(t, e, openThing(t, &thing{}), 1)
	sizes := func(n int) (list []int) {
		for _, done := range e.takeAll(t, n) {
			if content := text(&done.result); done.call != 0 {
				list = append(list, len(content))
			}
		}
		return list
	}
	mib := String(strings.Repeat("x", 1<<20))
	for range 20 {
		c.Call(mib, nil)
	}
	if got := sizes(17); !slices.Equal(got, slices.Repeat([]int{1 << 20}, 16)) {
		t.Errorf("%d calls came: %v", len(got), got)
	}
	c.Call(String(strings.Repeat("x", 17<<20)), nil)
	c.Call(mib, nil) // after that there is no room
	if got := sizes(1); !slices.Equal(got, []int{17 << 20}) {
		t.Errorf("%v", got)
	}
	c.Call(mib, nil)
	if got := sizes(1); !slices.Equal(got, []int{1 << 20}) {
		t.Errorf("%v", got)
	}
	runtime.KeepAlive(c)
}

func TestAnErrorInThePlaceOfTheValueIsThrown(t *testing.T) {
	e := newJSEnv(t)
	token := openThing(t, &thing{})
	c := subscribe(t, e, token, 1)
	c.Call(Value{}, &codedError{code: "E"})
	c.Call(Integer(1<<60), nil)
	list := e.takeAll(t, 2)
	if d := described(t, &list[0].result); d.Code != "E" {
		t.Errorf("%+v", d)
	}
	if d := described(t, &list[1].result); d.Name != "RangeError" || d.Message != "an argument of the callback 1152921504606846976 is beyond the safe integers" {
		t.Errorf("%+v", d)
	}
	runtime.KeepAlive(c)
}

func TestAfterTheReleaseACallDoesNothing(t *testing.T) {
	e := newJSEnv(t)
	r := &thing{}
	token := openThing(t, r)
	c := subscribe(t, e, token, 1)
	if o, err := table.Free(token, time.Second); o != guard.Drained || err != nil {
		t.Fatal(o, err)
	}
	c.Call(Number(1), nil)
	if Take(e.number, make([]uint64, 3), make([]Wire, 3)) != 0 {
		t.Error("it was called")
	}
	runtime.KeepAlive(c)
	collected(t, func() bool { return len(e.woken) > 0 })
	if done := e.takeAll(t, 1)[0]; done.call != 1<<62|1 || r.closed.Load() != 1 {
		t.Errorf("%x, closed %d times", done.call, r.closed.Load())
	}
}

func TestTheEndOfAnEnvGivesTheAttachmentBackOnce(t *testing.T) {
	noLeaks(t)
	e := newJSEnv(t)
	token := openThing(t, &thing{})
	var gone atomic.Bool
	ending := envOf(e.number)
	func() {
		c := subscribe(t, e, token, 1)
		runtime.AddCleanup(c, func(gone *atomic.Bool) { gone.Store(true) }, &gone)
		c.Call(String("a result that is longer than any room, so that it must be allocated"), nil)
		CloseEnv(e.number)
		c.Call(String("a result that is longer than any room, so that it must be allocated"), nil)
		if n := attachments(t, token); n != 1 {
			t.Errorf("%d attachments", n)
		}
	}()
	if _, found := ending.removeCallback(1); found {
		t.Error("one that is collected at that very moment gives it back again")
	}
	collected(t, gone.Load)
	time.Sleep(10 * time.Millisecond) // the door's own cleanup may come after the test's
	if n := attachments(t, token); n != 1 {
		t.Errorf("%d attachments: given back twice", n)
	}
	out := call(t, "Thing.subscribe", token, callbackWire(e, 2))
	if d := described(t, &out.Wire); d.Message == "" || attachments(t, token) != 1 || ops(t, token) != 0 {
		t.Errorf("%+v", d)
	}
}
