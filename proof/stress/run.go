package stress

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/quiesce/quiesce/guard"
)

// A Result is what a run has found. Opened and the rest are sums over all
// tables at their ends, when everything has been freed.
type Result struct {
	Tally
	Closed    int64  `json:"closed"`
	Opened    uint64 `json:"opened"`
	Released  uint64 `json:"released"`
	Live      uint64 `json:"live"`
	Abandoned uint64 `json:"abandoned"`
	Ops       uint64 `json:"ops"`
	Tables    int    `json:"tables"`
	Striped   int    `json:"striped"` // tables with slots that ran hot
}

// perTable is how many pairs are made with one table at most. Every other one
// is told that its handles run hot.
const perTable = 1 << 20

// Run makes so many pairs with n goroutines. Each second it tells how many are
// left. It stops at the first op that saw what it should not.
func Run(pairs int64, n int, tell func(left int64)) (Result, error) {
	var r Result
	each := min(perTable, (pairs+1)/2)
	for left := pairs; left > 0; left -= each {
		others := max(0, left-each)
		f := &field{hot: r.Tables%2 == 1}
		if err := r.run(f, left-others, n, func(left int64) { tell(others + left) }); err != nil || r.Broken > 0 {
			return r, err
		}
	}
	return r, nil
}

// run does that on one table.
func (r *Result) run(f *field, pairs int64, n int, tell func(left int64)) error {
	f.left.Store((pairs + chunk - 1) / chunk * chunk)
	for cell := range cells {
		if _, err := f.plant(cell); err != nil {
			return err
		}
	}
	hands := make([]*hand, n)
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range hands {
		hands[i] = &hand{field: f, random: rand.New(rand.NewPCG(rand.Uint64(), uint64(i)))}
		all.Go(func() { errs[i] = hands[i].work() })
	}
	over := make(chan struct{})
	go func() { all.Wait(); close(over) }()
	for running := true; running; {
		select {
		case <-over:
			running = false
		case <-time.After(time.Second):
			tell(f.left.Load())
		}
	}
	for _, w := range hands {
		r.Tally.add(&w.Tally)
	}
	err := errors.Join(errs...)
	if err == nil && r.Broken == 0 {
		err = f.end()
	}
	r.addTable(f)
	return err
}

func (r *Result) addTable(f *field) {
	stats := f.table.Stats()
	r.Closed += f.closed.Load()
	r.Opened += stats.Opened
	r.Released += stats.Released
	r.Live += stats.Live
	r.Abandoned += stats.Abandoned
	r.Ops += f.table.Ops()
	r.Tables++
	if stats.Mapped > guard.ChunkSlots*guard.SlotSize {
		r.Striped++
	}
}

func (t *Tally) add(u *Tally) {
	t.Pairs += u.Pairs
	t.Entered += u.Entered
	t.Refused += u.Refused
	t.Drained += u.Drained
	t.TimedOut += u.TimedOut
	t.Lost += u.Lost
	t.Overlaps += u.Overlaps
	t.Broken += u.Broken
}

// end frees what is left, waits for what timed out, and looks at all memory
// that was used.
func (f *field) end() error {
	for _, h := range f.table.Handles() {
		if outcome, err := f.table.Free(h.Token(), time.Minute); outcome == guard.TimedOut || err != nil {
			return fmt.Errorf("the last free of %d is told: %v, %v", h.Token(), outcome, err)
		}
		select {
		case <-h.Done():
		case <-time.After(time.Minute):
			return fmt.Errorf("handle %d was not released in a minute", h.Token())
		}
	}
	for i := range f.table.Stats().Slots {
		if !f.payloads[i].holds(poison) {
			return fmt.Errorf("the payload of slot %d is not poisoned", i)
		}
	}
	return nil
}
