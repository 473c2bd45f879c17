package histories

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quiesce/quiesce/guard"
)

const (
	cells     = 2 // handles that are shared at a time
	openLimit = 6 // handles of one history that the threads open
	actions   = 4 // of each thread, besides giving back what it has
)

// A Recorder makes histories with goroutines, one after the other, on one
// table: each begins with the slots that the one before has used. Once one of
// them has run hot it has its stripes for good, so now and then there is a new
// table, and in the second half of its time handles run hot.
type Recorder struct {
	table    *guard.Table
	made     int // histories
	origin   time.Time
	random   *rand.Rand
	patience time.Duration
}

// NewRecorder returns one whose choices depend on the seed; what comes out does
// not, since the goroutines race. After patience a handle that should be gone
// is missed.
func NewRecorder(seed uint64, patience time.Duration) *Recorder {
	return &Recorder{origin: time.Now(), random: rand.New(rand.NewPCG(seed, 1)), patience: patience}
}

// tableFor is how many histories a table is for.
const tableFor = 256

// next makes room for another history.
func (r *Recorder) next() {
	if r.made%tableFor == 0 {
		r.table = &guard.Table{}
	}
	r.made++
}

// isHot reports whether handles run hot at this time.
func (r *Recorder) isHot() bool { return r.made%tableFor > tableFor/2 }

func (r *Recorder) now() int64 { return int64(time.Since(r.origin)) }

// A witness is a resource that records its Close.
type witness struct {
	recorder *Recorder
	mu       sync.Mutex
	closes   []Call
}

func (w *witness) Close() error {
	first := w.recorder.now()
	runtime.Gosched()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closes = append(w.closes, Call{Thread: -1, Kind: Close, Call: first, Return: w.recorder.now()})
	return nil
}

// A scene is what the threads of one history share.
type scene struct {
	*Recorder
	cells  [cells]atomic.Uint64
	opened atomic.Int32

	mu        sync.Mutex
	witnesses map[*guard.Handle]*witness
}

// Record makes one history.
func (r *Recorder) Record() (*History, error) {
	r.next()
	s := &scene{Recorder: r, witnesses: map[*guard.Handle]*witness{}}
	host := &thread{scene: s, number: 0, random: r.random}
	for i := range s.cells {
		host.open(i)
	}
	threads := make([]*thread, 3+r.random.IntN(3))
	var ready atomic.Int32
	var all sync.WaitGroup
	for i := range threads {
		threads[i] = &thread{scene: s, number: i + 1, random: rand.New(rand.NewPCG(r.random.Uint64(), 2))}
		all.Go(func() {
			ready.Add(1)
			for ready.Load() < int32(len(threads)) {
				runtime.Gosched()
			}
			threads[i].act()
		})
	}
	all.Wait()
	for h := range s.witnesses {
		if !h.Freeing() {
			host.free(uint64(h.Token()), r.patience)
		}
	}
	h := &History{Calls: host.calls}
	for _, t := range threads {
		h.Calls = append(h.Calls, t.calls...)
	}
	err := s.awaitReleases(h)
	return h, err
}

// awaitReleases waits until the handles are gone and adds their Closes.
func (s *scene) awaitReleases(h *History) error {
	limit := time.After(s.patience)
	var err error
	for handle, w := range s.witnesses {
		select {
		case <-handle.Done():
		case <-limit:
			err = fmt.Errorf("handle %d was not released in %v", handle.Token(), s.patience)
		}
		w.mu.Lock()
		for _, c := range w.closes {
			c.Token = uint64(handle.Token())
			h.Calls = append(h.Calls, c)
		}
		w.mu.Unlock()
	}
	if st := s.table.Stats(); err == nil && (st.Opened != st.Released || st.Live+st.Freeing+st.Abandoned+s.table.Ops() > 0) {
		err = fmt.Errorf("something is left after the history: %+v", st)
	}
	return err
}

// A thread is one goroutine's part in a history.
type thread struct {
	*scene
	number int
	random *rand.Rand
	calls  []Call
	ops    []*guard.HandleOp
	tokens []uint64 // of the ops
	known  []uint64 // tokens that it has seen, most of them stale by and by
}

