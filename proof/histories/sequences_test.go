package histories

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quiesce/quiesce/guard"
	"pgregory.net/rapid"
)

// Sequences of calls, one after the other, in synthetic time: after each one
// the table says and does exactly what the plain one does, and each free
// returns at exactly that moment.
func TestSequencesAgreeWithAPlainTable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Without the method Deadline, which a bubble forbids.
		rapid.Check(struct{ rapid.TB }{t}, func(t *rapid.T) {
			m := &machine{began: time.Now(), pairs: map[*plainHandle]*pair{}}
			defer m.end() // also of a sequence that failed: the bubble has to be empty
			t.Repeat(map[string]func(*rapid.T){
				"open": m.open, "enter": m.enter, "leave": m.leave, "free": m.free, "attach": m.attach, "detach": m.detach,
				"share": m.share, "openChild": m.openChild, "runHot": m.runHot, "forge": m.forge, "sleep": m.sleep, "": m.check,
			})
			m.end()
			m.checkEnd(t)
		})
	})
}

// A machine is a table and what it should be.
type machine struct {
	began time.Time
	table guard.Table
	plain plainTable
	pairs map[*plainHandle]*pair
	frees []*pendingFree

	moments time.Duration // how many there were
}

// A pair is one handle on both sides.
type pair struct {
	*plainHandle
	handle *guard.Handle // nil for a child that was refused
	ops    []*guard.HandleOp
	closes int
}

// Close is that of the resource.
func (p *pair) Close() error {
	p.closes++
	time.Sleep(p.closeFor)
	if p.failing {
		return errors.New("Close failed")
	}
	return nil
}

type pendingFree struct {
	plain    *plainFree
	returned bool
	outcome  guard.Outcome
	err      error
	at       time.Duration
}

func (m *machine) now() time.Duration { return time.Since(m.began) }

// pick chooses a handle, live or long gone.
func (m *machine) pick(t *rapid.T) *pair {
	if len(m.plain.handles) == 0 {
		t.Skip("no handle yet")
	}
	// The latest ones most of the time: the others are gone.
	back := rapid.IntRange(0, min(5, len(m.plain.handles)-1)).Draw(t, "back")
	p := m.pairs[m.plain.handles[len(m.plain.handles)-1-back]]
	if p.handle == nil {
		t.Skip("nobody has its token")
	}
	return p
}

// newPair draws a resource.
func (m *machine) newPair(t *rapid.T) *pair {
	closeFor := time.Duration(rapid.SampledFrom([]int{0, 0, 7, 6003}).Draw(t, "close ms")) * time.Millisecond
	if closeFor > 0 {
		closeFor += m.moment()
	}
	return &pair{plainHandle: &plainHandle{
		closeFor: closeFor,
		failing:  rapid.IntRange(0, 4).Draw(t, "fails") == 0,
	}}
}

// moment returns what makes a time differ from all others: of two Closes or
// shares that end at once, which one is first would be anybody's guess. Cubes:
// no two of them, a share's and then a Close's, add up to a third.
func (m *machine) moment() time.Duration {
	m.moments++
	return m.moments * m.moments * m.moments
}

