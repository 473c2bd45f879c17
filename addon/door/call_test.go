package door

import (
	"strings"
	"testing"
	"time"

	"github.com/quiesce/quiesce/guard"
)

func TestCallGivesItsEnterBackHoweverItEnds(t *testing.T) {
	noLeaks(t)
	r := &thing{}
	token := openThing(t, r)
	for range 3 {
		if out := call(t, "Thing.use", token); numberOf(out.Wire) != 1 {
			t.Fatalf("use answered %+v", out.Wire)
		}
		for _, how := range []string{"plain", "panic", "index", "bad", "panic bad"} {
			out := call(t, "Thing.fail", token, stringWire(how))
			d := described(t, &out.Wire)
			if isPanic := d.Code == "ERR_GO_PANIC"; isPanic == (how == "plain") {
				t.Errorf("%s: %+v", how, d)
			}
			if n := ops(t, token); n != 0 {
				t.Fatalf("%s: %d ops in flight", how, n)
			}
		}
	}
	if o, err := table.Free(token, time.Second); o != guard.Drained || err != nil {
		t.Fatal(o, err)
	}
	if r.closed.Load() != 1 || r.used.Load() != 0 {
		t.Errorf("closed %d times, used %d times afterwards", r.closed.Load(), r.used.Load())
	}
}

func TestPanicTellsMethodValueAndStack(t *testing.T) {
	token := openThing(t, &thing{})
	out := call(t, "Thing.fail", token, stringWire("panic"))
	d := described(t, &out.Wire)
	if d.Message != "Thing.fail(): panic: on request" || !strings.Contains(d.GoStack, "helpers_test.go") {
		t.Errorf("%+v", d)
	}
	out = call(t, "Thing.fail", token, stringWire("panic bad"))
	if d := described(t, &out.Wire); d.Cause == nil || d.Cause.Code != "ERR_GO_PANIC" {
		t.Errorf("an error whose methods panic: %+v", d)
	}
}

func TestResultsFitTheRoomOrAreAllocated(t *testing.T) {
	noLeaks(t)
	token := openThing(t, &thing{})
	for _, n := range []int{0, 1, 63, 64, 65, 1000} {
		given := strings.Repeat("x", n)
		before := memory.live()
		out := call(t, "Thing.echo", token, stringWire(given))
		if allocated := memory.live() - before; allocated != 0 != (n > 64) {
			t.Errorf("%d bytes: %d blocks allocated", n, allocated)
		}
		if got := text(&out.Wire); got != given {
			t.Errorf("%d bytes came back as %d", n, len(got))
		}
	}
}

func TestWithoutMemoryACallFailsAndAnErrorStillArrives(t *testing.T) {
	noLeaks(t)
	token := openThing(t, &thing{})
	memory.full.Store(true)
	defer memory.full.Store(false)
	long := strings.Repeat("x", 100)
	for _, name := range []string{"Thing.echo", "Thing.fail"} {
		// Neither the result nor the error's description fits the room.
		out := call(t, name, token, stringWire(long))
		if tag(out.Tag) != tagError || out.Data != 0 {
			t.Errorf("%s: %+v", name, out.Wire)
		}
	}
	if n := ops(t, token); n != 0 {
		t.Errorf("%d ops in flight", n)
	}
}

