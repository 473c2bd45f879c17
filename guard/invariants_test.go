package guard

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A canary is a resource whose fields are plain, so that the race detector
// sees a touch that the protocol does not order.
type canary struct {
	a, b   uint64
	closed *atomic.Int64
}

const (
	alive  = 0x0123456789abcdef
	poison = 0xdeaddeaddeaddead
)

func newCanary(closed *atomic.Int64) *canary { return &canary{alive, ^uint64(alive), closed} }

func (c *canary) Close() error {
	if c.sick() {
		panic("closed twice")
	}
	c.a, c.b = poison, poison
	c.closed.Add(1)
	return nil
}

func (c *canary) sick() bool { return c.a != alive || c.b != ^uint64(alive) }

// Invariant 1: a resource is touched only between a successful enter and its
// leave. Without the look after the add, an enter that was overtaken by the
// drain check succeeds on a closed resource.
func TestInvariant1_NoTouchOutsideAnOp(t *testing.T) {
	var table Table
	var closed atomic.Int64
	var sick atomic.Int32
	race(t, func() {}, rounds(60_000), func() (a, b func()) {
		h := open(t, &table, newCanary(&closed))
		return func() {
				op, err := table.Enter(h.token)
				if err != nil {
					return
				}
				if op.Resource().(*canary).sick() {
					sick.Add(1)
				}
				op.Leave()
			}, func() {
				if h.slot.word.begin(h.token.generation()) && h.slot.word.drained() {
					h.resource.(*canary).a = poison
				}
			}
	})
	wantCount(t, &sick, 0)
}

// The same for the bare guard, with its own begin-free.
func TestInvariant1_NoTouchOutsideAnOpOfAGuard(t *testing.T) {
	var sick atomic.Int32
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	race(t, cancel, rounds(60_000), func() (a, b func()) {
		var object uint64 = alive
		g := &Guard{Release: func() { object = poison }}
		return func() {
				if op, ok := g.TryEnter(); ok {
					if object != alive {
						sick.Add(1)
					}
					op.Leave()
				}
			}, func() {
				wantOutcome(t, g.BeginFree(ctx), Drained)
			}
	})
	wantCount(t, &sick, 0)
}

// Invariant 2: of all begin-free calls on one generation, by whatever way they
// come, exactly one wins.
func TestInvariant2_OneBeginFreeWins(t *testing.T) {
	var table Table
	for range rounds(100) {
		var p probe
		h := open(t, &table, &p)
		var won atomic.Int32
		count := func(o Outcome, err error) {
			if o == Drained && err == nil {
				won.Add(1)
			}
		}
		told := make(chan struct{}, 8)
		together(8, func(i int) {
			if i%2 == 0 {
				count(table.Free(h.token, NoDeadline))
				told <- struct{}{}
			} else {
				table.FreeAsync(h.token, NoDeadline, func(o Outcome, err error) {
					count(o, err)
					told <- struct{}{}
				})
			}
		})
		for range 8 {
			<-told
		}
		wantCount(t, &won, 1)
		p.wantCloses(t, 1)
	}
	wantNoLeak(t, &table)
}

// Invariant 3: release runs once, never under an op, by the winner after the
// drain or by the last op after a time-out.
func TestInvariant3_ReleaseRunsOnceAndNeverUnderAnOp(t *testing.T) {
	var table Table
	for i := range rounds(500) {
		var inside, early atomic.Int32
		p := &probe{close: func() error { early.Add(inside.Load()); return nil }}
		h := open(t, &table, p)
		held := i%2 == 0 // then the free must time out
		var op *HandleOp
		if held {
			op = enter(t, h)
			inside.Add(1)
		}
		together(3, func(who int) {
			if who == 0 {
				o, _ := table.Free(h.token, time.Duration(i%3)*time.Microsecond)
				if held && o != TimedOut {
					t.Errorf("outcome %v over a held op", o)
				}
			} else if op, err := table.Enter(h.token); err == nil {
				inside.Add(1)
				inside.Add(-1)
				op.Leave()
			}
		})
		if held {
			inside.Add(-1)
			op.Leave()
		}
		wait(t, h.Done())
		p.wantCloses(t, 1)
		wantCount(t, &early, 0)
	}
	wantNoLeak(t, &table)
}

