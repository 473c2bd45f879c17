package guard

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestTokenFitsASafeInteger(t *testing.T) {
	if top := makeToken(MaxHandles-1, lastGeneration); top != 1<<53-1 {
		t.Fatalf("the greatest token is %#x", uint64(top))
	}
	token := makeToken(3, 4)
	if token.index() != 3 || token.generation() != 4 {
		t.Fatalf("%#x", uint64(token))
	}
}

// everyCall gives a token to all that takes one, and expects the same error.
func everyCall(t *testing.T, table *Table, token Token, want error) {
	t.Helper()
	_, err := table.Enter(token)
	wantErr(t, err, want)
	_, err = table.Lookup(token)
	wantErr(t, err, want)
	_, err = table.Attach(token)
	wantErr(t, err, want)
	wantErr(t, table.Share(token, time.Hour, nil), want)
	if table.Detach(token) {
		t.Error("Detach was the last")
	}
	if want == ErrFreed {
		want = nil // Free says already-freeing, without an error
	}
	o, err := table.Free(token, 0)
	wantOutcome(t, o, AlreadyFreeing)
	wantErr(t, err, want)
	done := make(chan struct{})
	table.FreeAsync(token, 0, func(got Outcome, err error) {
		defer close(done)
		if got != AlreadyFreeing || err != want {
			t.Errorf("FreeAsync = %v, %v", got, err)
		}
	})
	wait(t, done)
}

// FAULTS 13: every token that never was given out is invalid, on an empty
// table and on a used one.
func TestFault13_TokensThatNeverWereAreInvalid(t *testing.T) {
	const first = 1000
	empty := &Table{}
	used := &Table{firstGeneration: func() uint32 { return first }}
	h := open(t, used, nil)
	before := h.slot.word.bits.Load()
	for name, token := range map[string]Token{
		"zero":                        0,
		"generation zero":             makeToken(0, 0),
		"generation before the first": makeToken(0, first-1),
		"generation not yet given":    makeToken(0, first+1),
		"last generation":             makeToken(0, lastGeneration),
		"slot not yet used":           makeToken(1, first),
		"slot unused, generation 0":   makeToken(1, 0),
		"chunk not yet mapped":        makeToken(ChunkSlots, first),
		"greatest index":              makeToken(MaxHandles-1, first),
		"index beyond":                makeToken(MaxHandles, first),
		"2^53":                        1 << 53,
		"2^53 and more":               1<<53 | Token(h.token),
		"all ones":                    ^Token(0),
	} {
		t.Run(name, func(t *testing.T) {
			everyCall(t, empty, token, ErrInvalid)
			everyCall(t, used, token, ErrInvalid)
		})
	}
	wantWord(t, &h.slot.word, before)
	wantState(t, h, Open, 0)
}

// While a slot is prepared its word has a generation, but no token of it was
// ever given out.
func TestTokenOfASlotThatIsBeingPreparedIsInvalid(t *testing.T) {
	var table Table
	open(t, &table, nil)
	s, _ := table.space.at(1)
	s.word.bits.Store(5<<generationShift | freeingBit)
	for generation := range uint32(6) {
		everyCall(t, &table, makeToken(1, generation), ErrInvalid)
	}
}

// FAULTS 13: a token between the first generation and the present one was
// given out once; its handle is freed.
func TestFault13_TokensThatWereOnceAreFreed(t *testing.T) {
	const first = 1000
	table := &Table{firstGeneration: func() uint32 { return first }}
	for range 5 {
		wantFree(t, open(t, table, nil), 0, Drained)
	}
	h := open(t, table, nil)
	for generation := uint32(first); generation < h.token.generation(); generation++ {
		everyCall(t, table, makeToken(0, generation), ErrFreed)
	}
	everyCall(t, table, makeToken(0, first-1), ErrInvalid)
	everyCall(t, table, makeToken(0, h.token.generation()+1), ErrInvalid)
	wantState(t, h, Open, 0)
	wantFree(t, h, 0, Drained)
	everyCall(t, table, h.token, ErrFreed)
}

// The generations of a slot begin at a random value in [1, 2^31], so that a
// token of another process does not fit by chance.
func TestFirstGenerationsAreRandomAndInRange(t *testing.T) {
	var table Table
	seen := map[uint32]bool{}
	for range 200 {
		generation := open(t, &table, nil).token.generation()
		if generation < 1 || generation > maxFirstGeneration {
			t.Fatalf("generation %d", generation)
		}
		seen[generation] = true
	}
	if len(seen) < 190 {
		t.Errorf("%d different first generations of 200", len(seen))
	}
}

// The least and the greatest first generation both work.
func TestFirstGenerationAtItsBounds(t *testing.T) {
	for _, first := range []uint32{1, maxFirstGeneration} {
		table := &Table{firstGeneration: func() uint32 { return first }}
		h := open(t, table, nil)
		if h.token.generation() != first {
			t.Fatalf("generation %d, want %d", h.token.generation(), first)
		}
		enter(t, h).Leave()
		everyCall(t, table, makeToken(0, first-1), ErrInvalid)
		wantFree(t, h, 0, Drained)
	}
}

// FAULTS 13: any number at all is refused or names the handle; none panics or
// disturbs it.
func TestFault13_RandomTokensAreHarmless(t *testing.T) {
	var table Table
	h := open(t, &table, nil)
	for range rounds(20_000) {
		token := Token(rand.Uint64() >> rand.UintN(64))
		if token == h.token {
			continue
		}
		_, err := table.Enter(token)
		wantErr(t, err, ErrInvalid)
		_, err = table.Attach(token)
		wantErr(t, err, ErrInvalid)
		table.Detach(token)
		table.Settle(token)
		if o, err := table.Free(token, 0); o != AlreadyFreeing || err != ErrInvalid {
			t.Fatalf("Free = %v, %v", o, err)
		}
	}
	wantState(t, h, Open, 0)
	if n := h.Attachments(); n != 1 {
		t.Errorf("%d attachments", n)
	}
}
