package guard

import (
	"encoding/binary"
	"testing"
	"time"
)

// A tokenModel is what a table should look like: every handle that was opened,
// by its token, and what keeps it.
type tokenModel struct {
	t     *testing.T
	table *Table
	list  []*modelHandle
	given map[Token]*modelHandle
	ops   []*HandleOp
}

type modelHandle struct {
	handle      *Handle
	probe       *probe
	parent      *modelHandle
	children    int // that are not released
	attachments int
	ops         int
	freeing     bool
	released    bool
}

const mostModelHandles = 24

func (m *tokenModel) add(h *Handle, p *probe, parent *modelHandle) {
	each := &modelHandle{handle: h, probe: p, parent: parent, attachments: 1}
	if m.given[h.token] != nil {
		m.t.Fatalf("the token %#x was given out twice", uint64(h.token))
	}
	if parent != nil {
		parent.children++
		parent.attachments++
	}
	m.list, m.given[h.token] = append(m.list, each), each
}

// want returns the handle that a token names, and how an enter is answered.
func (m *tokenModel) want(token Token) (*modelHandle, error) {
	h := m.given[token]
	switch {
	case h == nil:
		return nil, ErrInvalid
	case h.freeing:
		return h, ErrFreed
	}
	return h, nil
}

// begin does to the model what the begin-free of a handle does.
func (m *tokenModel) begin(h *modelHandle) (busy bool) {
	h.freeing = true
	busy = h.ops > 0
	for _, child := range m.list {
		if child.parent == h && !child.freeing && m.begin(child) {
			busy = true
		}
		busy = busy || (child.parent == h && !child.released && child.ops > 0)
	}
	return busy
}

// settle waits for what has to be released by now, children first. One whose
// last attachment has gone is freed with its children, and one may follow from
// the release of another.
func (m *tokenModel) settle() {
	for changed := true; changed; {
		changed = m.release()
		for _, h := range m.list {
			if !h.freeing && h.attachments == 0 {
				m.begin(h)
				changed = true
			}
		}
	}
}

func (m *tokenModel) release() (changed bool) {
	for i := len(m.list) - 1; i >= 0; i-- { // a child is younger than its parent
		h := m.list[i]
		if !h.freeing || h.released || h.ops > 0 || h.children > 0 {
			continue
		}
		wait(m.t, h.handle.Done())
		h.probe.wantCloses(m.t, 1)
		h.released, changed = true, true
		if p := h.parent; p != nil {
			p.children--
			p.attachments--
		}
	}
	return changed
}

func (m *tokenModel) check() {
	m.settle()
	for _, h := range m.list {
		if h.released {
			continue
		}
		h.probe.wantCloses(m.t, 0)
		if state, n := h.handle.State(); n != h.ops+h.children || (state == Open) == h.freeing {
			m.t.Fatalf("%v with %d ops, want %d and freeing %v", state, n, h.ops+h.children, h.freeing)
		}
	}
}

// forge makes a token of the next bytes: one that was given out, or one that
// differs from it in some bits, in its generation, or altogether.
func (m *tokenModel) forge(b []byte) (Token, []byte) {
	var raw [10]byte
	b = b[copy(raw[:], b):]
	token := Token(binary.LittleEndian.Uint64(raw[2:]))
	if len(m.list) == 0 || raw[0]&7 == 7 {
		return token, b
	}
	near := m.list[int(raw[1])%len(m.list)].handle.token
	switch raw[0] & 7 {
	case 4:
		return near ^ 1<<(raw[2]&63), b
	case 5:
		return near + Token(int64(int8(raw[2]))), b
	case 6:
		return near ^ token, b
	}
	return near, b
}

func (m *tokenModel) step(op byte, token Token) {
	h, want := m.want(token)
	switch op % 9 {
	case 0:
		if len(m.list) < mostModelHandles {
			p := &probe{}
			m.add(open(m.t, m.table, p), p, nil)
		}
	case 1:
		m.enter(h, token, want)
	case 2:
		m.leave(int(op))
	case 3:
		m.child(h, token, want)
	case 4:
		m.attach(h, token, want)
	case 5:
		if last := m.table.Detach(token); last != (h != nil && !h.released && h.attachments == 1) {
			m.t.Fatalf("Detach of %#x was the last: %v", uint64(token), last)
		}
		if h != nil && !h.released && h.attachments > 0 {
			h.attachments--
		}
	case 6:
		m.free(h, token)
	case 7:
		wantErr(m.t, m.table.Share(token, time.Hour, nil), want)
		if want == nil { // taken over at once
			_, err := m.table.Attach(token)
			wantErr(m.t, err, nil)
			h.attachments++
		}
	case 8:
		m.table.Settle(token) // of a decrement that never was
		found, err := m.table.Lookup(token)
		if known := h != nil && !h.released; (found != nil) != known || (known && found != h.handle) || (h == nil && err != ErrInvalid) {
			m.t.Fatalf("Lookup of %#x = %v, %v", uint64(token), found, err)
		}
	}
}

