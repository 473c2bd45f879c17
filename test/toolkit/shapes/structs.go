package shapes

import (
	"encoding/json"
	"fmt"
	"time"
)

// A Point is a place. Its fields have no tags.
type Point struct{ X, Y float64 }

// An Entry is a word and how often it was counted.
type Entry struct {
	Word  string `json:"word"`  // in lower case
	Count int    `json:"count"` // at least 1
}

// Everything has a field of each kind.
type Everything struct {
	Name    string                         `json:"name"`
	Point   Point                          `json:"point"`
	Pointer *Point                         `json:"pointer"`
	Scalar  *int                           `json:"scalar"`
	Words   []string                       `json:"words"`
	List    []Point                        `json:"list"`
	Grid    [2][3]int8                     `json:"grid"`
	Hash    [4]byte                        `json:"hash"`
	Data    []byte                         `json:"data"`
	Counts  map[string]int                 `json:"counts"`
	ByLang  map[Lang]Pair[string, int]     `json:"byLang"`
	Deep    map[string][]map[string]*Point `json:"deep"`
	At      time.Time                      `json:"at"`
	Took    time.Duration                  `json:"took"`
	Big     int64                          `json:"big"`
	Small   ID                             `json:"small"`
	Tagged  uint64                         `json:"tagged" quiesce:"number"`
	Inline  struct {
		A int
		B []struct{ C bool }
	} `json:"inline"`
	Hidden string `json:"-"`
	Dash   string `json:"-,"`
	Weird  string `json:"weird name"`
	secret string
}

// A Pair is any two values.
type Pair[A, B any] struct {
	First  A `json:"first"`
	Second B `json:"second"`
}

// A Tree contains itself, in every way.
type Tree struct {
	Name     string           `json:"name"`
	Left     *Tree            `json:"left,omitempty"`
	Children []Tree           `json:"children,omitempty"`
	Named    map[string]*Tree `json:"named,omitempty"`
}

// Optional has fields that may be left out.
type Optional struct {
	Text     string         `json:"text,omitempty"`
	Count    int            `json:"count,omitempty"`
	Big      int64          `json:"big,omitempty"`
	Flag     bool           `json:"flag,omitempty"`
	List     []int          `json:"list,omitempty"`
	Map      map[string]int `json:"map,omitempty"`
	Pointer  *Point         `json:"pointer,omitempty"`
	Scalar   *int           `json:"scalar,omitempty"`
	At       time.Time      `json:"at,omitzero"`
	Point    Point          `json:"point,omitzero"`
	Never    Point          `json:"never,omitempty"` // a struct is never empty
	Array    [2]int         `json:"array,omitzero"`
	Required string         `json:"required"`
}

// Base is embedded below.
type Base struct {
	ID   int    `json:"id"`
	Kind string `json:"kind"`
}

// Extra has a property of the same name, Kind.
type Extra struct {
	Kind string `json:"kind"`
	Note string `json:"note"`
}

type unexported struct {
	Inner string `json:"inner"`
}

// Embedded takes over the fields of others, as encoding/json does: two of one name hide each other.
type Embedded struct {
	Base
	*Extra
	unexported
	Named Base `json:"named"`
	Own   bool `json:"own"`
}

// Shadow has a field that hides one of Base.
type Shadow struct {
	Base
	Kind int `json:"kind"`
}

// Nils has something of everything that may be nil.
type Nils struct {
	List    []int          `json:"list"`
	Map     map[string]int `json:"map"`
	Pointer *Point         `json:"pointer"`
	Scalar  *string        `json:"scalar"`
	Lists   [][]int        `json:"lists"`
	Bytes   []byte         `json:"bytes"`
}

// Awkward has properties whose names mean something to JavaScript.
type Awkward struct {
	Proto       int    `json:"__proto__"`
	Constructor string `json:"constructor"`
	ToString    bool   `json:"toString"`
	Empty       int    `json:"a b.c[0]"`
	Then        int    `json:"then"`
}

//quiesce:function
func EchoEverything(v Everything) Everything { return v }

//quiesce:function
func EchoOptional(v Optional) Optional { return v }

//quiesce:function
func EchoEmbedded(v Embedded) Embedded { return v }

