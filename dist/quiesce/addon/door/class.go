package door

import (
	"fmt"
	"io"
)

// A Class is a kind of handle.
type Class struct {
	name   string
	number int
	byName map[string]bool
	// quiet: nobody is told when one is collected that was never freed.
	quiet bool
}

var (
	classes []*Class
	members []*Member
	frozen  bool
	// functions has the members that belong to no class; it is not in classes.
	functions = &Class{number: -1, byName: map[string]bool{}}
)

// DefineFunctions adds static members that belong to no class.
func DefineFunctions(list ...*Member) { functions.Define(list...) }

// NewClass registers a class. It panics when the name is taken, or when an env
// has been made already: classes are registered before, from init functions.
func NewClass(name string) *Class {
	mustNotBeFrozen()
	for _, c := range classes {
		if c.name == name {
			panic(fmt.Sprintf("door: class %s is registered twice", name))
		}
	}
	c := &Class{name: name, number: len(classes), byName: map[string]bool{}}
	classes = append(classes, c)
	return c
}

// Quiet returns the class; its handles are of such a kind that one may well be
// left to garbage collection, without a warning.
func (c *Class) Quiet() *Class {
	c.quiet = true
	return c
}

// Name returns the class's name.
func (c *Class) Name() string { return c.name }

// Open returns a value that becomes a new handle of the class: a child of the
// handle whose method returns it, or one of its own from a constructor.
func (c *Class) Open(resource io.Closer) Value {
	return valueOfHandle(&opening{resource: resource, class: c})
}

// Define adds members to the class. It panics on a name that is taken and on a
// parameter list that makes no sense.
func (c *Class) Define(list ...*Member) {
	mustNotBeFrozen()
	for _, m := range list {
		key := m.name
		if m.static {
			key = "static " + m.name
		}
		if c.byName[key] {
			panic(fmt.Sprintf("door: %s.%s is defined twice", c.name, m.name))
		}
		c.byName[key] = true
		m.class = c
		m.mustMakeSense()
		members = append(members, m)
	}
}

func mustNotBeFrozen() {
	if frozen {
		panic("door: classes are registered before the first env, from init functions")
	}
}
