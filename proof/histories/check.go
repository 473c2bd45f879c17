package histories

import (
	"fmt"
	"time"

	"github.com/anishathalye/porcupine"
)

// patience bounds the search for an order; a history of twenty calls takes
// well below a millisecond.
const patience = 20 * time.Second

// Check returns what is wrong with a history, or "".
func Check(h *History) string {
	if problem := checkLives(h); problem != "" {
		return problem
	}
	if problem := checkDeadlines(h); problem != "" {
		return problem
	}
	switch porcupine.CheckOperationsTimeout(model, steps(h), patience) {
	case porcupine.Ok:
		return ""
	case porcupine.Illegal:
		return "no order of the calls explains the results"
	}
	return fmt.Sprintf("no order was found in %v", patience)
}

// checkLives demands one Close for each handle, which no order of calls says:
// a release that never comes contradicts nothing that did.
func checkLives(h *History) string {
	if h.Bare {
		return ""
	}
	closes := map[uint64]int{}
	for _, c := range h.Calls {
		if c.Kind == Close {
			closes[c.Token]++
		}
	}
	for _, c := range h.Calls {
		if n := closes[c.Token]; c.Kind == Open && n != 1 {
			return fmt.Sprintf("handle %d:%d was closed %d times", c.slot(), c.generation(), n)
		}
	}
	return ""
}

// checkDeadlines demands that who timed out has waited for as long as he said.
func checkDeadlines(h *History) string {
	for _, c := range h.Calls {
		if c.Kind == Free && c.Result == TimedOut && c.end()-c.Call < c.Deadline {
			return fmt.Sprintf("a free of %d:%d timed out before its deadline", c.slot(), c.generation())
		}
	}
	return ""
}