//quiesce:function
func EchoShadow(v Shadow) Shadow { return v }

//quiesce:function
func EchoTree(v Tree) Tree { return v }

//quiesce:function
func EchoNils(v Nils) Nils { return v }

//quiesce:function
func EchoAwkward(v Awkward) Awkward { return v }

//quiesce:function
func EchoMap(v map[string]Entry) map[string]Entry { return v }

//quiesce:function
func EchoLists(v [][]Entry) [][]Entry { return v }

//quiesce:function
func EchoArray(v [3]*Entry) [3]*Entry { return v }

//quiesce:function
func EchoHash(v [4]byte) [4]byte { return v }

//quiesce:function
func EchoPairs(v []Pair[Pair[string, int64], *Entry]) []Pair[Pair[string, int64], *Entry] { return v }

//quiesce:function
func EchoPointer(v *[]int) *[]int { return v }

// EverythingJSON returns what encoding/json makes of a value.
//
//quiesce:function
func EverythingJSON(v Everything) (string, error) { return text(v) }

//quiesce:function
func OptionalJSON(v Optional) (string, error) { return text(v) }

//quiesce:function
func EmbeddedJSON(v Embedded) (string, error) { return text(v) }

//quiesce:function
func ShadowJSON(v Shadow) (string, error) { return text(v) }

//quiesce:function
func TreeJSON(v Tree) (string, error) { return text(v) }

//quiesce:function
func AwkwardJSON(v Awkward) (string, error) { return text(v) }

func text(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// EverythingOf returns what encoding/json makes of a text.
//
//quiesce:function
func EverythingOf(text string) (v Everything, err error) {
	v.Hidden, v.secret = "hidden", "secret"
	return v, json.Unmarshal([]byte(text), &v)
}

//quiesce:function
func OptionalOf(text string) (v Optional, err error) { return v, json.Unmarshal([]byte(text), &v) }

// EmbeddedOf leaves the embedded pointer nil unless the text has something in it.
//
//quiesce:function
func EmbeddedOf(text string) (v Embedded, err error) { return v, json.Unmarshal([]byte(text), &v) }

// Nothing returns nil in all places.
//
//quiesce:function
func Nothing() Nils { return Nils{} }

// Empty returns what is empty but not nil.
//
//quiesce:function
func Empty() Nils {
	return Nils{[]int{}, map[string]int{}, &Point{}, new(string), [][]int{nil, {}}, []byte{}}
}

// WhichAreNil tells what Go sees.
//
//quiesce:function
func WhichAreNil(v Nils) string {
	return fmt.Sprint(v.List == nil, v.Map == nil, v.Pointer == nil, v.Scalar == nil, v.Lists == nil, v.Bytes == nil)
}

// WhichArgumentsAreNil tells what Go sees of arguments.
//
//quiesce:function
func WhichArgumentsAreNil(list []string, m map[string]int, scalar *int, point *Point, _ bool) string {
	return fmt.Sprint(list == nil, m == nil, scalar == nil, point == nil)
}

//quiesce:function
func NilList() []Entry { return nil }

//quiesce:function
func NilMap() map[string]int { return nil }

//quiesce:function
func NilPoint() *Point { return nil }

//quiesce:function
func NilScalar() *int64 { return nil }

// Cycle returns a value that contains itself.
//
//quiesce:function
func Cycle() *Tree {
	t := &Tree{Name: "round"}
	t.Left = t
	return t
}

// Depth tells how many trees hang on one another's left.
//
//quiesce:function
func Depth(t *Tree, _ bool) int {
	n := 0
	for ; t != nil; t = t.Left {
		n++
	}
	return n
}

// Deep returns a tree of that depth.
//
//quiesce:function
func Deep(depth int) *Tree {
	var t *Tree
	for range depth {
		t = &Tree{Left: t}
	}
	return t
}

// Large returns n entries.
//
//quiesce:function
func Large(n int) []Entry {
	list := make([]Entry, n)
	for i := range list {
		list[i] = Entry{fmt.Sprint("word ", i), i}
	}
	return list
}

// SumLarge adds up the counts of the entries.
//
//quiesce:function
func SumLarge(list []Entry) int {
	sum := 0
	for _, e := range list {
		sum += e.Count
	}
	return sum
}
