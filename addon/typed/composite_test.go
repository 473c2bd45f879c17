package typed

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"github.com/quiesce/quiesce/addon/door"
)

type octet byte

type mixed struct {
	List   []int            `json:"list"`
	Lists  [][]string       `json:"lists"`
	Map    map[string]*int  `json:"map"`
	Maps   map[string][]int `json:"maps"`
	Bytes  []byte           `json:"bytes"`
	Four   [4]byte          `json:"four"`
	Octets [2]octet         `json:"octets"`
	Named  []octet          `json:"named"`
	Three  [3]*string       `json:"three"`
	None   [0]int           `json:"none"`
	Ptr    *mixed           `json:"ptr"`
	Anon   struct{ X, Y int8 }
	Empty  struct{} `json:"empty"`
}

// A node contains itself in every way that it may.
type node struct {
	Value int              `json:"value"`
	Next  *node            `json:"next"`
	Kids  []node           `json:"kids"`
	ByKey map[string]*node `json:"byKey"`
}

type pair[K, V any] struct {
	Key   K `json:"key"`
	Value V `json:"value"`
}

var _ = registered[mixed]() && registered[node]() && registered[pair[string, int]]() &&
	registered[pair[string, pair[int, bool]]]() && registered[map[string]sized]()

type sized struct {
	Two  [2]int  `json:"two"`
	Four [4]byte `json:"four"`
}

func TestNilAndEmptyStayApart(t *testing.T) {
	n, s := 5, "s"
	for _, v := range []mixed{
		{Bytes: []byte{}, Named: []octet{}},
		{List: []int{}, Lists: [][]string{}, Map: map[string]*int{}, Bytes: []byte{}, Named: []octet{}},
		{
			List: []int{1, -1}, Lists: [][]string{nil, {}, {"a"}}, Map: map[string]*int{"nil": nil, "": &n}, Maps: map[string][]int{"a": nil, "b": {}},
			Bytes: []byte{0, 255}, Four: [4]byte{1, 2, 3, 4}, Octets: [2]octet{5, 6}, Named: []octet{7}, Three: [3]*string{nil, &s, nil},
			Ptr: &mixed{Bytes: []byte{}, Named: []octet{}}, Anon: struct{ X, Y int8 }{1, 2},
		},
	} {
		same(t, v)
	}
	back, err := throughJS(t, []byte(nil))
	if err != nil || back == nil || len(back) != 0 {
		t.Errorf("nil bytes came back as %#v, %v", back, err)
	}
	same[[]int](t, nil)
	same[map[string]int](t, nil)
	same[*string](t, nil)
	same(t, [0]string{})
}

func TestBytesAreCopiedOutOfTheMessage(t *testing.T) {
	b := msgp.AppendBytes(nil, []byte("abc"))
	var v []byte
	if _, err := codecOf(reflect.TypeFor[[]byte]()).decode(b, reflect.ValueOf(&v).Elem(), 0); err != nil {
		t.Fatal(err)
	}
	clear(b)
	if string(v) != "abc" || cap(v) != 3 {
		t.Errorf("%q, capacity %d", v, cap(v))
	}
}

func TestLengthsAndSizesThatChangeTheEncodingCross(t *testing.T) {
	for _, n := range []int{15, 16, 31, 32, 255, 256, 65535, 65536} {
		same(t, make([]byte, n))
		same(t, make([]bool, n))
		same(t, strings.Repeat("x", n))
		m := map[string]bool{}
		for i := range n / 128 {
			m[fmt.Sprint(i)] = true
		}
		same(t, m)
	}
}

