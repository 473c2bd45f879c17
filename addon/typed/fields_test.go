package typed

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// Odd structs, whose objects must be those that encoding/json makes of them.
type (
	low    struct{ X, Low int }
	Deep   struct{ X, Deep int }
	Tagged struct {
		X int `json:"x"`
		Y int `json:"X"`
	}
	hidden  struct{ Seen, Hid, hid int }
	Leaf    struct{ Leaf int }
	left    struct{ Leaf }
	right   struct{ Leaf }
	Word    string
	word    string
	boxed   int
	onValue struct{ N int }
	onPtr   struct{ N int }
	Self    struct {
		*Self
		X int
	}

	promoted struct{ low }
	shadowed struct {
		low
		X string
	}
	ambiguous struct {
		low
		Deep
	}
	byTag struct {
		low
		Tagged
	}
	TaggedN struct {
		N int `json:"n"`
	}
	AlsoN struct {
		N int `json:"n"`
	}
	bothTagged struct {
		*TaggedN
		*AlsoN
		C int
	}
	tagBeatsName struct {
		N int
		B int `json:"N"`
	}
	threeDeep struct {
		low
		Mid struct{ Deep }
	}
	twice struct {
		left
		right
	}
	viaPtr struct {
		*Deep
		Z int
	}
	dashes struct {
		A int `json:"-"`
		//lint:ignore SA5008 the tag is odd on purpose
		B int `json:"-,omitempty"`
	}
	viaHidden  struct{ *low }
	unexported struct {
		hidden
		a, B int
	}
	embeddedAs struct {
		Deep `json:"deep"`
		Leaf `json:",omitempty"`
	}
	unexportedAs struct {
		low `json:"low"`
	}
	embeddedWords struct {
		Word
		word
		*boxed
	}
	ignoredEmbed struct {
		Deep `json:"-"`
		A    int
	}
	strange struct {
		A int `json:"a b"`
		//lint:ignore SA5008 the tag is odd on purpose
		B int `json:"a'b"`
		C int `json:"日本"`
		D int `json:"$%-/"`
		//lint:ignore SA5008 the tag is odd on purpose
		E int `json:"\\"`
		F int `json:"<&>"`
		G int `json:""`
		H int `json:",omitempty"`
		I int `json:"__proto__"`
		J int `yaml:"j"`
	}
	empties struct {
		B bool            `json:"b,omitempty"`
		I int             `json:"i,omitempty"`
		F float64         `json:"f,omitempty"`
		S string          `json:"s,omitempty"`
		L []int           `json:"l,omitempty"`
		M map[string]int  `json:"m,omitempty"`
		P *int            `json:"p,omitempty"`
		T struct{ X int } `json:"t,omitempty"`
		N [0]int          `json:"n,omitempty"`
		A [2]int          `json:"a,omitempty"`
	}
	zeros struct {
		L []int     `json:"l,omitzero"`
		A [2]int    `json:"a,omitzero"`
		T Deep      `json:"t,omitzero"`
		W time.Time `json:"w,omitzero"`
		V onValue   `json:"v,omitzero"`
		P onPtr     `json:"p,omitzero"`
		Q *onValue  `json:"q,omitzero"`
		R *onPtr    `json:"r,omitzero"`
	}
	either struct {
		L []int   `json:"l,omitempty,omitzero"`
		V onValue `json:"v,omitzero,omitempty"`
		S string  `json:"s,unknown,omitempty"`
	}
	recursive struct {
		Self
		Y int
	}
	anonymous struct {
		A struct {
			B struct{ C int } `json:"b"`
		}
	}
	nothing struct{}
)

func (v onValue) IsZero() bool { return v.N == 7 }
func (p *onPtr) IsZero() bool  { return p.N == 7 }

// objectOf returns the properties of v as pairs of name and JSON, in order.
func objectOf[T any](v T) (list []string) {
	s := reflect.ValueOf(&v).Elem()
	for _, f := range fieldsOf(s.Type()) {
		value, ok := f.get(s)
		if !ok || (f.optional && f.omits(value)) {
			continue
		}
		text := "?" // an embedded value of an unexported type cannot be looked at
		if value.CanInterface() {
			text = string(mustMarshal(value.Interface()))
		}
		list = append(list, f.name, text)
	}
	return list
}

// jsonOf returns the same as encoding/json has it.
func jsonOf(t *testing.T, v any) (list []string) {
	d := json.NewDecoder(bytes.NewReader(mustMarshal(v)))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		name, _ := d.Token()
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		list = append(list, name.(string), string(value))
	}
	return list
}

// like compares the object with that of encoding/json, and sees to it that the
// codec has exactly its properties.
func like[T any](t *testing.T, v T) {
	t.Helper()
	got, want := objectOf(v), jsonOf(t, v)
	for i := range min(len(got), len(want)) {
		if got[i] == "?" {
			got[i] = want[i]
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%T: %q, not %q", v, got, want)
	}
	if _, err := appendValue(nil, &v); err != nil {
		t.Errorf("%T: %v", v, err)
	}
}

func TestAStructIsTheObjectThatEncodingJSONMakesOfIt(t *testing.T) {
	d, seven := Deep{1, 2}, 7
	like(t, promoted{low{1, 2}})
	like(t, shadowed{low{1, 2}, "s"})
	like(t, ambiguous{low{1, 2}, Deep{3, 4}})
	like(t, byTag{low{1, 2}, Tagged{3, 4}})
	like(t, bothTagged{&TaggedN{1}, &AlsoN{2}, 3})
	like(t, tagBeatsName{1, 2})
	like(t, threeDeep{low{1, 2}, struct{ Deep }{d}})
	like(t, twice{})
	like(t, viaPtr{&d, 3})
	like(t, viaPtr{})
	like(t, dashes{1, 2})
	like(t, dashes{})
	like(t, unexported{hidden{1, 2, 3}, 4, 5})
	like(t, embeddedAs{d, Leaf{3}})
	like(t, unexportedAs{low{1, 2}})
	like(t, embeddedWords{"a", "b", nil})
	like(t, ignoredEmbed{d, 1})
	like(t, strange{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
	like(t, strange{})
	like(t, empties{})
	like(t, empties{true, 1, 1, "s", []int{}, map[string]int{}, &seven, struct{ X int }{}, [0]int{}, [2]int{}})
	like(t, zeros{L: []int{}, W: time.Time{}.Local(), V: onValue{7}, P: onPtr{7}, Q: &onValue{7}, R: &onPtr{7}})
	like(t, zeros{A: [2]int{0, 1}, T: d, W: time.Unix(0, 0).UTC(), V: onValue{1}, P: onPtr{}, Q: &onValue{}, R: &onPtr{}})
	like(t, either{L: []int{}, V: onValue{7}})
	like(t, either{L: []int{1}, V: onValue{}, S: "s"})
	like(t, recursive{Self{&Self{nil, 1}, 2}, 3})
	like(t, anonymous{})
	like(t, nothing{})
	like(t, struct {
		A *Deep  `json:",omitempty"`
		B **int  `json:"-"`
		C func() `json:"-"`
		d map[int]string
	}{A: &d})
}
