// Package hidden is internal.
package hidden

// Hidden has no name that another module could use.
type Hidden struct{ A int }
