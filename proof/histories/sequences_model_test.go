package histories

import (
	"slices"
	"time"

	"github.com/quiesce/quiesce/guard"
)

// A plainTable is what a guard.Table should do when one thing happens after
// the other, without a bit of its code: no words, no slots, no goroutines.
// Time is a number that somebody sets.
type plainTable struct {
	now     time.Duration
	handles []*plainHandle // in the order in which they were opened
	frees   []*plainFree
	peak    int // most handles that were live at a time
}

type plainHandle struct {
	token     guard.Token
	parent    *plainHandle
	attached  bool // it is an attachment of its parent
	closeFor  time.Duration
	failing   bool // Close returns an error
	phase     phase
	ops       int // holds of children included
	attachs   int
	shares    []time.Duration // when they expire, in the order in which they came
	releaseAt time.Duration
}

// A plainFree is a free that was won.
type plainFree struct {
	handle   *plainHandle
	children []*plainFree
	drainBy  time.Duration
	closeBy  time.Duration
	known    bool // the outcome is; the rest tells of it
	outcome  guard.Outcome
	failed   bool
	at       time.Duration
}

func (p *plainTable) live() (n int) {
	for _, h := range p.handles {
		if h.phase != gone {
			n++
		}
	}
	return n
}

func (p *plainTable) open(h *plainHandle) *plainHandle {
	h.phase, h.attachs = open, 1
	p.handles = append(p.handles, h)
	p.peak = max(p.peak, p.live())
	return h
}

// openChild is called inside an op of the parent. A child of a parent that is
// being freed is freed by whoever added it.
func (p *plainTable) openChild(parent, h *plainHandle) (refused bool) {
	h.parent = parent
	parent.ops++
	p.open(h)
	if parent.phase != open {
		p.begin(h, guard.DefaultDeadline)
		return true
	}
	h.attached = true
	parent.attachs++
	return false
}

// begin returns nil to those who lose.
func (p *plainTable) begin(h *plainHandle, deadline time.Duration) *plainFree {
	if h.phase != open {
		return nil
	}
	h.phase, h.shares = freeing, nil
	f := &plainFree{handle: h, drainBy: p.now + deadline, closeBy: p.now + deadline}
	if deadline == 0 {
		f.closeBy = p.now + guard.DefaultDeadline
	}
	for _, child := range p.handles {
		if child.parent == h && child.attached {
			if c := p.begin(child, deadline); c != nil {
				f.children = append(f.children, c)
			}
		}
	}
	p.frees = append(p.frees, f)
	return f
}

// attach takes over the oldest share, if there is one.
func (h *plainHandle) attach() bool {
	switch {
	case h.phase != open:
		return false
	case len(h.shares) > 0:
		h.shares = h.shares[1:]
	default:
		h.attachs++
	}
	return true
}

func (p *plainTable) detach(h *plainHandle) (last bool) {
	if h.phase == gone || h.attachs == 0 {
		return false
	}
	h.attachs--
	if h.attachs == 0 {
		p.begin(h, guard.DefaultDeadline)
	}
	return h.attachs == 0
}

// advance lets time pass until then, one event after the other.
func (p *plainTable) advance(then time.Duration) {
	for p.settle(); ; p.settle() {
		next := then
		for _, t := range p.timers() {
			if t > p.now {
				next = min(next, t)
			}
		}
		if p.now == then {
			return
		}
		p.now = next
	}
}

func (p *plainTable) timers() (list []time.Duration) {
	for _, h := range p.handles {
		list = append(list, h.shares...)
		if h.phase == closing {
			list = append(list, h.releaseAt)
		}
	}
	for _, f := range p.frees {
		list = append(list, f.drainBy, f.closeBy)
	}
	return list
}

// settle does what is due now, until nothing is.
func (p *plainTable) settle() {
	for p.expireOne() || slices.ContainsFunc(p.handles, p.settleHandle) || slices.ContainsFunc(p.frees, p.settleFree) {
	}
}

func (p *plainTable) expireOne() bool {
	for _, h := range p.handles {
		for i, t := range h.shares {
			if t <= p.now {
				h.shares = slices.Delete(h.shares, i, i+1)
				p.detach(h)
				return true
			}
		}
	}
	return false
}

// settleHandle releases: what was abandoned when the last op has left, and what
// is closing when its Close is over.
func (p *plainTable) settleHandle(h *plainHandle) bool {
	switch {
	case h.phase == abandoned && h.ops == 0:
		p.startClose(h)
		return true
	case h.phase == closing && h.releaseAt <= p.now:
		h.phase = gone
		if h.parent != nil {
			h.parent.ops--
			if h.attached {
				p.detach(h.parent)
			}
		}
		return true
	}
	return false
}

func (p *plainTable) startClose(h *plainHandle) { h.phase, h.releaseAt = closing, p.now+h.closeFor }

// settleFree finds the outcome: first the children's, then the handle's own.
func (p *plainTable) settleFree(f *plainFree) bool {
	h := f.handle
	if f.known || slices.ContainsFunc(f.children, func(c *plainFree) bool { return !c.known }) {
		return false
	}
	switch {
	case h.phase == freeing && h.ops == 0:
		p.startClose(h)
		return true
	case h.phase == freeing && f.drainBy <= p.now:
		h.phase = abandoned
		f.outcome = guard.TimedOut
	case h.phase == closing && f.closeBy <= p.now:
		f.outcome = guard.TimedOut
	case h.phase == gone:
		f.outcome = guard.Drained
		f.failed = h.failing || slices.ContainsFunc(f.children, func(c *plainFree) bool { return c.failed })
	default:
		return false
	}
	f.known, f.at = true, p.now
	return true
}
