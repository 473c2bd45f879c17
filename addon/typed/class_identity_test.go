package typed

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/quiesce/quiesce/addon/door"
	"github.com/quiesce/quiesce/guard"
)

// entries counts the values that the class has opened, as far as it knows.
func entries[T any](c *Class[T]) (n int) {
	c.known.Range(func(any, any) bool { n++; return true })
	return n
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

func TestAValueThatWasClosedIsNeverOpenedAgainAndAnotherIs(t *testing.T) {
	for _, name := range []string{"Box.open", "PlainBox.open"} {
		b := &box{}
		key := give(b)
		token, _ := open(t, name, key)
		if err := free(token); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			_, err := callMember(t, name, 0, key)
			wantCode(t, err, "ERR_HANDLE_FREED")
		}
		other, lent := open(t, name, give(&box{}))
		if lent || other == token || b.closed.Load() != 1 {
			t.Errorf("%s: borrowed %t, closed %d times", name, lent, b.closed.Load())
		}
		_ = free(other)
	}
}

func TestAValueWithoutACloseMayBeOpenedAgain(t *testing.T) {
	key := give(&box{})
	seen := map[uint64]bool{}
	for range 3 {
		token, lent := open(t, "FreeBox.open", key)
		again, lentAgain := open(t, "FreeBox.open", key)
		if lent || seen[token] || again != token || !lentAgain {
			t.Errorf("tokens %d, %d of %v, borrowed %t, %t", token, again, seen, lent, lentAgain)
		}
		seen[token] = true
		if err := free(token); err != nil {
			t.Fatal(err)
		}
	}
}

// An open handle keeps its value, and the class must not forget that it does;
// once it is closed the class keeps nothing.
func TestAClassKnowsAValueUntilItIsCollected(t *testing.T) {
	const n = 50
	var tokens []uint64
	for range n {
		key := give(&box{})
		token, _ := open(t, "FreeBox.open", key)
		tokens = append(tokens, token)
		given.Delete(int64(math.Float64frombits(key.Bits)))
	}
	for range 3 {
		runtime.GC()
	}
	if got := entries(frees); got < n {
		t.Errorf("%d of %d are known", got, n)
	}
	for _, token := range tokens {
		if w, err := callMember(t, "FreeBox.self", token); err != nil || w.Bits != token || w.Length&borrowed == 0 {
			t.Errorf("%+v, %v", w, err)
		}
		_ = free(token)
	}
	eventually(t, func() bool { runtime.GC(); return entries(frees) < n/2 }) // other tests hold some
}

func TestValuesThatShareMemoryOrAreOfTheProgramsHaveAHandleEach(t *testing.T) {
	all := new([8]digit)
	list := []*digit{&ofProgram[0], &ofProgram[1], &all[0], &all[7]}
	for range 8 {
		list = append(list, new(digit)) // of a byte each: several to a block
	}
	seen := map[uint64]bool{}
	for range 2 {
		for _, d := range list {
			currentDigit = d
			token, lent := open(t, "Digit.open")
			if lent != seen[token] {
				t.Errorf("token %d: borrowed %t", token, lent)
			}
			seen[token] = true
		}
		if len(seen) != len(list) {
			t.Errorf("%d handles for %d values", len(seen), len(list))
		}
	}
	for token := range seen {
		_ = free(token)
	}
}

func TestAValueThatIsBeingFreedIsRefused(t *testing.T) {
	b := &box{}
	key := give(b)
	token, _ := open(t, "Box.open", key)
	door.Detach(0, guard.Token(token), false) // the last one: it is freed in the background
	for b.closed.Load() == 0 {
		_, err := callMember(t, "Box.open", 0, key)
		wantCode(t, err, "ERR_HANDLE_FREED")
	}
}

// From several threads: of those that open a value one owns it, and whatever
// the others do it is closed once.
func TestAnyThreadMayOpenAndFreeAValue(t *testing.T) {
	for range 100 {
		b := &box{}
		key := give(b)
		var owned, lent, refused atomic.Int32
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 3 {
					w, err := callMember(t, "Box.open", 0, key)
					switch {
					case err != nil:
						wantCode(t, err, "ERR_HANDLE_FREED")
						refused.Add(1)
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
		if owned.Load() != 1 || b.closed.Load() != 1 || lent.Load()+refused.Load() != 11 {
			t.Fatalf("owned by %d, closed %d times, %d borrowed, %d refused", owned.Load(), b.closed.Load(), lent.Load(), refused.Load())
		}
	}
}

// Whatever several threads do to a value without a Close, the next one may open
// it once they are done.
func TestAnyThreadMayOpenAndFreeAValueWithoutAClose(t *testing.T) {
	key := give(&box{})
	for range 50 {
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 5 {
					w, err := callMember(t, "FreeBox.open", 0, key)
					if err != nil {
						wantCode(t, err, "ERR_HANDLE_FREED")
					} else if w.Length&borrowed != 0 {
						door.Detach(0, guard.Token(w.Bits), false)
					} else {
						_ = free(w.Bits)
					}
				}
			})
		}
		all.Wait()
		var token uint64
		eventually(t, func() bool { // a last one may be freed in the background
			w, err := callMember(t, "FreeBox.open", 0, key)
			token = w.Bits
			return err == nil && w.Length&borrowed == 0
		})
		_ = free(token)
	}
}
