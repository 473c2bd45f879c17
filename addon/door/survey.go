package door

import (
	"cmp"
	"slices"
	"time"

	"github.com/quiesce/quiesce/guard"
)

// A survey is what an inspector and the metrics are made of: counts of all
// handles, and some of the handles themselves.
type survey struct {
	Total   int           `json:"total"`
	States  []stateCount  `json:"states"`
	Methods []methodCount `json:"methods"`
	Handles []handleInfo  `json:"handles"`
}

type stateCount struct {
	Class string `json:"class"`
	State string `json:"state"`
	Count int    `json:"count"`
}

type methodCount struct {
	Class  string  `json:"class"`
	Method string  `json:"method"`
	Count  uint64  `json:"count"`
	Oldest float64 `json:"oldest"` // ms
}

// A threadCount tells how many attachments one thread holds.
type threadCount struct {
	Thread      *int64 `json:"thread"` // null where it is not known
	Attachments int    `json:"attachments"`
}

// SetThread tells the env's worker_threads.threadId.
func SetThread(env uint64, thread int64) {
	if e := envOf(env); e != nil {
		e.thread.Store(thread)
	}
}

// Survey answers a survey with at most `limit` handles, as JSON. Those that are
// being freed or have ops in flight come first, each kind in the order of slots.
func Survey(limit uint64, out *Wire) {
	ops := opsInFlight()
	all := table.Handles()
	s := survey{Total: len(all), States: countStates(all), Methods: countMethods(ops)}
	chosen := choose(all, int(min(limit, uint64(len(all)))))
	s.Handles = describeHandles(chosen, ops)
	if len(chosen) > 0 {
		threads := attachmentsByThread(chosen)
		for i := range s.Handles {
			s.Handles[i].Threads = threads[chosen[i].Token()]
		}
	}
	storeJSON(out, &s)
}

func countStates(all []*guard.Handle) []stateCount {
	counts := map[stateCount]int{}
	for _, h := range all {
		state, _ := h.State()
		counts[stateCount{Class: classOf(h).name, State: state.String()}]++
	}
	list := make([]stateCount, 0, len(counts))
	for c, n := range counts {
		c.Count = n
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b stateCount) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.State, b.State))
	})
	return list
}

func countMethods(ops map[guard.Token][]opInfo) []methodCount {
	counts := map[[2]string]*methodCount{}
	for token, infos := range ops {
		h, err := table.Lookup(token)
		if err != nil { // released since
			continue
		}
		for _, info := range infos {
			key := [2]string{classOf(h).name, info.Method}
			c := counts[key]
			if c == nil {
				c = &methodCount{Class: key[0], Method: key[1]}
				counts[key] = c
			}
			c.Count += uint64(info.Count)
			c.Oldest = max(c.Oldest, info.AgeMs)
		}
	}
	list := make([]methodCount, 0, len(counts))
	for _, c := range counts {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b methodCount) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Method, b.Method))
	})
	return list
}

// choose returns n of the handles, the busy ones first.
func choose(all []*guard.Handle, n int) []*guard.Handle {
	var busy, idle []*guard.Handle
	for _, h := range all {
		if state, ops := h.State(); state != guard.Open || ops > 0 {
			busy = append(busy, h)
		} else if len(idle) < n {
			idle = append(idle, h)
		}
	}
	return append(busy, idle...)[:n:n]
}

// attachmentsByThread counts, for these handles, what the envs hold: wrappers,
// async calls and callbacks. Shares and children belong to no thread.
func attachmentsByThread(handles []*guard.Handle) map[guard.Token][]threadCount {
	byThread := make(map[guard.Token]map[int64]int, len(handles))
	for _, h := range handles {
		byThread[h.Token()] = nil
	}
	envs.RLock()
	for _, e := range envs.all {
		thread := e.thread.Load()
		e.eachAttachment(func(token guard.Token) {
			counts, wanted := byThread[token]
			if !wanted {
				return
			}
			if counts == nil {
				counts = map[int64]int{}
				byThread[token] = counts
			}
			counts[thread]++
		})
	}
	envs.RUnlock()
	lists := make(map[guard.Token][]threadCount, len(handles))
	for token, counts := range byThread {
		lists[token] = listThreads(counts)
	}
	return lists
}

func listThreads(counts map[int64]int) []threadCount {
	list := make([]threadCount, 0, len(counts))
	for thread, n := range counts {
		c := threadCount{Attachments: n}
		if thread >= 0 {
			c.Thread = &thread
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b threadCount) int {
		if a.Thread == nil || b.Thread == nil {
			return cmp.Compare(b.Attachments, a.Attachments)
		}
		return cmp.Compare(*a.Thread, *b.Thread)
	})
	return list
}

// eachAttachment yields the handle of each attachment that the env holds.
func (e *Env) eachAttachment(yield func(guard.Token)) {
	if e.native.Attachments != nil {
		e.native.Attachments(yield)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, p := range e.pending {
		for pass := range p.passes {
			if h := pass.op.Handle(); pass.attached && h != nil {
				yield(h.Token())
			}
		}
	}
	for _, h := range e.callbacks {
		if h != nil {
			yield(h.Token())
		}
	}
}

// describeHandles describes handles, with the ops in flight of each.
func describeHandles(handles []*guard.Handle, ops map[guard.Token][]opInfo) []handleInfo {
	list := make([]handleInfo, 0, len(handles))
	for _, h := range handles {
		list = append(list, describeHandle(h, ops[h.Token()]))
	}
	return list
}

func describeHandle(h *guard.Handle, ops []opInfo) handleInfo {
	state, inFlight := h.State()
	info := handleInfo{
		Token:       uint64(h.Token()),
		Class:       classOf(h).name,
		State:       state.String(),
		InFlight:    inFlight,
		Ops:         append([]opInfo{}, ops...),
		Attachments: h.Attachments(),
		AgeMs:       milliseconds(time.Since(h.Opened())),
		Site:        h.Site(),
	}
	if parent := h.Parent(); parent != nil {
		info.Parent = uint64(parent.Token())
	}
	for _, child := range h.Children() {
		info.Ops = append(info.Ops, opInfo{
			Method: "child " + classOf(child).name, Count: 1, AgeMs: milliseconds(time.Since(child.Opened())),
		})
	}
	return info
}
