package histories

import "slices"

// Falsified returns copies of a history in which one thing has been changed so
// that no order can explain it any more: a checker that accepts one of them
// sees nothing.
func Falsified(h *History) []*History {
	var list []*History
	for i := range h.Calls {
		for _, forge := range []func(*History, int) bool{secondWinner, lateOp, earlyRelease, secondClose} {
			f := &History{Bare: h.Bare, Calls: slices.Clone(h.Calls)}
			if forge(f, i) {
				list = append(list, f)
			}
		}
	}
	return list
}

// secondWinner has a free that lost win, beside the one that did.
func secondWinner(h *History, i int) bool {
	c := &h.Calls[i]
	if c.Kind != Free || c.Result != AlreadyFreeing {
		return false
	}
	c.Result = Drained
	return slices.ContainsFunc(h.Calls, func(d Call) bool {
		return d != *c && d.Token == c.Token && d.Kind == Free && d.Result == Drained
	})
}

// lateOp lets an op in that was refused after a free had returned.
func lateOp(h *History, i int) bool {
	c := &h.Calls[i]
	if c.Kind != Enter || c.Result != Freed {
		return false
	}
	late := slices.ContainsFunc(h.Calls, func(d Call) bool {
		return d.Token == c.Token && d.Kind == Free && d.Return < c.Call
	})
	c.Result = OK
	h.Calls = append(h.Calls, Call{Thread: c.Thread, Kind: Leave, Token: c.Token, Call: c.Return, Return: c.Return})
	return late
}

// earlyRelease has an op that had left before Close go on into it.
func earlyRelease(h *History, i int) bool {
	c := &h.Calls[i]
	if c.Kind != Leave || h.Bare {
		return false
	}
	for _, d := range h.Calls {
		if d.Token == c.Token && d.Kind == Close {
			c.Call, c.Return = max(c.Call, d.Call+1), max(c.Return, d.Call+1)
			return true
		}
	}
	return false
}

// secondClose closes a handle twice.
func secondClose(h *History, i int) bool {
	c := h.Calls[i]
	if c.Kind != Close {
		return false
	}
	h.Calls = append(h.Calls, c)
	return true
}
