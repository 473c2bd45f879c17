package guard

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"
	"unsafe"
)

// manyProcessors has Go use two at least, for there are no stripes otherwise.
func manyProcessors(t testing.TB) {
	t.Helper()
	before := runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// openHot opens a handle that has stripes.
func openHot(t testing.TB, table *Table, resource *probe) *Handle {
	t.Helper()
	manyProcessors(t)
	h := open(t, table, nil)
	h.resource = nil
	if resource != nil {
		h.resource = resource
	}
	table.RunsHot(h.token)
	if stripesOf(h) == nil {
		t.Fatal("it has no stripes")
	}
	return h
}

// openHotWord returns a word of anyGeneration with stripes.
func openHotWord(t testing.TB) (*word, *stripes) {
	t.Helper()
	manyProcessors(t)
	w := openWord(0)
	s := newStripes()
	w.stripes.Store(s)
	return w, s
}

func TestStripesAreAsManyAsProcessors(t *testing.T) {
	for processors, want := range map[int]int{1: 0, 2: 2, 3: 4, 4: 4, 5: 8, 64: 64, 65: 64, 1000: 64} {
		if got := stripesFor(processors); got != want {
			t.Errorf("%d for %d processors, want %d", got, processors, want)
		}
	}
	if bytesOfStripes(maxStripes) > stripesRegion {
		t.Error("a region is too small")
	}
}

// Two stripes are in different lines, and none is in a head; of one guard or of two.
func TestStripesDoNotShareLines(t *testing.T) {
	_, first := openHotWord(t)
	var table Table
	h := open(t, &table, nil)
	before := table.Stats().Mapped
	table.RunsHot(h.token)
	if mapped := table.Stats().Mapped - before; mapped != stripesRegion {
		t.Errorf("%d bytes are told", mapped)
	}
	lines := map[uintptr]bool{}
	for _, s := range []*stripes{first, stripesOf(h), stripesOf(openHot(t, &table, nil))} {
		places := []unsafe.Pointer{unsafe.Pointer(s)}
		for i := range 2 * s.n {
			places = append(places, unsafe.Pointer(s.at(i)))
		}
		for i, p := range places {
			if line := uintptr(p) / 64; lines[line] {
				t.Errorf("place %d shares a line", i)
			} else {
				lines[line] = true
			}
		}
	}
}

// Up to as many processors as there were when the stripes were made have one each.
func TestEachProcessorHasItsStripe(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	s := newStripes()
	for processor := range uint64(8) {
		if s.of(processor) != s.at(processor%4) {
			t.Errorf("processor %d has another one's", processor)
		}
	}
}

func stripesOf(h *Handle) *stripes { return h.slot.word.stripes.Load() }

// One that a single thread uses never does.
func TestOneThreadGetsNoStripes(t *testing.T) {
	var g Guard
	var table Table
	h := open(t, &table, nil)
	for range 10 * HotAfter {
		tryEnter(t, &g).Leave()
		enter(t, h).Leave()
	}
	if g.word.stripes.Load() != nil || stripesOf(h) != nil {
		t.Error("it has stripes")
	}
}

func TestStripedLeaveTellsOnlyOfAFree(t *testing.T) {
	w, s := openHotWord(t)
	for _, free := range []bool{false, true} {
		at := s.at(0)
		at.ops.Store(2)
		if free {
			w.bits.Or(freeingBit)
		}
		if w.leaveStripe(at) {
			t.Error("one is inside still")
		}
		if w.leaveStripe(at) != free {
			t.Errorf("the last one, freeing: %t", free)
		}
	}
}

// An op that was counted in the word leaves there, though there are stripes by
// then.
func TestOpLeavesWhereItEntered(t *testing.T) {
	manyProcessors(t)
	var g Guard
	early := tryEnter(t, &g)
	g.RunsHot()
	late := tryEnter(t, &g)
	wantWord(t, &g.word, 1)
	if n := g.word.stripes.Load().sum(); n != 1 {
		t.Fatalf("%d ops in stripes", n)
	}
	if n := g.word.inFlight(); n != 2 {
		t.Fatalf("%d ops in flight", n)
	}
	early.Leave()
	wantWord(t, &g.word, 0)
	late.Leave()
	late.Leave()
	if n := g.word.inFlight(); n != 0 {
		t.Fatalf("%d ops in flight", n)
	}
}

func TestRunsHotTwiceChangesNothing(t *testing.T) {
	manyProcessors(t)
	var g Guard
	g.RunsHot()
	s := g.word.stripes.Load()
	g.RunsHot()
	if g.word.stripes.Load() != s {
		t.Error("a guard has other stripes")
	}
	var table Table
	h := openHot(t, &table, nil)
	s, mapped := stripesOf(h), table.Stats().Mapped
	table.RunsHot(h.token)
	table.RunsHot(makeToken(MaxHandles-1, 1))
	if stripesOf(h) != s || table.Stats().Mapped != mapped {
		t.Error("a handle has other stripes")
	}
}

// The stripes of a slot serve the next handle there too.
func TestStripesStayWithTheSlot(t *testing.T) {
	var table Table
	h := openHot(t, &table, nil)
	s := stripesOf(h)
	wantFree(t, h, NoDeadline, Drained)
	next := open(t, &table, nil)
	if next.slot != h.slot || stripesOf(next) != s {
		t.Fatal("they are gone")
	}
	_, err := table.Enter(h.token)
	wantErr(t, err, ErrFreed)
	op := enter(t, next)
	wantState(t, next, Open, 1)
	if n := s.sum(); n != 1 {
		t.Errorf("%d ops are counted in the stripes", n)
	}
	op.Leave()
	wantFree(t, next, 0, Drained)
}

// TestHeatIsThatOfOneHandle: enters that met another one under handles before, over
// the life of a slot, are no reason for stripes.
func TestHeatIsThatOfOneHandle(t *testing.T) {
	var table Table
	first := open(t, &table, nil)
	s, e := table.space.at(first.token.index())
	e.heat.met.Store(HotAfter - 1)
	if _, err := table.Free(first.token, NoDeadline); err != nil {
		t.Fatal(err)
	}
	again, _ := table.space.at(open(t, &table, nil).token.index())
	if again != s {
		t.Fatal("another slot")
	}
	if met := e.heat.met.Load(); met != 0 {
		t.Fatalf("it begins with %d", met)
	}
}

func TestStripedEnterIsRefusedWithoutWriting(t *testing.T) {
	w, s := openHotWord(t)
	w.bits.Or(freeingBit)
	for _, generation := range []uint32{anyGeneration - 1, anyGeneration, anyGeneration + 1} {
		if _, v := enterAny(w, generation); v != refused {
			t.Errorf("generation %d: verdict %d", generation, v)
		}
	}
	if n := s.sum(); n != 0 {
		t.Errorf("%d ops", n)
	}
}

func TestStripedEnterAtTheOpsLimit(t *testing.T) {
	var table Table
	h := openHot(t, &table, nil)
	s := stripesOf(h)
	fill := func(n uint64) {
		for i := range s.n {
			s.at(i).ops.Store(n)
		}
	}
	fill(OpsLimit)
	_, err := table.Enter(h.token)
	wantErr(t, err, ErrOpsLimit)
	fill(OpsLimit - 1)
	op := enter(t, h)
	_, err = op.OpenChild(nil, Options{})
	wantErr(t, err, ErrOpsLimit)
	op.Leave()
	fill(0)
	wantFree(t, h, NoDeadline, Drained)
}

func TestCopiedStripedOpPanics(t *testing.T) {
	manyProcessors(t)
	var g Guard
	g.RunsHot()
	op := tryEnter(t, &g)
	second := Op{guard: op.guard, stripe: op.stripe}
	op.Leave()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
		if n := g.word.inFlight(); n != 0 {
			t.Errorf("%d ops in flight", n)
		}
	}()
	second.Leave()
}

