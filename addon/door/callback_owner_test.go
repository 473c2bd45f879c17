package door

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/quiesce/quiesce/guard"
)

func init() {
	one := Params{{Name: "f", Kind: KindCallback}}
	things.Define(
		Static("openWith", one, func(a Args) (Value, error) {
			keepCallback(a.Callback(0))
			return things.Open(current.Load()), nil
		}),
		StaticAsync("openAsyncWith", one, func(_ context.Context, a Args) (Value, error) {
			keepCallback(a.Callback(0))
			return things.Open(current.Load()), nil
		}),
		Sync("passOn", Params{{Name: "f", Kind: KindCallback}, {Name: "a", Kind: KindHandle, Class: things}},
			func(*thing, Args) (Value, error) { return Value{}, nil }),
		Async("passOnAsync", one, func(context.Context, *thing, Args) (Value, error) { return Value{}, nil }),
		Static("lend", one, func(a Args) (Value, error) {
			keepCallback(a.Callback(0))
			return Value{}, nil
		}).Makes(),
	)
}

func TestAFunctionsCallbackBelongsToNoHandle(t *testing.T) {
	e := newJSEnv(t)
	if out := call(t, "Thing.notify", 0, callbackWire(e, 3)); tag(out.Tag) != tagUndefined {
		t.Fatalf("%+v", described(t, &out.Wire))
	}
	c := takeKept()[0]
	c.Call(String("s"), nil)
	if done := e.takeAll(t, 1)[0]; done.call != 1<<63|3 || text(&done.result) != "s" {
		t.Errorf("%x", done.call)
	}
	runtime.KeepAlive(c)
	collected(t, func() bool { return len(e.woken) > 0 })
	if done := e.takeAll(t, 1)[0]; done.call != 1<<62|3 {
		t.Errorf("%x", done.call)
	}
}

// A constructor has no handle yet when its callback is taken; the object that
// it makes is the one to keep and to end it.
func TestAConstructorsCallbackBelongsToTheHandleThatItOpens(t *testing.T) {
	e := newJSEnv(t)
	for name, open := range map[string]func() Wire{
		"sync": func() Wire { return call(t, "Thing.openWith", 0, callbackWire(e, 5)).Wire },
		"async": func() Wire {
			e.start(t, "Thing.openAsyncWith", 0, callbackWire(e, 5))
			return e.takeAll(t, 1)[0].result
		},
	} {
		r := &thing{}
		current.Store(r)
		token := guard.Token(open().Bits)
		c := takeKept()[0]
		if n := attachments(t, token); n != 2 {
			t.Errorf("%s: %d attachments", name, n)
		}
		Detach(e.number, token, false)
		c.Call(Number(1), nil)
		if done := e.takeAll(t, 1)[0]; done.call != 1<<63|5 || r.closed.Load() != 0 {
			t.Errorf("%s: %x, closed %d times", name, done.call, r.closed.Load())
		}
		if _, err := table.Free(token, time.Second); err != nil {
			t.Fatal(err)
		}
		c.Call(Number(2), nil)
		if Take(e.number, make([]uint64, 3), make([]Wire, 3)) != 0 {
			t.Errorf("%s: called after the release", name)
		}
		runtime.KeepAlive(c)
		collected(t, func() bool { return len(e.woken) > 0 })
		e.takeAll(t, 1) // let go of
	}
	current.Store(&thing{})
	token := guard.Token(call(t, "Thing.openWith", 0, callbackWire(e, 6)).Bits)
	takeKept()
	collected(t, func() bool { return attachments(t, token) == 1 })
	_, _ = table.Free(token, time.Second)
}

