package typed

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quiesce/quiesce/addon/door"
	"github.com/quiesce/quiesce/guard"
)

// A box is an author's type, opened as more than one class.
type box struct {
	closed atomic.Int32
	fail   error
	panics bool
}

func (b *box) Close() error {
	b.closed.Add(1)
	if b.panics {
		panic("on request")
	}
	return b.fail
}

func (b *box) Shut() { b.closed.Add(1) }

type point struct{} // without a size

var (
	boxes  = NewClass("Box", (*box).Close)
	plains = NewClass("PlainBox", PlainClose((*box).Shut))
	frees  = NewClass("FreeBox", NoClose[box])
	points = NewClass("Point", NoClose[point])
	// whileInside is called by Box.late.
	whileInside func()
	// given is what the class's open opens, by the number that is its argument.
	given sync.Map
)

func init() {
	of := door.Params{{Name: "key", Kind: door.KindInteger}}
	value := func(a door.Args) *box { v, _ := given.Load(a.Integer(0)); b, _ := v.(*box); return b }
	boxes.Define(
		door.Static("open", of, func(a door.Args) (door.Value, error) { return boxes.Open(value(a)), nil }),
		door.Sync("self", nil, func(o *Object[box], _ door.Args) (door.Value, error) { return boxes.Open(o.Value), nil }),
		door.Sync("child", of, func(_ *Object[box], a door.Args) (door.Value, error) { return boxes.Open(value(a)), nil }),
		door.Sync("late", of, func(_ *Object[box], a door.Args) (door.Value, error) {
			whileInside()
			time.Sleep(time.Millisecond)
			return boxes.Open(value(a)), nil
		}),
		door.Sync("is", door.Params{of[0], boxes.Param("other")}, func(o *Object[box], a door.Args) (door.Value, error) {
			return door.Bool(boxes.Arg(a, 1) == value(a) && o.Value != nil), nil
		}),
	)
	plains.Define(door.Static("open", of, func(a door.Args) (door.Value, error) { return plains.Open(value(a)), nil }))
	frees.Define(door.Static("open", of, func(a door.Args) (door.Value, error) { return frees.Open(value(a)), nil }))
	points.Define(door.Static("open", nil, func(door.Args) (door.Value, error) { return points.Open(&point{}), nil }))
}

var keys atomic.Int64

// give makes a value known by the number in the wire.
func give(b *box) door.Wire {
	key := keys.Add(1)
	given.Store(key, b)
	return numberWire(float64(key))
}

func open(t testing.TB, name string, args ...door.Wire) (token uint64, isBorrowed bool) {
	t.Helper()
	w, err := callMember(t, name, 0, args...)
	if err != nil || w.Tag != tagHandle {
		t.Fatalf("tag %d, %v", w.Tag, err)
	}
	return w.Bits, w.Length&borrowed != 0
}

func free(token uint64) error {
	var out door.Wire
	door.FreeSync(0, guard.Token(token), 10_000, &out)
	return failure(&out)
}

// live counts the values that the class knows to be behind a handle.
func live[T any](c *Class[T]) (n int) {
	c.live.Range(func(any, any) bool { n++; return true })
	return n
}

func TestNilIsNull(t *testing.T) {
	if w, err := callMember(t, "Box.open", 0, give(nil)); err != nil || w.Tag != tagNull {
		t.Errorf("tag %d, %v", w.Tag, err)
	}
}

func TestOneValueIsBehindOneHandle(t *testing.T) {
	b := &box{}
	key := give(b)
	first, lent := open(t, "Box.open", key)
	if lent {
		t.Error("a new handle is borrowed")
	}
	for _, again := range []func() (door.Wire, error){
		func() (door.Wire, error) { return callMember(t, "Box.open", 0, key) },
		func() (door.Wire, error) { return callMember(t, "Box.self", first) },
		func() (door.Wire, error) { return callMember(t, "Box.child", first, key) },
	} {
		if w, err := again(); err != nil || w.Bits != first || w.Length&borrowed == 0 {
			t.Errorf("%+v, %v", w, err)
		}
	}
	if err := free(first); err != nil || b.closed.Load() != 1 {
		t.Errorf("closed %d times, %v", b.closed.Load(), err)
	}
}

func TestAValueThatWasClosedMayBeOpenedAgain(t *testing.T) {
	b := &box{}
	key := give(b)
	before := live(boxes)
	var tokens []uint64
	for i := range 3 {
		token, lent := open(t, "Box.open", key)
		if lent || slices.Contains(tokens, token) || live(boxes) != before+1 {
			t.Errorf("round %d: borrowed %t, token %d of %v, %d live", i, lent, token, tokens, live(boxes))
		}
		tokens = append(tokens, token)
		if err := free(token); err != nil || int(b.closed.Load()) != i+1 {
			t.Errorf("closed %d times, %v", b.closed.Load(), err)
		}
	}
	if live(boxes) != before {
		t.Errorf("%d values are kept that no handle has", live(boxes)-before)
	}
}

