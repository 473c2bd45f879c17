package histories

import (
	"math"

	"github.com/anishathalye/porcupine"
)

// steps takes the calls of a history apart into what happens at one moment.
// Each step lies somewhere between two times, and the checker looks for an
// order of all that respects them.
//
//   - open, enter, leave, attach: one step within the call.
//   - free: who loses has one step, begin. Who wins has two: begin sets freeing,
//     and the outcome is when he knows how it ended. Between them enters are
//     refused, ops leave, and Close runs. One atomic free would say that an op
//     which was refused before the free returned came after it. A promise is
//     got after begin, so that begin lies within the call even then.
//   - detach: the last one to go takes the count to zero, and then begins the
//     free; between the two an attach is refused already, but an op still
//     enters. JS is not told who was last, so each has the second step.
//   - close: the release, when the ops have drained, is before the first line of
//     Close; an op that leaves after it was used under a Close. The slot is
//     given back somewhere after the last line. Without a resource nobody tells
//     when: then both are anywhere after the open.
func steps(h *History) []porcupine.Operation {
	var list []porcupine.Operation
	add := func(c *Call, s step, from, to int64) {
		in := input{step: s, slot: c.slot(), generation: c.generation(), waits: c.Deadline > 0}
		if s == stepOutcome && c.Result == TimedOut {
			in.late = hasLateEnter(h, c)
		}
		list = append(list, porcupine.Operation{ClientId: c.Thread, Input: in, Output: c.Result, Call: from, Return: to})
	}
	opened := map[uint64]int64{}
	for i := range h.Calls {
		if c := &h.Calls[i]; c.Kind == Open {
			opened[c.Token] = c.Call
		}
	}
	for i := range h.Calls {
		c := &h.Calls[i]
		switch c.Kind {
		case Open:
			add(c, stepOpen, c.Call, c.Return)
			if h.Bare {
				add(c, stepRelease, c.Call, math.MaxInt64)
				add(c, stepGone, c.Call, math.MaxInt64)
			}
		case Enter:
			add(c, stepEnter, c.Call, c.Return)
		case Leave:
			add(c, stepLeave, c.Call, c.Return)
		case Attach:
			add(c, stepAttach, c.Call, c.Return)
		case Free:
			add(c, stepBegin, c.Call, c.Return)
			if c.Result != AlreadyFreeing {
				add(c, stepOutcome, c.Call, c.end())
			}
		case Detach:
			add(c, stepDetach, c.Call, c.Return)
			if c.Result != NotLast {
				add(c, stepBeginLast, c.Call, c.Return)
			}
		case Close:
			add(c, stepRelease, opened[c.Token], c.Call)
			add(c, stepGone, c.Return, math.MaxInt64)
		}
	}
	return list
}

// hasLateEnter reports whether an enter that was refused overlaps the free. An
// enter adds first and looks afterwards: for a moment it counts as an op, and
// a free which looks once may give up because of it.
func hasLateEnter(h *History, free *Call) bool {
	for i := range h.Calls {
		c := &h.Calls[i]
		if c.Kind == Enter && c.Result == Freed && c.Token == free.Token && c.Call <= free.end() && free.Call <= c.Return {
			return true
		}
	}
	return false
}
