package door

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quiesce/quiesce/guard"
)

// A known is a resource that members may return more than once.
type known struct {
	thing
	id Identity
}

var (
	knowns       = NewClass("Known")
	currentKnown atomic.Pointer[known] // what the members open
)

func init() {
	openKnown := func() (Value, error) { k := currentKnown.Load(); return knowns.OpenOnce(k, &k.id), nil }
	handles := Params{{Name: "a", Kind: KindHandle, Class: things}, {Name: "b", Kind: KindHandle, Class: others}}
	optional := Params{handles[0].Opt(), handles[1].Opt()}
	knowns.Define(
		Static("open", nil, func(Args) (Value, error) { return openKnown() }),
		StaticAsync("openAsync", nil, func(context.Context, Args) (Value, error) { return openKnown() }),
		Sync("self", nil, func(k *known, _ Args) (Value, error) { return knowns.OpenOnce(k, &k.id), nil }),
		Static("of", optional, func(Args) (Value, error) { return things.Open(&thing{}), nil }),
		Sync("with", optional, func(*known, Args) (Value, error) { return things.Open(&thing{}), nil }),
		StaticAsync("ofAsync", optional, func(context.Context, Args) (Value, error) { return things.Open(&thing{}), nil }),
	)
}

func openKnown(t testing.TB) (k *known, token guard.Token) {
	t.Helper()
	k = &known{}
	currentKnown.Store(k)
	out := call(t, "Known.open", 0)
	if tag(out.Tag) != tagHandle || out.Length != uint64(knowns.number) {
		t.Fatalf("%+v", out.Wire)
	}
	token = guard.Token(out.Bits)
	t.Cleanup(func() { _, _ = table.Free(token, time.Second) })
	return k, token
}

func TestAResourceThatIsReturnedAgainIsItsHandleBorrowed(t *testing.T) {
	e := newJSEnv(t)
	k, token := openKnown(t)
	for i, again := range []func() Wire{
		func() Wire { return call(t, "Known.open", 0).Wire },
		func() Wire { return call(t, "Known.self", token).Wire },
		func() Wire { e.start(t, "Known.openAsync", 0); return e.takeAll(t, 1)[0].result },
	} {
		w := again()
		if tag(w.Tag) != tagHandle || guard.Token(w.Bits) != token || w.Length != 1<<32|uint64(knowns.number) {
			t.Errorf("%d: %+v", i, w)
		}
		if n := attachments(t, token); n != i+2 || ops(t, token) != 0 {
			t.Errorf("%d: %d attachments, %d ops", i, n, ops(t, token))
		}
	}
	if h, _ := table.Lookup(token); h.Parent() != nil {
		t.Error("it became a child of itself")
	}
	for range 4 {
		table.Detach(token)
	}
	eventually(t, func() bool { return k.closed.Load() == 1 })
}

func TestAResourceWhoseHandleIsFreedIsRefused(t *testing.T) {
	k, token := openKnown(t)
	var p pass
	if err := admit(&p, token, knowns); err != nil {
		t.Fatal(err)
	}
	table.Detach(token) // freeing has begun, and waits for the op
	for range 2 {
		out := call(t, "Known.open", 0)
		if d := described(t, &out.Wire); d.Code != "ERR_HANDLE_FREED" {
			t.Errorf("%+v", d)
		}
	}
	p.op.Leave()
	eventually(t, func() bool { return k.closed.Load() == 1 })
}

func TestAResourceThatNothingIsClosedOfGetsAnotherHandle(t *testing.T) {
	k, token := openKnown(t)
	k.id.Reopens = true
	for range 3 {
		if _, err := table.Free(token, time.Second); err != nil {
			t.Fatal(err)
		}
		if k.id.Close(); k.id.handle.Load() != nil {
			t.Error("its identity still refers to it")
		}
		out := call(t, "Known.open", 0)
		if tag(out.Tag) != tagHandle || out.Length != uint64(knowns.number) || guard.Token(out.Bits) == token {
			t.Fatalf("%+v", described(t, &out.Wire))
		}
		token = guard.Token(out.Bits)
	}
	_, _ = table.Free(token, time.Second)
}