func TestRefusals(t *testing.T) {
	token := openThing(t, &thing{})
	other := call(t, "Other.open", 0)
	defer table.Detach(guard.Token(other.Bits))
	freed := openThing(t, &thing{})
	if _, err := table.Free(freed, time.Second); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		token guard.Token
		code  string
	}{
		"none":     {0, "ERR_HANDLE_INVALID"},
		"forged":   {token + 1<<40, "ERR_HANDLE_INVALID"},
		"all bits": {1<<64 - 1, "ERR_HANDLE_INVALID"},
		"freed":    {freed, "ERR_HANDLE_FREED"},
		"other":    {guard.Token(other.Bits), "ERR_HANDLE_TYPE"},
	} {
		out := call(t, "Thing.use", c.token)
		if d := described(t, &out.Wire); d.Code != c.code || !strings.HasPrefix(d.Message, "Thing.use(): ") {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if n := ops(t, guard.Token(other.Bits)); n != 0 {
		t.Errorf("the refused enter of another class was not given back: %d", n)
	}
}

func TestHandleArgumentsAreEnteredForTheCallAndRefusedByName(t *testing.T) {
	r := &thing{}
	a, b := openThing(t, &thing{}), openThing(t, r)
	other := guard.Token(call(t, "Other.open", 0).Bits)
	defer table.Detach(other)
	handle := func(token guard.Token) Wire { return Wire{Tag: uint64(tagHandle), Bits: uint64(token)} }
	if out := call(t, "Thing.with", a, handle(b), handle(other)); tag(out.Tag) != tagBool || out.Bits != 1 {
		t.Errorf("%+v", out.Wire)
	}
	if out := call(t, "Thing.with", a, handle(b), Wire{}); tag(out.Tag) != tagBool || out.Bits != 0 {
		t.Errorf("left out: %+v", out.Wire)
	}
	// The second is refused: the first, and the call's own, are given back.
	out := call(t, "Thing.with", a, handle(b), handle(a))
	if d := described(t, &out.Wire); d.Code != "ERR_HANDLE_TYPE" || !strings.Contains(d.Message, `"b"`) {
		t.Errorf("%+v", d)
	}
	if ops(t, a) != 0 || ops(t, b) != 0 || ops(t, other) != 0 {
		t.Error("an enter was not given back")
	}
}

func TestAChildOfAFreedParentIsRefusedAndClosed(t *testing.T) {
	parent := openThing(t, &thing{})
	r := &thing{}
	current.Store(r)
	out := call(t, "Thing.child", parent)
	child := guard.Token(out.Bits)
	if h, _ := table.Lookup(child); h == nil || h.Parent() == nil || h.Parent().Token() != parent {
		t.Fatal("no child of its parent")
	}
	if o, err := table.Free(parent, time.Second); o != guard.Drained || err != nil {
		t.Fatal(o, err)
	}
	if r.closed.Load() != 1 {
		t.Errorf("the child was closed %d times", r.closed.Load())
	}
	out = call(t, "Thing.use", child)
	if d := described(t, &out.Wire); d.Code != "ERR_HANDLE_FREED" {
		t.Errorf("%+v", d)
	}
}

func mustPanic(t *testing.T, why string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("no panic: %s", why)
		}
	}()
	f()
}

func TestRegistrationRefusesNonsense(t *testing.T) {
	nothing := func(Args) (Value, error) { return Value{}, nil }
	defer func(n int, ms []*Member, was bool) { classes, members, frozen = classes[:n], ms, was }(len(classes), members, frozen)
	frozen = false
	c := NewClass("Registered")
	c.Define(Static("twice", nil, nothing))
	mustPanic(t, "a name of a class that is taken", func() { NewClass("Registered") })
	mustPanic(t, "a name of a member that is taken", func() { c.Define(Static("twice", nil, nothing)) })
	mustPanic(t, "too many parameters", func() { c.Define(Static("many", make(Params, MaxParams+1), nothing)) })
	mustPanic(t, "a parameter after an optional one", func() {
		c.Define(Static("order", Params{Param{Name: "a"}.Opt(), {Name: "b"}}, nothing))
	})
	mustPanic(t, "a handle without a class", func() { c.Define(Static("handle", Params{{Name: "a", Kind: KindHandle}}, nothing)) })
	frozen = true
	mustPanic(t, "a class after the first env", func() { NewClass("Late") })
	mustPanic(t, "a member after the first env", func() { c.Define(Static("late", nil, nothing)) })
}
