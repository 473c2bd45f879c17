package guard

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A field is a few handles that everybody uses and replaces.
type field struct {
	table  Table
	tokens [4]atomic.Uint64
	closed atomic.Int64
	sick   atomic.Int32
	stop   atomic.Bool
}

func (f *field) plant(t testing.TB, i int) {
	h := open(t, &f.table, newCanary(&f.closed))
	f.tokens[i].Store(uint64(h.token))
}

// use enters with tokens that may be stale by the time they are used.
func (f *field) use(who int) {
	for n := who; !f.stop.Load(); n++ {
		token := Token(f.tokens[n%len(f.tokens)].Load())
		op, err := f.table.Enter(token)
		if err != nil {
			runtime.Gosched() // with one processor the freers are to have a turn
			continue
		}
		c := op.Resource().(*canary)
		if c.sick() || op.Handle().Token() != token {
			f.sick.Add(1)
		}
		switch {
		case n%128 == 0:
			time.Sleep(20 * time.Microsecond)
		case n%16 == 0:
			runtime.Gosched()
			_ = op.Context().Err()
		case n%64 == 1:
			_, _ = op.OpenChild(newCanary(&f.closed), Options{})
		}
		if c.sick() {
			f.sick.Add(1)
		}
		op.Leave()
	}
}

// replace frees a handle with whatever deadline, and plants another.
func (f *field) replace(t testing.TB, who, n int) {
	deadlines := []time.Duration{0, time.Nanosecond, 10 * time.Microsecond, NoDeadline, time.Second}
	i := (who + n) % len(f.tokens)
	_, _ = f.table.Free(Token(f.tokens[i].Load()), deadlines[n%len(deadlines)])
	f.plant(t, i)
}

// abandon times out over an op that it holds, by construction.
func (f *field) abandon(t testing.TB) {
	h := open(t, &f.table, newCanary(&f.closed))
	op := enter(t, h)
	if o, _ := f.table.Free(h.token, time.Nanosecond); o != TimedOut {
		t.Errorf("outcome %v over a held op", o)
	}
	if s, _ := h.State(); s != Abandoned {
		t.Errorf("state %v over a held op", s)
	}
	if op.Resource().(*canary).sick() {
		f.sick.Add(1)
	}
	op.Leave()
}

// Invariants 1 to 6 under load: eight threads use what two others free, reopen
// and abandon, with stale tokens, children and tiny deadlines.
func TestStressOfUsersAndFreers(t *testing.T) {
	skipIfShort(t)
	var f field
	for i := range f.tokens {
		f.plant(t, i)
	}
	var users, freers sync.WaitGroup
	for who := range 8 {
		users.Go(func() { f.use(who) })
	}
	for who := range 2 {
		freers.Go(func() {
			for n := range rounds(1500) {
				f.replace(t, who, n)
				if n%8 == 0 {
					f.abandon(t)
				}
			}
		})
	}
	freers.Wait()
	f.stop.Store(true)
	users.Wait()
	f.end(t)
}

// end frees what is left. Two freers may have planted over one another, so it
// looks at the table, not at the tokens.
func (f *field) end(t *testing.T) {
	s := f.table.Stats()
	if s.Opened != s.Released+s.Live {
		t.Errorf("opened is not released and live: %+v", s)
	}
	for _, h := range f.table.Handles() {
		if o, err := f.table.Free(h.token, NoDeadline); o == TimedOut || err != nil {
			t.Errorf("Free = %v, %v", o, err)
		}
	}
	waitUntil(t, func() bool { return f.table.Stats().Live == 0 })
	wantNoLeak(t, &f.table)
	wantCount(t, &f.sick, 0)
	s = f.table.Stats()
	if uint64(f.closed.Load()) != s.Opened {
		t.Errorf("%d closed of %d", f.closed.Load(), s.Opened)
	}
	t.Logf("%+v", s)
}

// Stats is of about one moment: a count may be late, but none underflows.
func TestStatsUnderLoad(t *testing.T) {
	skipIfShort(t)
	var table Table
	const people = 3
	together(people+1, func(i int) {
		for range rounds(2000) {
			if i == 0 {
				s := table.Stats()
				if max(s.Live, s.Freeing, s.Abandoned, table.Ops()) > s.Opened+people || s.Slots > people {
					t.Errorf("%+v", s)
					return
				}
				table.Handles()
				continue
			}
			h, err := table.Open(nil, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			op, _ := table.Enter(h.token)
			if i == 1 {
				_, _ = table.Free(h.token, 0)
			}
			op.Leave()
			if i != 1 {
				_, _ = table.Free(h.token, NoDeadline)
			}
			<-h.Done()
		}
	})
	wantNoLeak(t, &table)
}