// act does a few things, and then gives back its ops.
func (t *thread) act() {
	for range actions {
		token := t.pick()
		if t.isHot() && t.random.IntN(8) == 0 {
			t.table.RunsHot(guard.Token(token))
		}
		switch n := t.random.IntN(16); {
		case n < 5 && len(t.ops) < 2:
			t.enter(token)
		case n < 7 && len(t.ops) > 0:
			t.leave()
		case n < 10:
			t.free(token, t.deadline())
		case n < 12:
			t.attach(token)
		case n < 13:
			t.detach(token)
		default:
			if t.opened.Add(1) <= openLimit {
				t.open(t.random.IntN(cells))
			}
		}
	}
	for len(t.ops) > 0 {
		t.leave()
	}
}

// pick chooses a shared token, or one that it knows from before.
func (t *thread) pick() uint64 {
	if len(t.known) > 0 && t.random.IntN(4) == 0 {
		return t.known[t.random.IntN(len(t.known))]
	}
	token := t.cells[t.random.IntN(cells)].Load()
	t.known = append(t.known, token)
	return token
}

// deadline is a short one while the thread has an op: two threads that each
// wait for the other's would wait for the deadline.
func (t *thread) deadline() time.Duration {
	list := []time.Duration{0, 0, time.Microsecond, 20 * time.Microsecond, t.patience}
	if len(t.ops) > 0 {
		list = list[:4]
	}
	return list[t.random.IntN(len(list))]
}

// record makes a call and writes it down. A panic is a result that no
// specification allows.
func (t *thread) record(c Call, call func() string) {
	c.Thread, c.Call = t.number, t.now()
	func() {
		defer func() {
			if v := recover(); v != nil {
				c.Result = fmt.Sprint("panic: ", v)
			}
		}()
		c.Result = call()
	}()
	c.Return = t.now()
	t.calls = append(t.calls, c)
}

func (t *thread) open(cell int) {
	w := &witness{recorder: t.Recorder}
	c := Call{Thread: t.number, Kind: Open, Result: OK, Call: t.now()}
	h, err := t.table.Open(w, guard.Options{})
	c.Return = t.now()
	if err != nil {
		panic(err) // there are a handful of handles
	}
	c.Token = uint64(h.Token())
	t.calls = append(t.calls, c)
	t.mu.Lock()
	t.witnesses[h] = w
	t.mu.Unlock()
	t.cells[cell].Store(c.Token)
}

func (t *thread) enter(token uint64) {
	t.record(Call{Kind: Enter, Token: token}, func() string {
		op, err := t.table.Enter(guard.Token(token))
		if err != nil {
			return resultOf(err)
		}
		t.tokens, t.ops = append(t.tokens, token), append(t.ops, &op)
		return OK
	})
}

// leave ends the oldest op.
func (t *thread) leave() {
	token, op := t.tokens[0], t.ops[0]
	t.record(Call{Kind: Leave, Token: token}, func() string { op.Leave(); return "" })
	t.tokens, t.ops = t.tokens[1:], t.ops[1:]
}

func (t *thread) free(token uint64, deadline time.Duration) {
	t.record(Call{Kind: Free, Token: token, Deadline: int64(deadline)}, func() string {
		outcome, err := t.table.Free(guard.Token(token), deadline)
		if err != nil {
			return resultOf(err)
		}
		return outcome.String()
	})
}

func (t *thread) attach(token uint64) {
	t.record(Call{Kind: Attach, Token: token}, func() string {
		_, err := t.table.Attach(guard.Token(token))
		return resultOf(err)
	})
}

func (t *thread) detach(token uint64) {
	t.record(Call{Kind: Detach, Token: token}, func() string {
		if t.table.Detach(guard.Token(token)) {
			return Last
		}
		return NotLast
	})
}

func resultOf(err error) string {
	switch {
	case err == nil:
		return OK
	case errors.Is(err, guard.ErrFreed):
		return Freed
	}
	return err.Error()
}