// Whoever waits for the drain waits for each stripe, those of C too.
func TestFreeWaitsForEachStripe(t *testing.T) {
	var table Table
	h := openHot(t, &table, nil)
	s := stripesOf(h)
	for i := range 2 * s.n {
		s.at(i).ops.Add(1)
	}
	wantState(t, h, Open, int(2*s.n))
	freed := make(chan Outcome)
	go func() {
		o, _ := table.Free(h.token, NoDeadline)
		freed <- o
	}()
	waitUntil(t, h.Freeing)
	for i := range 2 * s.n {
		select {
		case o := <-freed:
			t.Fatalf("%v with stripe %d at one", o, i)
		case <-time.After(time.Millisecond):
		}
		if !h.slot.word.leaveStripe(s.at(i)) {
			t.Errorf("the last of stripe %d is not to be settled", i)
		}
		table.Settle(h.token)
	}
	if o := <-freed; o != Drained {
		t.Error(o)
	}
}

func TestStripedLeaveAsksToBeSettledOnlyAtFreeingAndZero(t *testing.T) {
	w, s := openHotWord(t)
	s.at(0).ops.Store(3)
	if w.leaveStripe(s.at(0)) {
		t.Error("with freeing clear")
	}
	w.bits.Or(freeingBit)
	if w.leaveStripe(s.at(0)) {
		t.Error("with another op there")
	}
	if !w.leaveStripe(s.at(0)) {
		t.Error("not at the last")
	}
}

