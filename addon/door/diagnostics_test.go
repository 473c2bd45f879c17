package door

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/quiesce/quiesce/guard"
)

func reportOf(t *testing.T, report func(*Wire), into any) {
	t.Helper()
	out := &Wire{}
	report(out)
	if err := json.Unmarshal([]byte(text(out)), into); err != nil {
		t.Fatal(err)
	}
}

func infoOf(t *testing.T, token guard.Token) handleInfo {
	t.Helper()
	var list []handleInfo
	reportOf(t, Handles, &list)
	for _, info := range list {
		if info.Token == uint64(token) {
			return info
		}
	}
	t.Fatalf("the handle %d is not among %d", token, len(list))
	return handleInfo{}
}

func TestHandlesTellsWhoIsInside(t *testing.T) {
	noLeaks(t)
	r := &thing{release: make(chan struct{})}
	token := openThing(t, r)
	doing := &CurrentOp{}
	hold := Hold{Token: token, Count: 3, Times: 1}
	e := &jsEnv{woken: make(chan struct{}, 1)}
	e.number = NewEnv(Native{Wake: e.wake, Current: doing, Holds: func(yield func(Hold)) { yield(hold) }})
	defer CloseEnv(e.number)
	e.start(t, "Thing.stubborn", token)
	doing.Token.Store(uint64(token))
	doing.Member.Store(uint64(member(t, "Thing.use")))
	SetSite(token, "the place")

	seen := func() map[string]opInfo {
		found := map[string]opInfo{}
		for _, op := range infoOf(t, token).Ops {
			found[op.Method] = op
		}
		return found
	}
	first := seen()
	if len(first) != 3 || first["enter"].Count != 3 || first["stubborn"].Count != 1 || first["use"].Count != 1 {
		t.Errorf("%+v", first)
	}
	// A record that is being written, or makes no sense, is no reading.
	doing.Sequence.Store(1)
	if _, ok := seen()["use"]; ok {
		t.Error("read while it was written")
	}
	doing.Sequence.Store(2)
	doing.Member.Store(1 << 40)
	if _, ok := seen()["use"]; ok {
		t.Error("read a member that there is none of")
	}
	// The age of a stay counts from its first sighting; another stay begins anew.
	time.Sleep(30 * time.Millisecond)
	if age := seen()["enter"].AgeMs; age < 20 {
		t.Errorf("%v ms after 30", age)
	}
	hold.Times++
	if age, before := seen()["enter"].AgeMs, 30.0; age >= before {
		t.Errorf("a new stay is %v ms old", age)
	}
	if info := infoOf(t, token); info.Site != "the place" || info.Class != "Thing" || info.State != "open" || info.InFlight != 1 {
		t.Errorf("%+v", info)
	}
	close(r.release)
	c := e.takeAll(t, 1)[0]
	text(&c.result)
}

func TestDescribeAndShapesTellTheSame(t *testing.T) {
	var d struct {
		ID      string
		Classes []string
		Members []memberInfo
	}
	reportOf(t, Describe, &d)
	if d.ID == "" || len(d.Classes) != len(classes) || len(d.Members) != Members() {
		t.Fatalf("%d classes, %d members", len(d.Classes), len(d.Members))
	}
	for i, info := range d.Members {
		s := ShapeOf(i)
		if s.Static != info.Static || s.Async != info.Async || len(s.Kinds) != len(info.Params) {
			t.Errorf("%s: %+v, %+v", info.Name, info, s)
		}
		for k, p := range info.Params {
			if kindNames[s.Kinds[k]] != p.Kind || p.Optional != (k >= s.Required) {
				t.Errorf("%s: %+v", info.Name, p)
			}
		}
	}
}

func TestAWrapperThatIsCollectedLastWarnsOfTheLeakOnce(t *testing.T) {
	noLeaks(t)
	e := newJSEnv(t)
	r := &thing{}
	token := openThing(t, r)
	out := newAnswer()
	Attach(token, things.number, &out.Wire)
	Detach(e.number, token, true)
	if infoOf(t, token).State != "open" {
		t.Error("freed while somebody is attached")
	}
	Detach(e.number, token, true)
	Detach(e.number, token, true) // one too many: nothing
	c := e.takeAll(t, 1)[0]
	var w warning
	if err := json.Unmarshal([]byte(text(&c.result)), &w); err != nil || c.call != 0 || w.Kind != "leak" || w.Class != "Thing" {
		t.Errorf("call %d: %+v, %v", c.call, w, err)
	}
	eventually(t, func() bool { return r.closed.Load() == 1 })
	for _, detach := range []func(guard.Token){
		func(token guard.Token) { Detach(e.number, token, false) }, // by detach(): no leak
		func(token guard.Token) { _, _ = table.Free(token, time.Second); Detach(e.number, token, true) },
	} {
		detach(openThing(t, &thing{}))
	}
	time.Sleep(20 * time.Millisecond)
	if n := Take(e.number, make([]uint64, 3), make([]Wire, 3)); n != 0 {
		t.Errorf("%d more warnings", n)
	}
}

func TestStatsCountsTheOpsOfAllEnvs(t *testing.T) {
	noLeaks(t)
	r := &thing{release: make(chan struct{})}
	token := openThing(t, r)
	doing := &CurrentOp{}
	e := &jsEnv{woken: make(chan struct{}, 1)}
	e.number = NewEnv(Native{Wake: e.wake, Current: doing})
	defer CloseEnv(e.number)
	other := newJSEnv(t)
	wantOps := func(want uint64) {
		t.Helper()
		var s struct{ Live, Ops uint64 }
		reportOf(t, Stats, &s)
		if s.Ops != want || s.Live != table.Stats().Live {
			t.Errorf("%+v, want %d ops", s, want)
		}
	}
	wantOps(0)
	e.start(t, "Thing.stubborn", token)
	other.start(t, "Thing.stubborn", token)
	wantOps(2)
	doing.Held.Store(3)
	wantOps(5)
	doing.Token.Store(uint64(token))
	wantOps(6)
	out := &Wire{}
	if Ops(out); tag(out.Tag) != tagNumber || math.Float64frombits(out.Bits) != 2 {
		t.Errorf("the state words have %+v", out)
	}
	close(r.release)
	text(&e.takeAll(t, 1)[0].result)
	text(&other.takeAll(t, 1)[0].result)
	wantOps(4)
}