func (m *machine) open(t *rapid.T) {
	p := m.newPair(t)
	spare := m.spare()
	h, err := m.table.Open(p, guard.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(spare) > 0 && !slices.Contains(spare, h.Token()) {
		t.Fatalf("token %d, though the slots of %d are free", h.Token(), spare)
	}
	p.handle, p.token = h, h.Token()
	m.pairs[m.plain.open(p.plainHandle)] = p
}

// spare returns the tokens that the free slots give next; none once a child was
// refused, whose slot nobody was told.
func (m *machine) spare() (list []guard.Token) {
	latest := map[guard.Token]*plainHandle{}
	for _, h := range m.plain.handles {
		if h.token == 0 {
			return nil
		}
		latest[h.token>>32] = h
	}
	for _, h := range latest {
		if h.phase == gone {
			list = append(list, h.token+1)
		}
	}
	return list
}

func (m *machine) enter(t *rapid.T) {
	p := m.pick(t)
	op, err := m.table.Enter(p.token)
	if p.phase != open {
		want(t, err, guard.ErrFreed)
		return
	}
	want(t, err, nil)
	p.ops = append(p.ops, &op)
	p.plainHandle.ops++
}

func (m *machine) leave(t *rapid.T) {
	p := m.pick(t)
	if len(p.ops) == 0 {
		t.Skip("nobody is inside")
	}
	m.leaveOne(p)
}

func (m *machine) leaveOne(p *pair) {
	op := p.ops[0]
	p.ops = p.ops[1:]
	p.plainHandle.ops--
	op.Leave()
	op.Leave() // again: nothing
}

func (m *machine) free(t *rapid.T) {
	p := m.pick(t)
	deadline := time.Duration(rapid.SampledFrom([]int{0, 0, 10, 100, 5000}).Draw(t, "deadline ms")) * time.Millisecond
	f := &pendingFree{plain: m.plain.begin(p.plainHandle, deadline)}
	go func() {
		f.outcome, f.err = m.table.Free(p.token, deadline)
		f.at, f.returned = m.now(), true
	}()
	if f.plain != nil {
		m.frees = append(m.frees, f)
		return
	}
	synctest.Wait()
	if !f.returned || f.outcome != guard.AlreadyFreeing || f.err != nil {
		t.Fatalf("a second free: %+v", f)
	}
}

func (m *machine) attach(t *rapid.T) {
	p := m.pick(t)
	_, err := m.table.Attach(p.token)
	if p.plainHandle.attach() {
		want(t, err, nil)
	} else {
		want(t, err, guard.ErrFreed)
	}
}

// runHot gives the handle's slot its stripes, for good. Nobody is to notice.
func (m *machine) runHot(t *rapid.T) { m.table.RunsHot(m.pick(t).token) }

func (m *machine) detach(t *rapid.T) {
	p := m.pick(t)
	last := m.plain.detach(p.plainHandle)
	if m.table.Detach(p.token) != last {
		t.Fatalf("Detach does not say %v", last)
	}
}

func (m *machine) share(t *rapid.T) {
	p := m.pick(t)
	ttl := time.Duration(rapid.SampledFrom([]int{20, 200, 30_000}).Draw(t, "ttl ms")) * time.Millisecond
	ttl += m.moment()
	err := m.table.Share(p.token, ttl, nil)
	if p.phase != open {
		want(t, err, guard.ErrFreed)
		return
	}
	want(t, err, nil)
	p.attachs++
	p.shares = append(p.shares, m.plain.now+ttl)
}

func (m *machine) openChild(t *rapid.T) {
	parent := m.pick(t)
	if len(parent.ops) == 0 {
		t.Skip("nobody is inside")
	}
	child := m.newPair(t)
	refused := m.plain.openChild(parent.plainHandle, child.plainHandle)
	h, err := parent.ops[0].OpenChild(child, guard.Options{})
	m.pairs[child.plainHandle] = child
	if refused {
		want(t, err, guard.ErrFreed)
		return
	}
	want(t, err, nil)
	child.handle, child.token = h, h.Token()
}

// forge makes tokens that were never given out: nothing knows them.
func (m *machine) forge(t *rapid.T) {
	list := []guard.Token{0, 1, 1 << 53, 1<<64 - 1, guard.MaxHandles << 32}
	for _, h := range m.plain.handles {
		if !m.wasGiven(h.token+1) && h.token != 0 {
			list = append(list, h.token+1)
		}
	}
	token := rapid.SampledFrom(list).Draw(t, "token")
	_, err := m.table.Enter(token)
	want(t, err, guard.ErrInvalid)
	_, err = m.table.Attach(token)
	want(t, err, guard.ErrInvalid)
	outcome, err := m.table.Free(token, 0)
	want(t, err, guard.ErrInvalid)
	if outcome != guard.AlreadyFreeing || m.table.Detach(token) {
		t.Fatalf("token %d does something", token)
	}
	want(t, m.table.Share(token, time.Second, nil), guard.ErrInvalid)
}

// wasGiven also holds for the token of a child that was refused: its handle is
// or was there, though nobody has heard of it.
func (m *machine) wasGiven(token guard.Token) bool {
	return slices.ContainsFunc(m.plain.handles, func(h *plainHandle) bool { return h.token == token || h.token == 0 })
}

func (m *machine) sleep(t *rapid.T) {
	d := time.Duration(rapid.SampledFrom([]int{10, 90, 1000, 4990}).Draw(t, "sleep ms")) * time.Millisecond
	time.Sleep(d)
	synctest.Wait()
	m.plain.advance(m.now())
}
