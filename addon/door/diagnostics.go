package door

import (
	"encoding/json"
	"math"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/quiesce/quiesce/guard"
)

// A warning is something that a user should hear of, though no call failed; one
// of the kind free is for subscribers only.
type warning struct {
	Kind  string   `json:"kind"` // leak, share, timeout, overflow or free
	Class string   `json:"class"`
	Token uint64   `json:"token"`
	Site  string   `json:"site,omitempty"`
	Ops   []opInfo `json:"ops,omitempty"`
	Limit int      `json:"limit,omitempty"`

	// Of a free: what began it, how it ended, after how many ms, and what its
	// Close failed with.
	By       string       `json:"by,omitempty"`
	Outcome  string       `json:"outcome,omitempty"`
	Duration float64      `json:"duration"`
	Error    *description `json:"error,omitempty"`
}

// Tracing is set by QUIESCE_TRACE=1. To find the ops of one handle all those of
// the process are looked at, which nobody should pay for who does not ask.
var Tracing atomic.Bool

// warnTimedOut tells which ops held the handle when its deadline passed.
func warnTimedOut(env uint64, h *guard.Handle) {
	if !Tracing.Load() && !listens(env, ListensTimeouts) {
		return
	}
	warn(env, warning{
		Kind:  "timeout",
		Class: classOf(h).name,
		Token: uint64(h.Token()),
		Site:  h.Site(),
		Ops:   opsInFlight()[h.Token()],
	})
}

type opInfo struct {
	Method string  `json:"method"`
	Count  uint32  `json:"count"`
	AgeMs  float64 `json:"age"`
}

type handleInfo struct {
	Token       uint64   `json:"token"`
	Class       string   `json:"class"`
	State       string   `json:"state"`
	InFlight    int      `json:"inFlight"`
	Ops         []opInfo `json:"ops"`
	Attachments int      `json:"attachments"`
	// Threads says who has them, as far as they belong to a thread; in a survey.
	Threads []threadCount `json:"threads,omitempty"`
	Parent  uint64        `json:"parent,omitempty"`
	AgeMs   float64       `json:"age"`
	Site    string        `json:"site,omitempty"`
}

// Handles describes every live handle, as JSON.
func Handles(out *Wire) {
	ops := opsInFlight()
	storeJSON(out, describeHandles(table.Handles(), ops))
}

// Stats answers the table's counts and the ops in flight, as JSON. The ops are
// counted by env, so that their number is told at once however many handles
// there are.
func Stats(out *Wire) {
	var s struct {
		guard.Stats
		Ops    uint64 `json:"ops"`
		Leaked uint64 `json:"leaked"`
	}
	envs.RLock()
	for _, e := range envs.all {
		s.Ops += e.ops()
	}
	envs.RUnlock()
	s.Stats, s.Leaked = table.Stats(), leaked.Load()
	storeJSON(out, s)
}

// Ops answers the ops in flight as the state words have them, also where no env
// knows of them any more.
func Ops(out *Wire) {
	*out = Wire{Tag: uint64(tagNumber), Bits: math.Float64bits(float64(table.Ops()))}
}

// opsInFlight asks every env what it is doing: its async calls, the sync op it
// is in, the guards it has entered.
func opsInFlight() map[guard.Token][]opInfo {
	ops := map[guard.Token][]opInfo{}
	envs.RLock()
	defer envs.RUnlock()
	for _, e := range envs.all {
		e.eachOp(func(t guard.Token, info opInfo) { ops[t] = append(ops[t], info) })
	}
	return ops
}

// ops returns how many eachOp would yield, an op that is held several times
// counted as often.
func (e *Env) ops() (n uint64) {
	e.mu.Lock()
	n = e.inFlight
	e.mu.Unlock()
	if c := e.native.Current; c != nil {
		n += c.Held.Load()
		if c.Token.Load() != 0 {
			n++
		}
	}
	return n
}

func (e *Env) eachOp(yield func(guard.Token, opInfo)) {
	e.mu.Lock()
	for _, p := range e.pending {
		if !p.member.static {
			yield(p.token, opInfo{Method: p.member.name, Count: 1, AgeMs: milliseconds(time.Since(p.started))})
		}
	}
	e.mu.Unlock()
	if token, info, ok := e.currentOp(); ok {
		yield(token, info)
	}
	e.eachHold(yield)
}

// A sighting is when a stay in a guard was first seen. A raw enter takes 5 ns;
// reading a clock would take as long again, so its age counts from here: from
// the first handles() or, when tracing, from the begin of a free that had to wait.
type sighting struct {
	times uint64
	at    time.Time
}

func (e *Env) eachHold(yield func(guard.Token, opInfo)) {
	if e.native.Holds == nil {
		return
	}
	var holds []Hold
	e.native.Holds(func(h Hold) { holds = append(holds, h) })
	e.mu.Lock()
	defer e.mu.Unlock()
	seen := make(map[guard.Token]sighting, len(holds))
	for _, h := range holds {
		s, ok := e.sightings[h.Token]
		if !ok || s.times != h.Times {
			s = sighting{h.Times, time.Now()}
		}
		seen[h.Token] = s
		yield(h.Token, opInfo{Method: "enter", Count: h.Count, AgeMs: milliseconds(time.Since(s.at))})
	}
	e.sightings = seen
}

// currentOp reads the shim's record. The JS thread may write it meanwhile: a
// reading that it disturbed is no reading.
func (e *Env) currentOp() (guard.Token, opInfo, bool) {
	c := e.native.Current
	if c == nil {
		return 0, opInfo{}, false
	}
	sequence := c.Sequence.Load()
	token, member, started := c.Token.Load(), c.Member.Load(), c.Started.Load()
	if sequence%2 == 1 || token == 0 || c.Sequence.Load() != sequence || member >= uint64(len(members)) {
		return 0, opInfo{}, false
	}
	age := float64(0)
	if now := Clock(); now > started {
		age = float64(now - started)
	}
	return guard.Token(token), opInfo{Method: members[member].name, Count: 1, AgeMs: age}, true
}

// Clock is the shim's clock, in ms.
var Clock = func() uint64 { return 0 }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func mustEncode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil { // only structs of strings and finite numbers come here
		panic(err)
	}
	return b
}

// storeJSON answers v as a string.
func storeJSON(out *Wire, v any) {
	text := mustEncode(v)
	if !store(out, tagString, unsafe.String(unsafe.SliceData(text), len(text))) {
		failPlainly(out, noMemoryError(len(text)))
	}
}
