package histories

import "testing"

// call makes one on generation g of slot 1.
func call(thread int, kind Kind, g uint64, result string, from, to int64) Call {
	return Call{Thread: thread, Kind: kind, Token: 1<<32 | g, Result: result, Call: from, Return: to}
}

func free(thread int, g uint64, deadline int64, result string, from, to int64) Call {
	c := call(thread, Free, g, result, from, to)
	c.Deadline = deadline
	return c
}

// Each history begins with generation 7, opened from 0 to 1, unless it says
// otherwise.
var specification = []struct {
	what  string
	legal bool
	calls []Call
}{
	{"a free drains after Close", true, []Call{
		free(1, 7, 0, Drained, 10, 20), call(-1, Close, 7, "", 12, 14),
	}},
	{"a free drains before Close has returned", false, []Call{
		free(1, 7, 0, Drained, 10, 20), call(-1, Close, 7, "", 12, 22),
	}},
	{"an op is refused before the free that waits has returned, and the op before it leaves later", true, []Call{
		call(1, Enter, 7, OK, 2, 3), free(2, 7, 1000, Drained, 10, 50), call(3, Enter, 7, Freed, 15, 16),
		call(1, Leave, 7, "", 30, 31), call(-1, Close, 7, "", 40, 41),
	}},
	{"an op is refused before anybody frees", false, []Call{
		call(1, Enter, 7, Freed, 2, 3), free(2, 7, 1000, Drained, 10, 50), call(-1, Close, 7, "", 40, 41),
	}},
	{"an op enters while the free begins", true, []Call{
		free(2, 7, 1000, Drained, 10, 50), call(1, Enter, 7, OK, 12, 13), call(1, Leave, 7, "", 14, 15),
		call(-1, Close, 7, "", 40, 41),
	}},
	{"an op enters after one was refused", false, []Call{
		free(2, 7, 1000, Drained, 10, 50), call(3, Enter, 7, Freed, 11, 12), call(1, Enter, 7, OK, 13, 14),
		call(1, Leave, 7, "", 15, 16), call(-1, Close, 7, "", 40, 41),
	}},
	{"Close begins before the op has left", false, []Call{
		call(1, Enter, 7, OK, 2, 3), free(2, 7, 1000, Drained, 10, 50), call(1, Leave, 7, "", 30, 31),
		call(-1, Close, 7, "", 29, 40),
	}},
	{"two frees win", false, []Call{
		free(1, 7, 0, Drained, 10, 20), free(2, 7, 0, Drained, 10, 20), call(-1, Close, 7, "", 12, 14),
	}},
	{"nobody wins", false, []Call{
		free(1, 7, 0, AlreadyFreeing, 10, 20), free(2, 7, 0, AlreadyFreeing, 10, 20), call(-1, Close, 7, "", 12, 14),
	}},
	{"a look times out over an op, which then releases", true, []Call{
		call(1, Enter, 7, OK, 2, 3), free(2, 7, 0, TimedOut, 10, 11), call(1, Leave, 7, "", 30, 31),
		call(-1, Close, 7, "", 32, 33),
	}},
	{"a look times out over nothing", false, []Call{
		free(2, 7, 0, TimedOut, 10, 11), call(-1, Close, 7, "", 32, 33),
	}},
	{"a look times out over an enter that is refused in the end", true, []Call{
		free(2, 7, 0, TimedOut, 10, 20), call(1, Enter, 7, Freed, 9, 15), call(-1, Close, 7, "", 32, 33),
	}},
	{"a free times out before its deadline", false, []Call{
		call(1, Enter, 7, OK, 2, 3), free(2, 7, 100, TimedOut, 10, 11), call(1, Leave, 7, "", 30, 31),
		call(-1, Close, 7, "", 32, 33),
	}},
	{"a free times out in Close", true, []Call{
		free(2, 7, 100, TimedOut, 10, 111), call(-1, Close, 7, "", 12, 333),
	}},
	{"a handle is never closed", false, []Call{
		call(1, Enter, 7, OK, 2, 3), free(2, 7, 0, TimedOut, 10, 11), call(1, Leave, 7, "", 30, 31),
	}},
	{"the last detach refuses an attach before it refuses an op", true, []Call{
		call(1, Detach, 7, Last, 10, 20), call(2, Attach, 7, Freed, 11, 12), call(2, Enter, 7, OK, 13, 14),
		call(2, Leave, 7, "", 15, 16), call(-1, Close, 7, "", 30, 31),
	}},
	{"an op enters after the last detach has returned", false, []Call{
		call(1, Detach, 7, Last, 10, 11), call(2, Enter, 7, OK, 13, 14), call(2, Leave, 7, "", 15, 16),
		call(-1, Close, 7, "", 30, 31),
	}},
	{"an attach keeps the handle open", true, []Call{
		call(2, Attach, 7, OK, 2, 3), call(1, Detach, 7, NotLast, 10, 11), call(2, Enter, 7, OK, 13, 14),
		call(2, Leave, 7, "", 15, 16), free(2, 7, 0, Drained, 20, 30), call(-1, Close, 7, "", 21, 22),
	}},
	{"an attach succeeds after the last detach", false, []Call{
		call(1, Detach, 7, Last, 10, 11), call(2, Attach, 7, OK, 13, 14), call(-1, Close, 7, "", 30, 31),
	}},
	{"a detach of two is the last", false, []Call{
		call(2, Attach, 7, OK, 2, 3), call(1, Detach, 7, Last, 10, 11), call(-1, Close, 7, "", 30, 31),
	}},
	{"a slot is used again under the next generation", true, []Call{
		free(1, 7, 0, Drained, 10, 20), call(-1, Close, 7, "", 12, 14), call(2, Open, 8, OK, 13, 30),
		call(3, Enter, 7, Freed, 40, 41), call(3, Detach, 7, NotLast, 42, 43), call(3, Enter, 8, OK, 44, 45),
		call(3, Leave, 8, "", 46, 47), free(1, 8, 0, Drained, 50, 60), call(-1, Close, 8, "", 52, 54),
	}},
	{"a slot is used again before Close has returned", false, []Call{
		free(1, 7, 0, Drained, 10, 20), call(-1, Close, 7, "", 12, 19), call(2, Open, 8, OK, 13, 18),
		free(1, 8, 0, Drained, 50, 60), call(-1, Close, 8, "", 52, 54),
	}},
	{"a slot is used again under the same generation", false, []Call{
		free(1, 7, 0, Drained, 10, 20), call(-1, Close, 7, "", 12, 14), call(2, Open, 7, OK, 23, 30),
	}},
	{"a stale token enters the next handle", false, []Call{
		free(1, 7, 0, Drained, 10, 20), call(-1, Close, 7, "", 12, 14), call(2, Open, 8, OK, 23, 30),
		call(3, Enter, 7, OK, 40, 41), call(3, Leave, 7, "", 42, 43), free(1, 8, 0, Drained, 50, 60),
		call(-1, Close, 8, "", 52, 54),
	}},
}

