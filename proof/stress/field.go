// Package stress uses and frees handles as fast as it can, over memory that
// shows when it is used after its release.
package stress

import (
	"fmt"
	"sync/atomic"

	"github.com/quiesce/quiesce/guard"
)

const (
	cells   = 4    // handles that everybody uses and replaces
	maxSlot = 4096 // far more than are live at a time
	poison  = 0xDDDDDDDDDDDDDDDD
)

// A payload is the memory of a slot's handles, one after the other: it holds
// the token of the one that is open, or poison. It is never given back: a use
// after the release reads what is there, not what was.
type payload [8]atomic.Uint64

func (p *payload) fill(v uint64) {
	for i := range p {
		p[i].Store(v)
	}
}

func (p *payload) holds(v uint64) bool {
	for i := range p {
		if p[i].Load() != v {
			return false
		}
	}
	return true
}

// A field is a few handles that everybody uses and replaces.
type field struct {
	table    guard.Table
	cells    [cells]atomic.Uint64
	payloads [maxSlot]payload
	closed   atomic.Int64
	left     atomic.Int64 // pairs that are still to be made
	broken   atomic.Bool  // then all stop
	hot      bool         // each handle is told to run hot
}

// A canary is the resource. Its token is set before anybody else has it.
type canary struct {
	field      *field
	token      guard.Token
	overlapped atomic.Bool
}

func (c *canary) payload() *payload { return &c.field.payloads[c.token>>32%maxSlot] }

func (c *canary) Close() error {
	c.payload().fill(poison)
	c.field.closed.Add(1)
	return nil
}

// plant opens a handle and returns the token of the one that it replaces.
func (f *field) plant(cell int) (guard.Token, error) {
	c := &canary{field: f}
	h, err := f.table.Open(c, guard.Options{})
	if err != nil {
		return 0, err
	}
	if h.Token()>>32 >= maxSlot {
		return 0, fmt.Errorf("slot %d is in use, with a few handles live at a time", h.Token()>>32)
	}
	if f.hot {
		f.table.RunsHot(h.Token())
	}
	c.token = h.Token()
	c.payload().fill(uint64(c.token))
	return guard.Token(f.cells[cell].Swap(uint64(c.token))), nil
}

// A Tally counts. A pair is one op tried and one free won by one goroutine,
// each on a handle that all the others use and replace as well.
type Tally struct {
	Pairs    int64 `json:"pairs"`
	Entered  int64 `json:"entered"`
	Refused  int64 `json:"refused"`
	Drained  int64 `json:"drained"`
	TimedOut int64 `json:"timedOut"`
	Lost     int64 `json:"lost"`     // second frees, on top of the pairs
	Overlaps int64 `json:"overlaps"` // frees that began while an op was in flight
	Broken   int64 `json:"broken"`   // ops that saw what was not their handle's
}
