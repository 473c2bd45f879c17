package typed

import (
	"encoding/json"
	"reflect"
	"testing"
)

var _ = registered[promoted]() && registered[shadowed]() && registered[ambiguous]() && registered[byTag]() && registered[viaPtr]() &&
	registered[unexported]() && registered[empties]() && registered[zeros]() && registered[recursive]() && registered[strange]() && registered[dashes]() &&
	registered[unexportedAs]() && registered[either]()

// alike sends a value through JS, and compares with what is left of it by way
// of encoding/json.
func alike[T any](t *testing.T, v T) {
	t.Helper()
	back, err := throughJS(t, v)
	var want T
	if err := json.Unmarshal(mustMarshal(v), &want); err != nil {
		t.Fatal(err)
	}
	if err != nil || !reflect.DeepEqual(back, want) {
		t.Errorf("%T: %+v, not %+v: %v", v, back, want, err)
	}
}

func TestAnObjectFillsTheFieldsThatEncodingJSONFills(t *testing.T) {
	seven := 7
	alike(t, promoted{low{1, 2}})
	alike(t, shadowed{low{1, 2}, "s"})
	alike(t, ambiguous{low{1, 2}, Deep{3, 4}})
	alike(t, byTag{low{1, 2}, Tagged{3, 4}})
	alike(t, viaPtr{&Deep{1, 2}, 3})
	alike(t, viaPtr{Z: 3})
	alike(t, unexported{hidden{1, 2, 3}, 4, 5})
	alike(t, empties{})
	alike(t, empties{true, 1, 1, "s", []int{1}, map[string]int{"a": 1}, &seven, struct{ X int }{1}, [0]int{}, [2]int{1, 2}})
	alike(t, strange{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
	alike(t, dashes{1, 2})
	alike(t, unexportedAs{low{1, 2}})
	alike(t, either{L: []int{1}, V: onValue{2}, S: "s"})
}

// What comes from JS is there whole or not at all: a property that is left out
// leaves no trace of the embedded pointer that it would be behind.
func TestAnEmbeddedPointerIsMadeForTheFirstPropertyThatIsThere(t *testing.T) {
	if back, err := throughJS(t, viaPtr{Z: 1}); err != nil || back.Deep != nil {
		t.Errorf("%+v, %v", back, err)
	}
	for _, f := range describe().Types["viaPtr"].Fields {
		if f.Name != "Z" && !f.Optional {
			t.Errorf("%s may not be left out, though its pointer may be nil", f.Name)
		}
	}
}

// encoding/json cannot set such a pointer either.
func TestAnEmbeddedPointerToAnUnexportedStructIsRefused(t *testing.T) {
	wantUnmappable(t, reflect.TypeFor[struct{ *low }]())
	wantUnmappable(t, reflect.TypeFor[struct{ viaHidden }]())
	wantUnmappable(t, reflect.TypeFor[struct {
		*low `json:"low"`
	}]())
}
