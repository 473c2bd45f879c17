// Package tally has what the test addon registers by hand, for the generator: the benchmark compares the two.
package tally

import (
	"iter"
	"sync/atomic"
)

// A Counter counts.
//
//quiesce:class
type Counter struct{ value atomic.Int64 }

// OpenCounter makes a counter.
func OpenCounter() *Counter { return &Counter{} }

// Add adds a number and returns the sum.
func (c *Counter) Add(n int) int { return int(c.value.Add(int64(n))) }

// Value returns the sum.
func (c *Counter) Value() int { return int(c.value.Add(0)) }

// Take takes a number, a text and bytes, and returns the sum of the number and
// of their lengths.
func (c *Counter) Take(n float64, text string, data []byte) float64 {
	return n + float64(len(text)+len(data))
}

// An Entry is a struct to pass.
type Entry struct {
	Word  string `json:"word"`
	Count int    `json:"count"`
}

// Top returns ten entries.
func (c *Counter) Top() []Entry {
	list := make([]Entry, 10)
	for i := range list {
		list[i] = Entry{"word", i}
	}
	return list
}

// Items gives n entries.
func (c *Counter) Items(n int) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for i := range n {
			if !yield(Entry{"word", i}) {
				return
			}
		}
	}
}

// Text returns the same as JSON.
func (c *Counter) Text() string {
	return `[{"word":"word","count":0},{"word":"word","count":1},{"word":"word","count":2},{"word":"word","count":3},` +
		`{"word":"word","count":4},{"word":"word","count":5},{"word":"word","count":6},{"word":"word","count":7},` +
		`{"word":"word","count":8},{"word":"word","count":9}]`
}
