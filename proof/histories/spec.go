package histories

import "github.com/anishathalye/porcupine"

// The sequential specification: what one slot does when one thing happens
// after the other. A history is explained slot by slot, since nothing that is
// done to a handle depends on another slot; but all handles of one slot go
// into one history, so that what a stale token does to the handle that came
// after its own is seen.
//
// Not every call happens at one moment. What does, is a step; steps.go makes
// them of the calls.
type step uint8

const (
	stepOpen      step = iota // the next generation of the slot is there
	stepEnter                 // an op begins, or is refused
	stepLeave                 // the op has ended
	stepBegin                 // a free sets freeing, or finds it set
	stepOutcome               // the winner of a free knows how it ended
	stepDetach                // an attachment is given back
	stepBeginLast             // who took the last attachment begins the free
	stepAttach                // an attachment is added, or refused
	stepRelease               // the ops have drained, Close may begin
	stepGone                  // Close has returned, the slot is free
)

// An input is what Porcupine calls one.
type input struct {
	step
	slot       uint64
	generation uint32
	waits      bool // the free has a deadline above zero
	late       bool // an enter that was refused overlaps the free: see hasLateEnter
}

type phase uint8

const (
	unused    phase = iota
	open            // ops enter
	freeing         // they are refused, and waited for
	abandoned       // the winner has given up
	closing         // Close runs
	gone            // the slot is free
)

// A slotState is that of one slot.
type slotState struct {
	generation       uint32
	phase            phase
	ops, attachments int32
}

var model = porcupine.Model{
	Partition: bySlot,
	Init:      func() any { return slotState{} },
	Step: func(s, in, out any) (bool, any) {
		state := s.(slotState)
		legal := state.take(in.(input), out.(string))
		return legal, state
	},
}

func bySlot(history []porcupine.Operation) [][]porcupine.Operation {
	var list [][]porcupine.Operation
	number := map[uint64]int{}
	for _, op := range history {
		slot := op.Input.(input).slot
		if _, known := number[slot]; !known {
			number[slot] = len(list)
			list = append(list, nil)
		}
		list[number[slot]] = append(list[number[slot]], op)
	}
	return list
}

// take makes the step and reports whether it may have that result now.
func (s *slotState) take(in input, result string) bool {
	if in.step == stepOpen {
		return s.open(in.generation, result)
	}
	if in.generation > s.generation {
		return false // nobody has the token of a handle that is not there yet
	}
	if in.generation < s.generation {
		return staleResult(in, result)
	}
	switch in.step {
	case stepEnter:
		return s.enter(result)
	case stepLeave:
		s.ops--
		return s.ops >= 0 && s.phase < closing
	case stepBegin:
		return s.begin(result)
	case stepOutcome:
		return s.outcome(in, result)
	case stepAttach:
		return s.attach(result)
	case stepDetach:
		return s.detach(result)
	case stepBeginLast:
		if s.attachments == 0 && s.phase == open {
			s.phase = freeing
		}
		return true
	case stepRelease:
		mayClose := s.ops == 0 && (s.phase == freeing || s.phase == abandoned)
		s.phase = closing
		return mayClose
	}
	closed := s.phase == closing
	s.phase = gone
	return closed
}

// staleResult tells of a token whose slot another handle has by now: whatever
// is done with it is refused, and touches nothing. Only he who freed that
// handle may yet hear of it.
func staleResult(in input, result string) bool {
	switch in.step {
	case stepEnter, stepAttach:
		return result == Freed
	case stepBegin:
		return result == AlreadyFreeing
	case stepOutcome:
		return result == Drained || result == TimedOut && in.waits
	case stepDetach:
		return result != Last
	}
	return in.step == stepBeginLast
}

// open recycles a slot only after Close has returned, and only under the next
// generation. What the first one is, nobody knows before.
func (s *slotState) open(generation uint32, result string) bool {
	legal := s.phase == unused || s.phase == gone && generation == s.generation+1
	*s = slotState{generation: generation, phase: open, attachments: 1}
	return legal && result == OK
}

func (s *slotState) enter(result string) bool {
	if s.phase != open {
		return result == Freed
	}
	s.ops++
	return result == OK
}

func (s *slotState) begin(result string) bool {
	if s.phase != open {
		return result == AlreadyFreeing
	}
	s.phase = freeing
	return result == Drained || result == TimedOut
}

// outcome is known to a winner who drained only after Close. There are two
// ways to time out: with ops in flight, of which the last one then releases;
// or, with a deadline above zero, in Close.
func (s *slotState) outcome(in input, result string) bool {
	if result == Drained {
		return s.phase == gone
	}
	if s.phase == freeing && (s.ops > 0 || in.late) {
		s.phase = abandoned
		return true
	}
	return in.waits && s.phase >= closing
}

// attach never adds the first attachment.
func (s *slotState) attach(result string) bool {
	if s.phase != open || s.attachments == 0 {
		return result == Freed
	}
	s.attachments++
	return result == OK
}

// detach goes on while the handle is being freed; what it says then does not
// matter to anybody. JS is not told whether it was the last.
func (s *slotState) detach(result string) bool {
	if s.phase == gone || s.attachments == 0 {
		return result != Last
	}
	s.attachments--
	return result == "" || (result == Last) == (s.attachments == 0)
}
