package histories

import "fmt"

// A Tally counts what was checked, for whoever wants to know what the histories
// are worth.
type Tally struct {
	Histories int `json:"histories"`
	Calls     int `json:"calls"`
	// Overlapping counts the histories in which two threads were in calls on
	// one slot at the same time.
	Overlapping int `json:"overlapping"`
	// Recycled counts those in which a slot served two handles, Stale those in
	// which the first one's token was used after that.
	Recycled int `json:"recycled"`
	Stale    int `json:"stale"`
	// Results counts the calls by kind and result.
	Results map[string]int `json:"results"`
	// Falsified counts the copies that were made false; all were refused.
	Falsified int `json:"falsified"`
	Refused   int `json:"refused"`
}

// falsifyEach is how many histories there are for each that is made false.
const falsifyEach = 10

// Add checks a history, and that what is false is refused: of every tenth
// history all the copies that can be made false.
func (t *Tally) Add(h *History) error {
	t.count(h)
	if problem := Check(h); problem != "" {
		t.Refused++
		return fmt.Errorf("refused: %s:\n%v", problem, h)
	}
	if t.Histories%falsifyEach != 0 {
		return nil
	}
	for _, f := range Falsified(h) {
		t.Falsified++
		if Check(f) == "" {
			return fmt.Errorf("the checker accepts a history that was made false:\n%v", f)
		}
	}
	return nil
}

func (t *Tally) count(h *History) {
	t.Histories++
	t.Calls += len(h.Calls)
	if h.overlapping() {
		t.Overlapping++
	}
	recycled, stale := h.recycled()
	if recycled {
		t.Recycled++
	}
	if stale {
		t.Stale++
	}
	if t.Results == nil {
		t.Results = map[string]int{}
	}
	for _, c := range h.Calls {
		t.Results[string(c.Kind)+" "+c.Result]++
	}
}