func TestAResourceThatWasClosedNeverGetsAHandleAgainAndIsLetGo(t *testing.T) {
	k, token := openKnown(t)
	if _, err := table.Free(token, time.Second); err != nil {
		t.Fatal(err)
	}
	k.id.Close()
	if k.id.handle.Load() != nil {
		t.Error("its identity still refers to it")
	}
	never := &known{}
	never.id.Close() // by a parent's free, before it had a handle
	for _, each := range []*known{k, never} {
		currentKnown.Store(each)
		out := call(t, "Known.open", 0)
		if d := described(t, &out.Wire); d.Code != "ERR_HANDLE_FREED" || each.id.handle.Load() != nil {
			t.Errorf("%+v", d)
		}
	}
}

// A handle that nobody takes is given back: also a borrowed one.
func TestABorrowedHandleThatNobodyTakesIsGivenBack(t *testing.T) {
	e := newJSEnv(t)
	_, token := openKnown(t)
	e.start(t, "Known.openAsync", 0)
	eventually(t, func() bool { return attachments(t, token) == 2 })
	CloseEnv(e.number)
	eventually(t, func() bool { return attachments(t, token) == 1 })
}

func TestOfManyThatOpenAResourceOneOwnsIt(t *testing.T) {
	k := &known{}
	currentKnown.Store(k)
	var owners, tokens sync.Map
	var all sync.WaitGroup
	number := member(t, "Known.open")
	for i := range 50 {
		all.Go(func() {
			out := newAnswer()
			Call(number, 0, nil, &out.Wire)
			tokens.Store(out.Bits, true)
			if out.Length&wireBorrowed == 0 {
				owners.Store(i, true)
			}
		})
	}
	all.Wait()
	if countOf(&owners) != 1 || countOf(&tokens) != 1 {
		t.Errorf("%d own it, of %d handles", countOf(&owners), countOf(&tokens))
	}
	tokens.Range(func(token, _ any) bool {
		if n := attachments(t, guard.Token(token.(uint64))); n != 50 {
			t.Errorf("%d attachments", n)
		}
		_, _ = table.Free(guard.Token(token.(uint64)), time.Second)
		return true
	})
	if k.closed.Load() != 1 {
		t.Errorf("closed %d times", k.closed.Load())
	}
}

func countOf(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}

func TestAResultIsAChildOfTheHandleOfItsCallOrOfTheFirstArgument(t *testing.T) {
	e := newJSEnv(t)
	_, own := openKnown(t)
	first := openThing(t, &thing{})
	second := guard.Token(call(t, "Other.open", 0).Bits)
	defer func() { _, _ = table.Free(second, time.Second) }()
	a, b := Wire{Tag: uint64(tagHandle), Bits: uint64(first)}, Wire{Tag: uint64(tagHandle), Bits: uint64(second)}
	async := func(args ...Wire) Wire { e.start(t, "Known.ofAsync", 0, args...); return e.takeAll(t, 1)[0].result }
	for name, c := range map[string]struct {
		w    Wire
		want guard.Token
	}{
		"both":          {call(t, "Known.of", 0, a, b).Wire, first},
		"the second":    {call(t, "Known.of", 0, Wire{}, b).Wire, second},
		"none":          {call(t, "Known.of", 0).Wire, 0},
		"a method":      {call(t, "Known.with", own, a, b).Wire, own},
		"async":         {async(a, b), first},
		"async, second": {async(Wire{}, b), second},
		"async, none":   {async(), 0},
	} {
		h, err := table.Lookup(guard.Token(c.w.Bits))
		if err != nil {
			t.Fatal(name, err)
		}
		parent := guard.Token(0)
		if h.Parent() != nil {
			parent = h.Parent().Token()
		}
		if parent != c.want || tag(c.w.Tag) != tagHandle || c.w.Length != uint64(things.number) {
			t.Errorf("%s: a child of %d, not of %d", name, parent, c.want)
		}
		_, _ = table.Free(h.Token(), time.Second)
	}
	if ops(t, own) != 0 || ops(t, first) != 0 || ops(t, second) != 0 {
		t.Error("an enter was not given back")
	}
}