func (m *tokenModel) enter(h *modelHandle, token Token, want error) {
	op, err := m.table.Enter(token)
	wantErr(m.t, err, want)
	if err == nil {
		m.ops = append(m.ops, &op)
		h.ops++
	}
}

func (m *tokenModel) leave(which int) {
	if len(m.ops) == 0 {
		return
	}
	i := which % len(m.ops)
	m.given[m.ops[i].Handle().token].ops--
	m.ops[i].Leave()
	m.ops[i].Leave() // a second one does nothing
	m.ops = append(m.ops[:i], m.ops[i+1:]...)
}

func (m *tokenModel) child(h *modelHandle, token Token, want error) {
	op, err := m.table.Enter(token)
	wantErr(m.t, err, want)
	if err != nil {
		return
	}
	defer op.Leave()
	if len(m.list) < mostModelHandles {
		p := &probe{}
		child, err := op.OpenChild(p, Options{})
		if h.attachments == 0 {
			m.t.Fatal("a handle without attachments is open")
		}
		wantErr(m.t, err, nil)
		m.add(child, p, h)
	}
}

func (m *tokenModel) attach(h *modelHandle, token Token, want error) {
	_, err := m.table.Attach(token)
	wantErr(m.t, err, want)
	if err == nil {
		h.attachments++
	}
}

func (m *tokenModel) free(h *modelHandle, token Token) {
	want := AlreadyFreeing
	if h != nil && !h.freeing {
		want = Drained
		if m.begin(h) {
			want = TimedOut
		}
	}
	got, err := m.table.Free(token, 0)
	wantOutcome(m.t, got, want)
	if (err == nil) != (h != nil) || (err != nil && err != ErrInvalid) {
		m.t.Fatalf("Free of %#x: %v", uint64(token), err)
	}
}

// Whatever numbers are given as tokens, in whatever order: each call is answered
// as a list of what was opened says, and nothing is closed early, twice or never.
func FuzzTokens(f *testing.F) {
	step := func(op, how, which byte) []byte { return append([]byte{op, how, which}, make([]byte, 8)...) }
	script := func(steps ...[]byte) (b []byte) {
		for _, s := range steps {
			b = append(b, s...)
		}
		return b
	}
	f.Add(script(step(0, 0, 0), step(1, 0, 0), step(6, 0, 0), step(2, 0, 0), step(0, 0, 0), step(1, 0, 0)), uint32(1))
	f.Add(script(step(0, 0, 0), step(3, 0, 0), step(1, 0, 1), step(6, 0, 0), step(5, 0, 1), step(2, 0, 0)), uint32(lastGeneration))
	f.Add(script(step(0, 0, 0), step(4, 0, 0), step(7, 0, 0), step(5, 0, 0), step(5, 0, 0), step(5, 0, 0), step(5, 0, 0)), uint32(7))
	f.Add(script(step(0, 0, 0), step(1, 4, 0), step(6, 5, 0), step(8, 7, 0), step(4, 6, 0), step(3, 4, 0)), uint32(1<<31))
	f.Fuzz(func(t *testing.T, script []byte, first uint32) {
		m := &tokenModel{t: t, table: &Table{firstGeneration: func() uint32 { return max(first, 1) }}, given: map[Token]*modelHandle{}}
		for len(script) > 1 && len(script) < 4096 {
			op := script[0]
			var token Token
			token, script = m.forge(script[1:])
			m.step(op, token)
			m.check()
		}
		for len(m.ops) > 0 {
			m.leave(0)
		}
		for _, h := range m.list {
			_, err := m.table.Free(h.handle.token, time.Minute)
			wantErr(t, err, nil)
			wait(t, h.handle.Done())
			h.probe.wantCloses(t, 1)
		}
		waitUntil(t, func() bool { return m.table.Stats().Freeing == 0 && m.table.Stats().Released == m.table.Stats().Opened })
		wantNoLeak(t, m.table)
	})
}
