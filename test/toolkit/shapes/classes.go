package shapes

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"

	"example.com/shapes/parts"
)

// A Shelf embeds a type of this module and one of another.
//
//quiesce:class
type Shelf struct {
	parts.Part
	sync.Mutex
	life  life
	label string
}

// NewShelf makes a shelf later.
func NewShelf(ctx context.Context, label string) (*Shelf, error) {
	if label == "" {
		return nil, ErrEmpty
	}
	return &Shelf{life: begin(), label: label}, ctx.Err()
}

// OpenShelf makes a shelf.
func OpenShelf(label string) *Shelf { return &Shelf{life: begin(), label: label} }

// LoadShelfFrom makes a shelf, or fails.
func LoadShelfFrom(path string) (*Shelf, error) {
	if path == "" {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return OpenShelf("from " + path), nil
}

// FromFile has nothing of the class in its name.
func FromFile(path string) *Shelf { return OpenShelf("file " + path) }

// BuildShelf has another name.
//
//quiesce:name construct
func BuildShelf(label string) *Shelf { return OpenShelf("built " + label) }

// HideShelf is left out.
//
//quiesce:skip
func HideShelf() *Shelf { return nil }

// Label shadows that of the part.
func (s *Shelf) Label() string { s.life.use(); return s.label }

// URL, ID and those that follow have names that are not simply lowered.
func (s *Shelf) URL() string { return "url" }

func (s *Shelf) ID() int { return 1 }

func (s *Shelf) HTMLText() string { return "htmlText" }

func (s *Shelf) AddURL(url string) string { return "addURL " + url }

func (s *Shelf) A() string { return "a" }

func (s *Shelf) Utf8() string { return "utf8" }

func (s *Shelf) SHA256Sum() string { return "sha256Sum" }

// Then would make the object a thenable.
//
//quiesce:name andThen
func (s *Shelf) Then(text string) string { return "then " + text }

// Secret is left out.
//
//quiesce:skip
func (s *Shelf) Secret() chan int { return nil }

// Void has no result.
func (s *Shelf) Void() {}

// Try has no result but an error.
func (s *Shelf) Try(fails bool) error {
	if fails {
		return errors.New("it fails")
	}
	return nil
}

// TryLater is the same by a promise.
func (s *Shelf) TryLater(_ context.Context, fails bool) error { return s.Try(fails) }

// Unnamed has parameters without names.
func (s *Shelf) Unnamed(string, int) string { return "unnamed" }

// Keyword has parameters that JavaScript cannot call so.
func (s *Shelf) Keyword(function, class, await string) string { return function + class + await }

func (s *Shelf) unexported() {}

// Close is called once.
func (s *Shelf) Close() error { s.unexported(); s.life.end(); return nil }

// A Set is generic: an alias of an instance is a class.
type Set[T ~string | ~int] struct {
	life  life
	mu    sync.Mutex
	items []T
}

// Add adds items.
func (s *Set[T]) Add(items ...T) int {
	s.life.use()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items = append(s.items, items...)
	return len(s.items)
}

// Has tells whether an item was added.
func (s *Set[T]) Has(item T) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.items, item)
}

// Items returns what was added.
func (s *Set[T]) Items() []T { s.mu.Lock(); defer s.mu.Unlock(); return s.items }

// Close is called once.
func (s *Set[T]) Close() { s.life.end() }

// A StringSet is a set of strings.
//
//quiesce:class
type StringSet = Set[string]

// NewStringSet makes a set with items.
func NewStringSet(items ...string) *StringSet { return &StringSet{life: begin(), items: items} }

// An IntSet embeds an instance.
//
//quiesce:class
type IntSet struct {
	Set[int]
	name string
}

// NewIntSet makes a set.
func NewIntSet(name string) *IntSet { return &IntSet{Set[int]{life: begin()}, name} }

// Name returns the name.
func (s *IntSet) Name() string { return s.name }

// A Meter is a class that is no struct, under another name.
//
//quiesce:class
//quiesce:name Counter
type Meter int64

// New is the constructor of the one class that it returns.
func New(start int) *Meter { m := Meter(start); return &m }

// Step adds one.
func (m *Meter) Step() int { *m++; return int(*m) }

// Value is a method by value.
func (m Meter) Value() int { return int(m) }

// A Tally is a map.
//
//quiesce:class
type Tally map[string]int

// NewTally makes a tally.
func NewTally() *Tally { return &Tally{} }

// Count counts a word.
func (t Tally) Count(word string) int { t[word]++; return t[word] }

// Shout has a name of its own, and a comment with all that comments can have: */ too. See [Folder.Sub], [Lives].
//
//   - one
//   - two
//
// The code:
//
//	Shout("a") == "a!"
//
// @text is no tag.
//
// Deprecated: speak softly.
//
//quiesce:function
//quiesce:name shoutOut
func Shout(text string) string { return text + "!" }