func TestArraysOfAnotherSizeAreRefusedAtTheirPath(t *testing.T) {
	c := codecOf(reflect.TypeFor[map[string]sized]())
	message := func(list, size int) []byte {
		b := msgp.AppendArrayHeader(nil, 2)
		b = msgp.AppendString(b, "k")
		b = msgp.AppendArrayHeader(b, 2)
		b = msgp.AppendArrayHeader(b, uint32(list))
		for range list {
			b = msgp.AppendFloat64(b, 1)
		}
		return msgp.AppendBytes(b, make([]byte, size))
	}
	for path, b := range map[string][]byte{
		`["k"].two`:  message(3, 4),
		`["k"].two `: message(1, 4),
		`["k"].four`: message(2, 3), `["k"].four `: message(2, 5),
	} {
		var m map[string]sized
		if _, err := c.decode(b, reflect.ValueOf(&m).Elem(), 0); err == nil || !strings.HasPrefix(err.Error(), strings.TrimSpace(path)+" ") {
			t.Errorf("%s: %v", path, err)
		}
	}
	var m map[string]sized
	if _, err := c.decode(message(2, 4), reflect.ValueOf(&m).Elem(), 0); err != nil || m["k"].Two != [2]int{1, 1} {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestMapsComeInTheOrderOfTheirKeysWhateverTheseAre(t *testing.T) {
	m := map[string]int{"__proto__": 1, "constructor": 2, "": 3, "10": 4, "9": 5, "\xff": 6, "é": 7, "a": 8, "\x00": 9}
	b, err := appendValue(nil, &m)
	if err != nil {
		t.Fatal(err)
	}
	_, b, _ = msgp.ReadArrayHeaderBytes(b)
	var order []string
	for len(b) > 0 {
		var key string
		key, b, _ = msgp.ReadStringBytes(b)
		b, _ = msgp.Skip(b)
		order = append(order, key)
	}
	if want := []string{"", "\x00", "10", "9", "__proto__", "a", "constructor", "é", "\ufffd"}; !reflect.DeepEqual(order, want) {
		t.Errorf("%q", order)
	}
	delete(m, "\xff")
	same(t, m)
}

func TestTypesThatContainThemselvesCross(t *testing.T) {
	leaf := node{Value: 1}
	same(t, node{Value: 2, Next: &leaf, Kids: []node{leaf, {Next: &leaf}}, ByKey: map[string]*node{"a": &leaf, "b": nil}})
	same(t, pair[string, pair[int, bool]]{"k", pair[int, bool]{1, true}})
	same(t, pair[string, int]{"k", 1})
}

func wantTooDeep(t *testing.T, err error, path string) {
	t.Helper()
	var ranged door.RangeError
	if !errors.As(err, &ranged) || !strings.HasPrefix(err.Error(), path) || !strings.HasSuffix(err.Error(), "is nested deeper than 1000 levels") {
		t.Errorf("%s: %.100v", path, err)
	}
}

func TestValuesMayBeNested1000LevelsDeepAndNoFurther(t *testing.T) {
	chain := func(levels int) *node {
		var n *node
		for range levels {
			n = &node{Next: n}
		}
		return n
	}
	same(t, chain(1000))
	_, err := appendValue(nil, new(chain(1001)))
	wantTooDeep(t, err, ".next.next")
	inLists := func(levels int) (n node) { // a list is a level too
		for range levels {
			n = node{Kids: []node{n}}
		}
		return n
	}
	same(t, inLists(499))
	_, err = appendValue(nil, new(inLists(500)))
	wantTooDeep(t, err, ".kids[0].kids[0]")
	nested := func(levels int) (b []byte) {
		for range levels - 1 {
			b = append(b, msgp.AppendFloat64(msgp.AppendArrayHeader(nil, 4), 0)...)
		}
		return append(b, 0xc0)
	}
	var n *node
	_, err = codecOf(reflect.TypeFor[*node]()).decode(nested(100_000), reflect.ValueOf(&n).Elem(), 0)
	wantTooDeep(t, err, ".next.next")
}

func TestAValueThatContainsItselfIsARangeErrorAndNoOverflow(t *testing.T) {
	next, kids, keys := &node{}, &node{Kids: make([]node, 1)}, &node{}
	next.Next = next
	kids.Kids[0] = *kids
	keys.ByKey = map[string]*node{"k": keys, "l": keys}
	for path, n := range map[string]*node{".next.next": next, ".kids[0].kids[0]": kids, `.byKey["k"].byKey["k"]`: keys} {
		_, err := appendValue(nil, n)
		wantTooDeep(t, err, path)
	}
}

// Every goroutine must find the whole codec, whoever makes it.
func TestACodecIsMadeOnceAndFoundWholeByAll(t *testing.T) {
	type inner struct {
		A, B, C map[string][]*pair[uint8, uint16]
	}
	type outer struct {
		X, Y inner
		Z    []outer
	}
	var all sync.WaitGroup
	start := make(chan struct{})
	made := make([]*codec, 16)
	for i := range made {
		all.Go(func() {
			<-start
			v := outer{Z: []outer{{X: inner{A: map[string][]*pair[uint8, uint16]{"k": {{1, 2}}}}}}}
			if _, err := appendValue(nil, &v); err != nil {
				t.Error(err)
			}
			made[i] = codecOf(reflect.TypeFor[outer]())
		})
	}
	close(start)
	all.Wait()
	for _, c := range made {
		if c != made[0] {
			t.Fatal("two codecs for one type")
		}
	}
}

func wantUnmappable(t *testing.T, of reflect.Type) {
	t.Helper()
	defer func() {
		if v := fmt.Sprint(recover()); !strings.Contains(v, "has no JavaScript counterpart") {
			t.Errorf("%v: %s", of, v)
		}
	}()
	codecOf(of)
}

func TestATypeWithoutACounterpartPanicsByItsNameEachTime(t *testing.T) {
	type holder[T any] struct{ X T }
	for _, of := range []reflect.Type{
		reflect.TypeFor[any](), reflect.TypeFor[error](), reflect.TypeFor[complex128](), reflect.TypeFor[chan int](), reflect.TypeFor[func()](),
		reflect.TypeFor[map[int]string](), reflect.TypeFor[uintptr](), reflect.TypeFor[holder[complex64]](), reflect.TypeFor[[]holder[map[bool]int]](),
	} {
		wantUnmappable(t, of)
		wantUnmappable(t, of)
	}
}
