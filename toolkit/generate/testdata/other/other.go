// Package other is another module's.
package other

import "example.com/other/internal/hidden"

// Entry has the name of a type of the fixture's.
type Entry struct {
	// ID of the entry.
	ID int `json:"id"`
}

// A Level is a number with a name.
type Level int8

const High Level = 3

// Lock has methods that are not the fixture's.
type Lock struct{ held bool }

func (l *Lock) Lock()   { l.held = true }
func (l *Lock) Unlock() { l.held = false }

// Names is an alias of something that only this module may name.
type Names = []string

// Visible is the only name that others may use.
type Visible = hidden.Hidden
