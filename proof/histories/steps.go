package histories

import (
	"math"

	"github.com/anishathalye/porcupine"
)

// A stepper takes the calls of a history apart into what happens at one moment.
// Each step lies somewhere between two times, and the checker looks for an
// order of all that respects them.
//
//   - open, enter, leave, attach: one step within the call.
//   - free: who loses has one step, begin. Who wins has two: begin sets freeing,
//     and the outcome is when he knows how it ended. Between them enters are
//     refused, ops leave, and Close runs. If a free were one step, an op that is
//     refused while the free waits, and an op that leaves after that, could not
//     both be explained. A promise is got after begin, so that begin lies within
//     the call even then.
//   - detach: the last one to go takes the count to zero, and then begins the
//     free; between the two an attach is refused already, but an op still
//     enters. JS is not told who was last, so each has the second step.
//   - close: the release, when the ops have drained, is before the first line of
//     Close; an op that leaves after it was used under a Close. The slot is
//     given back somewhere after the last line. Without a resource nobody tells
//     when: then both are anywhere after the open.
type stepper struct {
	history *History
	opened  map[uint64]int64 // token -> when its open was called
	list    []porcupine.Operation
}

func steps(h *History) []porcupine.Operation {
	s := &stepper{history: h, opened: map[uint64]int64{}}
	for i := range h.Calls {
		if c := &h.Calls[i]; c.Kind == Open {
			s.opened[c.Token] = c.Call
		}
	}
	for i := range h.Calls {
		s.take(&h.Calls[i])
	}
	return s.list
}

// add adds a step that happens somewhere between two times.
func (s *stepper) add(c *Call, what step, from, to int64) {
	in := input{step: what, slot: c.slot(), generation: c.generation(), waits: c.Deadline > 0}
	if what == stepOutcome && c.Result == TimedOut {
		in.late = s.hasLateEnter(c)
	}
	s.list = append(s.list, porcupine.Operation{ClientId: c.Thread, Input: in, Output: c.Result, Call: from, Return: to})
}

func (s *stepper) take(c *Call) {
	switch c.Kind {
	case Open:
		s.add(c, stepOpen, c.Call, c.Return)
		if s.history.Bare {
			s.release(c, math.MaxInt64, c.Call)
		}
	case Enter:
		s.add(c, stepEnter, c.Call, c.Return)
	case Leave:
		s.add(c, stepLeave, c.Call, c.Return)
	case Attach:
		s.add(c, stepAttach, c.Call, c.Return)
	case Free:
		s.add(c, stepBegin, c.Call, c.Return)
		if c.Result != AlreadyFreeing {
			s.add(c, stepOutcome, c.Call, c.end())
		}
	case Detach:
		s.add(c, stepDetach, c.Call, c.Return)
		if c.Result != NotLast {
			s.add(c, stepBeginLast, c.Call, c.Return)
		}
	case Close:
		s.release(c, c.Call, c.Return)
	}
}

// release adds the steps around a Close that runs from first to last.
func (s *stepper) release(c *Call, first, last int64) {
	s.add(c, stepRelease, s.opened[c.Token], first)
	s.add(c, stepGone, last, math.MaxInt64)
}

// hasLateEnter reports whether an enter that was refused overlaps the free. An
// enter adds first and looks afterwards: for a moment it counts as an op, and
// a free which looks once may give up because of it.
func (s *stepper) hasLateEnter(free *Call) bool {
	for i := range s.history.Calls {
		c := &s.history.Calls[i]
		if c.Kind == Enter && c.Result == Freed && c.Token == free.Token && c.Call <= free.end() && free.Call <= c.Return {
			return true
		}
	}
	return false
}