// Invariant 4: the memory of a slot stays, so that stale tokens read valid
// memory and are refused, also after the collector ran.
func TestInvariant4_StaleTokensReadValidMemory(t *testing.T) {
	var table Table
	var live []*Handle
	for range 2*ChunkSlots + 1 {
		live = append(live, open(t, &table, nil))
	}
	var tokens []Token
	for _, h := range live {
		tokens = append(tokens, h.token)
		wantFree(t, h, 0, Drained)
	}
	live = nil
	runtime.GC()
	runtime.GC()
	for _, token := range tokens {
		_, err := table.Enter(token)
		wantErr(t, err, ErrFreed)
	}
	wantNoLeak(t, &table)
}

// Invariant 5: every use of a slot has a generation of its own, above the one
// before; the last one is the end of the slot; memory follows the peak.
func TestInvariant5_SlotsAreReusedUnderNewGenerations(t *testing.T) {
	const first = lastGeneration - 4
	table := Table{firstGeneration: func() uint32 { return first }}
	seen := map[Token]bool{}
	for range 12 {
		h := open(t, &table, nil)
		if seen[h.token] || h.token.generation() < first {
			t.Fatalf("token %#x twice, or wrapped", uint64(h.token))
		}
		seen[h.token] = true
		wantFree(t, h, 0, Drained)
	}
	if s := table.Stats(); s.Slots != 3 || s.Retired != 2 {
		t.Errorf("%+v", s)
	}
}

// Invariant 6: no op is refused before begin-free began, none enters after.
func TestInvariant6_RefusedExactlyFromBeginFreeOn(t *testing.T) {
	var table Table
	for range rounds(100) {
		h := open(t, &table, nil)
		var asked, began atomic.Bool
		told := make(chan struct{})
		together(4, func(i int) {
			if i == 0 {
				runtime.Gosched()
				asked.Store(true)
				table.FreeAsync(h.token, NoDeadline, func(Outcome, error) { close(told) })
				began.Store(true)
				return
			}
			for range 200 {
				after := began.Load()
				op, err := table.Enter(h.token)
				switch {
				case err == nil && after:
					t.Error("entered after begin-free began")
				case err != nil && !asked.Load():
					t.Errorf("%v before begin-free began", err)
				}
				op.Leave()
			}
		})
		<-told
	}
}

// Invariant 7, for what concerns the table: giving an attachment back never
// waits, never frees what others are attached to, and the last one frees.
func TestInvariant7_DetachNeverBlocksAndTheLastOneFrees(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var table Table
		var p probe
		h := open(t, &table, &p)
		attach(t, h)
		op := enter(t, h)
		began := time.Now()
		table.Detach(h.token)
		synctest.Wait()
		wantState(t, h, Open, 1)
		table.Detach(h.token) // with an op in flight
		wantState(t, h, Freeing, 1)
		_, err := table.Attach(h.token)
		wantErr(t, err, ErrFreed)
		wantElapsed(t, began, 0)
		op.Leave()
		<-h.Done()
		wantElapsed(t, began, 0)
		p.wantCloses(t, 1)
		wantNoLeak(t, &table)
	})
}

// Invariant 9: no panic of a resource and no input ends the process, and the
// table goes on.
func TestInvariant9_NeitherInputsNorPanicsEndTheProcess(t *testing.T) {
	var table Table
	for range 20 {
		h := open(t, &table, &probe{close: func() error { panic("broken") }})
		op := enter(t, h)
		wantFree(t, h, 0, TimedOut)
		op.Leave()
		wait(t, h.Done())
		for bit := range 64 {
			token := h.token ^ 1<<bit
			table.Settle(token)
			table.Detach(token)
			if _, err := table.Enter(token); err == nil {
				t.Fatalf("entered with the forged token %#x", uint64(token))
			}
		}
	}
	wantNoLeak(t, &table)
}