func TestSpecification(t *testing.T) {
	for _, s := range specification {
		h := &History{Calls: append([]Call{call(0, Open, 7, OK, 0, 1)}, s.calls...)}
		if problem := Check(h); (problem == "") != s.legal {
			t.Errorf("%s: %q\n%v", s.what, problem, h)
		}
	}
}

// A handle without a resource is released when nobody tells.
func TestSpecificationOfBareHandles(t *testing.T) {
	calls := []Call{
		call(0, Open, 7, OK, 0, 1), call(1, Enter, 7, OK, 2, 3), free(2, 7, 0, TimedOut, 10, 11),
		call(1, Leave, 7, "", 30, 31), call(2, Open, 8, OK, 32, 33), free(2, 8, 0, Drained, 40, 41),
	}
	if problem := Check(&History{Bare: true, Calls: calls}); problem != "" {
		t.Error(problem)
	}
	calls[4].Call, calls[4].Return = 28, 29 // the slot is used again before the op has left
	if Check(&History{Bare: true, Calls: calls}) == "" {
		t.Error("accepted")
	}
}

func TestRecordedHistoriesAreExplained(t *testing.T) {
	recorder := NewRecorder(1, patience)
	var tally Tally
	for range 300 {
		h, err := recorder.Record()
		if err == nil {
			err = tally.Add(h)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
