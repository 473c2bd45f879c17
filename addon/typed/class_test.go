package typed

import (
	"errors"
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

type (
	point struct{} // without a size
	digit int8
)

var (
	ofProgram    [2]digit
	currentDigit *digit // what Digit.open opens
)

var (
	boxes  = NewClass("Box", (*box).Close)
	plains = NewClass("PlainBox", PlainClose((*box).Shut))
	frees  = NewClass[box]("FreeBox", nil)
	points = NewClass[point]("Point", nil)
	digits = NewClass[digit]("Digit", nil)
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
	frees.Define(door.Sync("self", nil, func(o *Object[box], _ door.Args) (door.Value, error) { return frees.Open(o.Value), nil }))
	digits.Define(door.Static("open", nil, func(door.Args) (door.Value, error) { return digits.Open(currentDigit), nil }))
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

func TestNilIsNull(t *testing.T) {
	if w, err := callMember(t, "Box.open", 0, give(nil)); err != nil || w.Tag != tagNull {
		t.Errorf("tag %d, %v", w.Tag, err)
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

func TestAValueThatAMethodOpensWhileItsHandleIsFreedIsClosed(t *testing.T) {
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
		if err := <-done; err != nil || parent.closed.Load() != 1 || child.closed.Load() != 1 {
			t.Errorf("closed %d and %d times, %v", parent.closed.Load(), child.closed.Load(), err)
		}
	}
}