func TestACallThatWaitedWhileItsHandleWasReleasedIsNotMadeAnyMore(t *testing.T) {
	e := newJSEnv(t)
	token := openThing(t, &thing{})
	c := subscribe(t, e, token, 1)
	call(t, "Thing.notify", 0, callbackWire(e, 2))
	free := takeKept()[0]
	c.Call(Number(1), nil)
	if !MayCall(e.number, 1) || !MayCall(e.number, 2) {
		t.Error("one that is open may not be called")
	}
	if _, err := table.Free(token, time.Second); err != nil {
		t.Fatal(err)
	}
	if MayCall(e.number, 1) || !MayCall(e.number, 2) {
		t.Error("one whose handle was released may be called, or one without a handle not")
	}
	CloseEnv(e.number)
	if MayCall(e.number, 1) || MayCall(e.number, 2) {
		t.Error("one of an env that has ended may be called")
	}
	runtime.KeepAlive([2]*Callback{c, free})
}

// The JS side keeps a function until it is told to let go of it: also one that
// the door has refused.
func TestFunctionsOfACallThatIsRefusedAreLetGo(t *testing.T) {
	e := newJSEnv(t)
	token := openThing(t, &thing{})
	freed := openThing(t, &thing{})
	_, _ = table.Free(freed, time.Second)
	handle := Wire{Tag: uint64(tagHandle), Bits: uint64(freed)}
	for name, refused := range map[string]func() *answerWire{
		"a freed handle":      func() *answerWire { return call(t, "Thing.subscribe", freed, callbackWire(e, 9)) },
		"a freed argument":    func() *answerWire { return call(t, "Thing.passOn", token, callbackWire(e, 9), handle) },
		"async, freed handle": func() *answerWire { _, out := e.start(t, "Thing.passOnAsync", freed, callbackWire(e, 9)); return out },
	} {
		out := refused()
		if d := described(t, &out.Wire); d.Code != "ERR_HANDLE_FREED" {
			t.Errorf("%s: %+v", name, d)
		}
		if done := e.takeAll(t, 1)[0]; done.call != 1<<62|9 {
			t.Errorf("%s: %x", name, done.call)
		}
	}
	if n := attachments(t, token); n != 1 || ops(t, token) != 0 {
		t.Errorf("%d attachments, %d ops", n, ops(t, token))
	}
}

func TestACallbackThatComesTooLateIsRefusedAndKeepsNothing(t *testing.T) {
	e := newJSEnv(t)
	token := openThing(t, &thing{})
	var p pass
	if err := admit(&p, token, things); err != nil {
		t.Fatal(err)
	}
	table.Detach(token) // the last attachment goes while the call is under way
	w := callbackWire(e, 1)
	if c, err := newCallback(members[member(t, "Thing.subscribe")], &p, &w); c != nil || !errors.Is(err, guard.ErrFreed) {
		t.Errorf("%v, %v", c, err)
	}
	p.op.Leave()
	if len(envOf(e.number).callbacks) != 0 {
		t.Error("it is kept")
	}
}

func TestOfSeveralCallbacksAllAreTakenOrNone(t *testing.T) {
	e, ended := newJSEnv(t), newJSEnv(t)
	token := openThing(t, &thing{})
	CloseEnv(ended.number)
	out := call(t, "Thing.both", token, callbackWire(e, 1), callbackWire(ended, 2))
	described(t, &out.Wire)
	collected(t, func() bool { return attachments(t, token) == 1 })
	if out := call(t, "Thing.both", token, callbackWire(e, 3)); tag(out.Tag) != tagBool || out.Bits != 1 {
		t.Errorf("left out: %+v", out.Wire)
	}
	collected(t, func() bool { return attachments(t, token) == 1 })
	e.takeAll(t, 2)
}

// Any goroutine may call, also while the env ends.
func TestCallbacksAreCalledWhileTheirEnvEnds(t *testing.T) {
	noLeaks(t)
	token := openThing(t, &thing{})
	for range 100 {
		e := newJSEnv(t)
		c := subscribe(t, e, token, 1)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				for range 20 {
					c.Call(String("a result that is longer than any room, so that it must be allocated"), nil)
				}
			})
		}
		CloseEnv(e.number)
		all.Wait()
	}
	if n := attachments(t, token); n != 1 {
		t.Errorf("%d attachments", n)
	}
}
