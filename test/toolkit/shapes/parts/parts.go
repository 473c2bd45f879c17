// Package parts has types that others embed.
package parts

import "context"

// A Part has a weight.
type Part struct{ weight int }

// Weight returns the weight.
func (p *Part) Weight() int { return p.weight }

// SetWeight sets the weight.
func (p *Part) SetWeight(weight int) { p.weight = weight }

// WeighLater returns the weight by a promise.
func (p *Part) WeighLater(context.Context) (int, error) { return p.weight, nil }

// Label is shadowed where the part is embedded.
func (p *Part) Label() string { return "part" }

// Kind returns what it is, by value.
func (p Part) Kind() string { return "kind" }