func TestStripedOpThatOutlivesTheDeadlineReleases(t *testing.T) {
	var table Table
	r := &probe{}
	h := openHot(t, &table, r)
	op := enter(t, h)
	wantFree(t, h, time.Nanosecond, TimedOut)
	wantState(t, h, Abandoned, 1)
	r.wantCloses(t, 0)
	op.Leave()
	wait(t, h.Done())
	r.wantCloses(t, 1)
	wantNoLeak(t, &table)
}

func TestStripedGuardTimesOutAndIsReleasedOnce(t *testing.T) {
	manyProcessors(t)
	released := make(chan struct{})
	g := Guard{Release: func() { close(released) }}
	g.RunsHot()
	op := tryEnter(t, &g)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if o := g.BeginFree(over); o != TimedOut {
		t.Fatal(o)
	}
	op.Leave()
	wait(t, released)
}

// A child's hold is counted where its parent's op was: the op may leave first.
func TestChildHoldsTheStripeOfItsParentsOp(t *testing.T) {
	var table Table
	parent := openHot(t, &table, nil)
	op := enter(t, parent)
	child, err := op.OpenChild(nil, Options{})
	wantErr(t, err, nil)
	if child.held != op.stripe || op.stripe == nil || op.stripe.ops.Load() != 2 {
		t.Fatalf("held in %v, the op in %v", child.held, op.stripe)
	}
	op.Leave()
	wantWord(t, &parent.slot.word, uint64(parent.token.generation())<<generationShift)
	wantState(t, parent, Open, 1)
	wantFree(t, parent, NoDeadline, Drained)
	wantNoLeak(t, &table)
}

// Without memory for stripes a handle goes on with its word.
func TestNoMemoryForStripes(t *testing.T) {
	manyProcessors(t)
	var table Table
	h := open(t, &table, nil)
	reserve := table.space.reserve
	table.space.reserve = func(int) (unsafe.Pointer, error) { return nil, errors.New("no memory") }
	table.RunsHot(h.token)
	op := enter(t, h)
	if op.stripe != nil {
		t.Error("it has stripes")
	}
	op.Leave()
	table.space.reserve = reserve
	table.RunsHot(h.token)
	if op := enter(t, h); op.stripe == nil {
		t.Error("it has no stripes")
	} else {
		op.Leave()
	}
}

// The second look of a winner who gave up is at its own generation only.
func TestRetakeLeavesLaterGenerationsAlone(t *testing.T) {
	w, _ := openHotWord(t)
	later := uint64(anyGeneration+1)<<generationShift | freeingBit | abandonedBit
	w.bits.Store(later)
	if w.retake(anyGeneration) {
		t.Error("it took what is not its own")
	}
	wantWord(t, w, later)
	if !w.retake(anyGeneration + 1) {
		t.Error("it left what is its own")
	}
	wantWord(t, w, later&^abandonedBit)
}

// enterAny enters a word that has stripes.
func enterAny(w *word, generation uint32) (*stripe, verdict) {
	if v := w.tryEnter(generation); v != striped {
		return nil, v
	}
	return w.enterStripe(generation)
}
