package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quiesce/quiesce/addon"
)

// A canary is a resource that sees what is done to it after its release: its
// payload is poisoned by Close, and serves another canary at once. It also
// tells when its ops and its Close ran, by a clock that JS may read too.
type canary struct {
	number  uint64 // no other canary has it
	payload *payload
	late    atomic.Bool // a free began during one of its async looks
}

// A payload is memory that is reused, and never given back.
type payload [8]atomic.Uint64

const poison = 0xDDDDDDDDDDDDDDDD

var (
	canaries = addon.NewClass("Canary").Quiet()
	nest     canaryNest
)

// canaryNest is what all canaries share.
type canaryNest struct {
	began  time.Time
	broken atomic.Int64 // looks that saw another payload than the canary's own
	late   atomic.Int64 // canaries whose free began during an async look

	mu     sync.Mutex
	spare  []*payload // the last one is used first
	closes [][3]int64 // number, first and last moment; kept for those who ask
	kept   map[uint64]bool
}

func newCanary(number uint64) *canary {
	nest.mu.Lock()
	defer nest.mu.Unlock()
	c := &canary{number: number}
	if n := len(nest.spare); n > 0 {
		c.payload, nest.spare = nest.spare[n-1], nest.spare[:n-1]
	} else {
		c.payload = new(payload)
	}
	c.payload.fill(c.content())
	return c
}

// content is what the payload holds: never the poison, and not what the canary
// before had.
func (c *canary) content() uint64 { return bits.RotateLeft64(c.number, 17) }

func (p *payload) fill(v uint64) {
	for i := range p {
		p[i].Store(v)
	}
}

func (c *canary) Close() error {
	first := now()
	c.payload.fill(poison)
	nest.mu.Lock()
	defer nest.mu.Unlock()
	nest.spare = append(nest.spare, c.payload)
	if nest.kept[c.number] {
		delete(nest.kept, c.number)
		nest.closes = append(nest.closes, [3]int64{int64(c.number), first, now()})
	}
	return nil
}

// look reads the payload again and again.
func (c *canary) look(rounds int64) bool {
	for i := range rounds {
		for j := range c.payload {
			if c.payload[j].Load() != c.content() {
				nest.broken.Add(1)
				return false
			}
		}
		if i%64 == 63 {
			runtime.Gosched()
		}
	}
	return true
}

// lookAsync keeps its op for a while, and notices when its handle is freed.
func (c *canary) lookAsync(ctx context.Context, rounds int64) bool {
	well := c.look(rounds)
	if ctx.Err() != nil && !c.late.Swap(true) {
		nest.late.Add(1)
	}
	return well && c.look(1)
}

// now returns nanoseconds since this addon was loaded.
func now() int64 { return int64(time.Since(nest.began)) }

// takeCloses returns the Closes that were kept since it was last asked.
func takeCloses(addon.Args) (addon.Value, error) {
	nest.mu.Lock()
	defer nest.mu.Unlock()
	text, err := json.Marshal(nest.closes)
	nest.closes = nil
	return addon.String(string(text)), err
}

func openCanary(a addon.Args, kept bool) (addon.Value, error) {
	c := newCanary(uint64(a.Integer(0)))
	if kept {
		nest.mu.Lock()
		nest.kept[c.number] = true
		nest.mu.Unlock()
	}
	return canaries.Open(c), nil
}

func init() {
	nest.began, nest.kept = time.Now(), map[uint64]bool{}
	number, rounds := addon.Params{addon.IntegerParam("number")}, addon.Params{addon.IntegerParam("rounds")}
	count := func(n *atomic.Int64) func(addon.Args) (addon.Value, error) {
		return func(addon.Args) (addon.Value, error) { return addon.Integer(n.Load()), nil }
	}
	canaries.Define(
		addon.Static("open", number, func(a addon.Args) (addon.Value, error) { return openCanary(a, false) }),
		addon.Static("openKept", number, func(a addon.Args) (addon.Value, error) { return openCanary(a, true) }),
		addon.Static("now", nil, func(addon.Args) (addon.Value, error) { return addon.Integer(now()), nil }),
		addon.Static("broken", nil, count(&nest.broken)),
		addon.Static("late", nil, count(&nest.late)),
		addon.Static("takeCloses", nil, takeCloses),
		addon.Sync("look", rounds, func(c *canary, a addon.Args) (addon.Value, error) {
			return addon.Bool(c.look(a.Integer(0))), nil
		}),
		addon.Async("lookAsync", rounds, func(ctx context.Context, c *canary, a addon.Args) (addon.Value, error) {
			return addon.Bool(c.lookAsync(ctx, a.Integer(0))), nil
		}),
		// The first and the last moment of the op, as text: "12 34".
		addon.Sync("times", rounds, func(c *canary, a addon.Args) (addon.Value, error) {
			first := now()
			c.look(a.Integer(0))
			return addon.String(fmt.Sprint(first, now())), nil
		}),
	)
}
