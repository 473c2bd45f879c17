package histories

import (
	"context"
	"testing/synctest"
	"time"

	"github.com/quiesce/quiesce/guard"
	"pgregory.net/rapid"
)

func want(t *rapid.T, got, want error) {
	t.Helper()
	if got != want {
		t.Fatalf("error %v, want %v", got, want)
	}
}

// check holds the two against each other.
func (m *machine) check(t *rapid.T) {
	synctest.Wait()
	m.plain.advance(m.now())
	m.checkStats(t)
	for _, h := range m.plain.handles {
		m.checkHandle(t, m.pairs[h])
	}
	for _, f := range m.frees {
		p := f.plain
		if f.returned != p.known || p.known && (f.outcome != p.outcome || f.at != p.at || (f.err != nil) != p.failed) {
			t.Fatalf("a free: %+v, want %+v", f, p)
		}
	}
}

func (m *machine) checkStats(t *rapid.T) {
	var ops uint64
	want := guard.Stats{Opened: uint64(len(m.plain.handles)), Slots: uint64(m.plain.peak)}
	for _, h := range m.plain.handles {
		ops += uint64(h.ops)
		switch h.phase {
		case gone:
			want.Released++
			if h.failing {
				want.Failed++
			}
			continue
		case abandoned:
			want.Abandoned++
		}
		want.Live++
		if h.phase != open {
			want.Freeing++
		}
	}
	got := m.table.Stats()
	got.Mapped = 0
	m.checkOutcomes(t, &got, want)
	if inFlight := m.table.Ops(); got != want || inFlight != ops {
		t.Fatalf("stats %+v and %d ops, want %+v and %d", got, inFlight, want, ops)
	}
}

// checkOutcomes takes the outcomes out of what the table tells. Each handle that
// is gone had one, one that is on its way may have had it. Frees that come too
// late are no part of the plain table; guard's own tests count them.
func (m *machine) checkOutcomes(t *rapid.T, got *guard.Stats, want guard.Stats) {
	over := got.Drained + got.TimedOut
	if over < want.Released || over > want.Released+want.Freeing || got.TimedOut < want.Abandoned {
		t.Fatalf("outcomes %+v of %+v", *got, want)
	}
	got.Drained, got.TimedOut, got.AlreadyFreeing = 0, 0, 0
}

var stateOf = map[phase]guard.State{
	open: guard.Open, freeing: guard.Freeing, abandoned: guard.Abandoned, closing: guard.Closing, gone: guard.Released,
}

func (m *machine) checkHandle(t *rapid.T, p *pair) {
	if began := p.phase >= closing; (p.closes == 1) != began || p.closes > 1 {
		t.Fatalf("%d Closes in phase %d", p.closes, p.phase)
	}
	if p.handle == nil {
		return
	}
	state, ops := p.handle.State()
	if state != stateOf[p.phase] || ops != p.plainHandle.ops || p.handle.Attachments() != p.attachs {
		t.Fatalf("%v, %d ops, %d attachments; want %v, %+v", state, ops, p.handle.Attachments(), stateOf[p.phase], p.plainHandle)
	}
	for _, op := range p.ops {
		if cause := context.Cause(op.Context()); (cause == guard.ErrFreed) != (p.phase != open) {
			t.Fatalf("an op in phase %d: cause %v", p.phase, cause)
		}
	}
}

// end gives back and frees all, and lets the time pass that this takes.
func (m *machine) end() {
	for _, p := range m.pairs {
		for len(p.ops) > 0 {
			m.leaveOne(p)
		}
	}
	synctest.Wait()
	m.plain.advance(m.now())
	for _, h := range m.plain.handles {
		if m.plain.begin(h, time.Hour) != nil {
			_, _ = m.table.Free(h.token, time.Hour)
			m.plain.advance(m.now())
		}
	}
	time.Sleep(time.Minute)
	synctest.Wait()
	m.plain.advance(m.now())
}

func (m *machine) checkEnd(t *rapid.T) {
	m.check(t)
	if s := m.table.Stats(); s.Live+s.Freeing+s.Abandoned+m.table.Ops() > 0 {
		t.Fatalf("something is left: %+v", s)
	}
}
