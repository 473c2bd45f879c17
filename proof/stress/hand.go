package stress

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/quiesce/quiesce/guard"
)

// A hand is one goroutine's part.
type hand struct {
	*field
	Tally
	random *rand.Rand
	stale  guard.Token
}

// chunk is how many pairs a hand takes at a time.
const chunk = 256

func (w *hand) work() error {
	for w.left.Add(-chunk) >= 0 {
		for range chunk {
			w.use()
			if err := w.replace(); err != nil {
				return err
			}
			if w.broken.Load() {
				return nil
			}
		}
		w.Pairs += chunk
	}
	return nil
}

// use tries one op. Most tokens are those of handles that are open, or were a
// moment ago.
func (w *hand) use() {
	r := w.random.Uint32()
	token := guard.Token(w.cells[r%cells].Load())
	if r>>8%8 == 0 {
		token, w.stale = w.stale, token
	}
	op, err := w.table.Enter(token)
	if err != nil {
		w.Refused++
		return
	}
	defer op.Leave()
	w.Entered++
	if h := op.Handle(); h == nil || h.Token() != token {
		w.fail()
		return
	}
	c := op.Resource().(*canary)
	w.look(c, token)
	if r>>16%16 == 0 {
		runtime.Gosched() // somebody else replaces the handle now, most probably
		w.look(c, token)
	}
	if op.Handle().Freeing() && !c.overlapped.Swap(true) {
		w.Overlaps++
	}
	w.look(c, token)
}

func (w *hand) look(c *canary, token guard.Token) {
	if c.token != token || !c.payload().holds(uint64(token)) {
		w.fail()
	}
}

func (w *hand) fail() {
	w.Broken++
	w.broken.Store(true)
}

// replace opens a handle in the place of another, and frees that one.
func (w *hand) replace() error {
	r := w.random.Uint32()
	old, err := w.plant(int(r % cells))
	if err != nil {
		return err
	}
	deadline := [...]time.Duration{0, 0, 20 * time.Microsecond, time.Minute}[r>>8%4]
	outcome, err := w.table.Free(old, deadline)
	if err != nil {
		return err
	}
	switch outcome {
	case guard.Drained:
		w.Drained++
	case guard.TimedOut:
		w.TimedOut++
	default:
		return fmt.Errorf("the only free of %d is told: %v", old, outcome)
	}
	if r>>16%64 == 0 {
		if outcome, err := w.table.Free(old, time.Minute); outcome != guard.AlreadyFreeing || err != nil {
			return fmt.Errorf("a second free of %d is told: %v, %v", old, outcome, err)
		}
		w.Lost++
	}
	return nil
}
