package guard

import (
	"context"
	"time"
)

// DefaultDeadline is how long a begin-free waits when nobody says otherwise.
const DefaultDeadline = 5 * time.Second

// An Outcome says how a begin-free ended.
type Outcome uint8

const (
	// Drained: this caller won, every op has left, the object is released.
	Drained Outcome = iota
	// AlreadyFreeing: another caller won before; nothing was done.
	AlreadyFreeing
	// TimedOut: this caller won, but the deadline passed first. Freeing stays
	// set, new ops are refused, and the last op to leave releases the object.
	TimedOut
)

// String returns the outcome's name: drained, already-freeing or timed-out.
func (o Outcome) String() string {
	switch o {
	case Drained:
		return "drained"
	case AlreadyFreeing:
		return "already-freeing"
	case TimedOut:
		return "timed-out"
	}
	return "unknown outcome"
}

// A Guard protects one object that lives once. Its zero value is ready. It
// must not be copied after first use.
//
//	op, ok := g.TryEnter()
//	if !ok {
//		return errFreed
//	}
//	defer op.Leave()
type Guard struct {
	// Release, if set, destroys the object. It is called exactly once, when no
	// op is in flight and none can enter any more: by the winning BeginFree
	// before that returns Drained or, after a time-out, on a goroutine of its
	// own that the last op to leave starts. Set it before the first use.
	Release func()

	word   word
	parker parker
	heat   heat
	_      noCopy
}

// An Op is one use of the object, from TryEnter to Leave. It belongs to one
// goroutine at a time and must not be copied.
type Op struct {
	_      noCopy // not last: there it would take room
	guard  *Guard
	stripe *stripe // that counts it, nil for the word
}

// TryEnter begins an op. It reports false once freeing began, or while
// OpsLimit ops are in flight; then the op is empty and the object must not be
// touched. It never blocks.
func (g *Guard) TryEnter() (op Op, ok bool) {
	w := &g.word
	l := w.look()
	if l.bits < OpsLimit && l.stripes == nil && w.bits.Add(1) == l.bits+1 {
		return Op{guard: g}, true
	}
	return g.entersOtherwise(l)
}

// entersOtherwise is the rest of TryEnter, which is not in the way of most.
func (g *Guard) entersOtherwise(l look) (Op, bool) {
	var s *stripe
	v := g.word.entersOtherwise(l, 0)
	if v == striped {
		s, v = g.word.enterStripe(0)
	}
	switch v {
	case entered:
		return Op{guard: g, stripe: s}, true
	case met:
		if g.heat.rises() {
			g.RunsHot()
		}
		return Op{guard: g}, true
	case refusedLast:
		g.settle()
	}
	return Op{}, false
}

// Leave ends the op. Further calls, and those on an empty op, do nothing.
func (op *Op) Leave() {
	if g := op.guard; g != nil {
		op.guard = nil
		g.leave(op.stripe)
	}
}

func (g *Guard) leave(s *stripe) {
	if s != nil {
		g.leaveStripe(s)
	} else if g.word.leave() {
		g.settle()
	}
}

func (g *Guard) leaveStripe(s *stripe) {
	if g.word.leaveStripe(s) {
		g.settle()
	}
}

// BeginFree refuses new ops, then waits for those in flight until ctx is done.
// Of all calls on one guard exactly one wins; the others return AlreadyFreeing
// at once. A ctx that is done already looks once and does not wait; one that
// never ends waits as long as the ops take. It must not be called from inside
// an op of the same guard with a ctx that never ends: it would wait for itself.
func (g *Guard) BeginFree(ctx context.Context) Outcome {
	if !g.word.begin(0) {
		return AlreadyFreeing
	}
	if !g.parker.await(&g.word, ctx.Done()) {
		return TimedOut
	}
	g.release()
	return Drained
}

// RunsHot tells beforehand that many threads will use the guard at the same
// time. Where it is not called, the guard finds out by itself.
func (g *Guard) RunsHot() { g.word.stripes.CompareAndSwap(nil, newStripes()) }

// Freeing reports whether a BeginFree has begun.
func (g *Guard) Freeing() bool { return g.word.bits.Load()&freeingBit != 0 }

// settle follows every decrement that left freeing set and no op in flight:
// it claims the release if the winner has given up, else it wakes the winner.
func (g *Guard) settle() {
	if g.word.claim() {
		go g.release()
		return
	}
	g.parker.wake()
}

func (g *Guard) release() {
	if g.Release != nil {
		g.Release()
	}
}

// noCopy makes go vet report copies; see the issue golang.org/issues/8005.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}