func TestValuesWithoutASizeHaveAHandleEach(t *testing.T) {
	a, lentA := open(t, "Point.open")
	b, lentB := open(t, "Point.open")
	if a == b || lentA || lentB {
		t.Errorf("tokens %d, %d, borrowed %t, %t", a, b, lentA, lentB)
	}
	for _, token := range []uint64{a, b} {
		if err := free(token); err != nil {
			t.Error(err)
		}
	}
}

func TestCloseIsTheAuthorsAndItsErrorIsTold(t *testing.T) {
	before := live(boxes) + live(plains) + live(frees)
	for name, c := range map[string]struct {
		b      *box
		closed int32
		code   string
	}{
		"Box.open":      {&box{fail: errors.New("failed")}, 1, "ERR_RELEASE_FAILED"},
		"PlainBox.open": {&box{fail: errors.New("failed")}, 1, ""},
		"FreeBox.open":  {&box{}, 0, ""},
	} {
		token, _ := open(t, name, give(c.b))
		err := free(token)
		if c.b.closed.Load() != c.closed {
			t.Errorf("%s: closed %d times", name, c.b.closed.Load())
		}
		if c.code != "" {
			wantCode(t, err, c.code)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	token, _ := open(t, "Box.open", give(&box{panics: true}))
	wantCode(t, free(token), "ERR_RELEASE_FAILED")
	if n := live(boxes) + live(plains) + live(frees); n != before {
		t.Errorf("%d values are kept that no handle has", n-before)
	}
}

func TestAHandleArgumentIsItsValue(t *testing.T) {
	a, b := &box{}, &box{}
	first, _ := open(t, "Box.open", give(a))
	key := give(b)
	second, _ := open(t, "Box.open", key)
	if w, err := callMember(t, "Box.is", first, key, door.Wire{Tag: tagHandle, Bits: second}); err != nil || w.Bits != 1 {
		t.Errorf("%+v, %v", w, err)
	}
	other, _ := open(t, "FreeBox.open", give(b))
	_, err := callMember(t, "Box.is", first, key, door.Wire{Tag: tagHandle, Bits: other})
	wantCode(t, err, "ERR_HANDLE_TYPE")
	for _, token := range []uint64{first, second, other} {
		_ = free(token)
	}
}

func TestAValueThatIsBeingFreedIsRefusedAndThenOpenedAnew(t *testing.T) {
	b := &box{}
	key := give(b)
	token, _ := open(t, "Box.open", key)
	door.Detach(0, guard.Token(token), false) // the last one: it is freed in the background
	var w door.Wire
	eventually(t, func() bool {
		var err error
		if w, err = callMember(t, "Box.open", 0, key); err != nil {
			wantCode(t, err, "ERR_HANDLE_FREED")
		}
		return err == nil
	})
	if w.Length&borrowed != 0 || w.Bits == token {
		t.Errorf("%+v", w)
	}
	if err := free(w.Bits); err != nil || b.closed.Load() != 2 {
		t.Errorf("closed %d times, %v", b.closed.Load(), err)
	}
}

func TestAValueThatAMethodOpensWhileItsHandleIsFreedIsClosed(t *testing.T) {
	before := live(boxes)
	for range 20 {
		parent, child := &box{}, &box{}
		token, _ := open(t, "Box.open", give(parent))
		done := make(chan error)
		whileInside = func() { go func() { done <- free(token) }() }
		w, err := callMember(t, "Box.late", token, give(child))
		if err != nil {
			wantCode(t, err, "ERR_HANDLE_FREED")
		} else if w.Length&borrowed != 0 {
			t.Errorf("%+v", w)
		}
		if err := <-done; err != nil || parent.closed.Load() != 1 || child.closed.Load() != 1 || live(boxes) != before {
			t.Errorf("closed %d and %d times, %d more live, %v", parent.closed.Load(), child.closed.Load(), live(boxes)-before, err)
		}
	}
}

// From several threads: of those that open a value at a time one owns it, and
// whatever they do it is closed once for each handle.
func TestAnyThreadMayOpenAndFreeAValue(t *testing.T) {
	b := &box{}
	key := give(b)
	before := live(boxes)
	var owned, lent atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 300 {
				w, err := callMember(t, "Box.open", 0, key)
				switch {
				case err != nil:
					wantCode(t, err, "ERR_HANDLE_FREED")
				case w.Length&borrowed != 0:
					lent.Add(1)
					door.Detach(0, guard.Token(w.Bits), false)
				default:
					owned.Add(1)
					_ = free(w.Bits)
				}
			}
		})
	}
	all.Wait()
	eventually(t, func() bool { return b.closed.Load() == owned.Load() && live(boxes) == before })
	if owned.Load() == 0 || owned.Load()+lent.Load() > 1200 {
		t.Errorf("%d owned, %d borrowed", owned.Load(), lent.Load())
	}
}
