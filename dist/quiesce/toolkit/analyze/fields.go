package analyze

import (
	"cmp"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/quiesce/quiesce/toolkit/model"
)

// A field is one that encoding/json would encode. Package typed of the Go half
// chooses the same ones when the addon runs.
type field struct {
	name     string
	v        *types.Var
	owner    string // the struct that declares it, for messages
	index    []int  // through embedded structs
	tagged   bool
	optional bool
	number   bool
}

// fieldsOf returns the properties of a struct; false after an error. Of several
// with one name the least deeply embedded wins, then the one whose name a tag
// gives; where that does not tell, there is none.
func (a *analyzer) fieldsOf(s *types.Struct, owner string, at place) ([]*model.Field, bool) {
	c := &collector{analyzer: a, at: at, inside: map[*types.Struct]bool{}, ok: true}
	c.collect(s, owner, nil)
	won := dominant(c.all)
	if s.NumFields() > 0 && len(won) == 0 && c.ok {
		a.refuse(at, c.at.t, "none of its fields is exported")
		return nil, false
	}
	fields := make([]*model.Field, 0, len(won))
	for _, f := range won {
		t := a.typeOf(f.v.Type(), a.atField(at, f), f.number)
		if t == nil {
			c.ok = false
			continue
		}
		m := &model.Field{Name: f.name, GoName: f.v.Name(), Type: t, Optional: f.optional}
		if d := a.declOf(f.v); d != nil {
			m.Doc = d.doc
		}
		fields = append(fields, m)
	}
	return fields, c.ok
}

func dominant(all []field) []field {
	slices.SortStableFunc(all, func(x, y field) int {
		return cmp.Or(strings.Compare(x.name, y.name), compareRank(x, y))
	})
	var won []field
	for i := 0; i < len(all); {
		j := i + 1
		for j < len(all) && all[j].name == all[i].name {
			j++
		}
		if j == i+1 || compareRank(all[i], all[i+1]) != 0 {
			won = append(won, all[i])
		}
		i = j
	}
	slices.SortFunc(won, func(x, y field) int { return slices.Compare(x.index, y.index) })
	return won
}

func compareRank(x, y field) int {
	if c := cmp.Compare(len(x.index), len(y.index)); c != 0 || x.tagged == y.tagged {
		return c
	}
	if x.tagged {
		return -1
	}
	return 1
}

type collector struct {
	*analyzer
	at     place
	inside map[*types.Struct]bool // those that are being collected
	all    []field
	ok     bool
}

func (c *collector) collect(s *types.Struct, owner string, prefix []int) {
	if c.inside[s] {
		return
	}
	c.inside[s] = true
	defer delete(c.inside, s)
	for i := range s.NumFields() {
		v := s.Field(i)
		f, ok := c.parse(v, s.Tag(i), owner)
		f.index = append(slices.Clone(prefix), i)
		if !ok {
			continue
		}
		embedded, pointer := embeddedStruct(v)
		switch {
		case embedded != nil && !v.Exported() && (pointer || f.tagged):
			c.refuseField(f, "an embedded struct that is not exported can neither be a pointer nor have a name")
		case embedded != nil && !f.tagged && c.classOf(deref(v.Type())) != nil:
			c.refuseField(f, "a class cannot be part of another value")
		case embedded != nil && !f.tagged:
			first := len(c.all)
			c.collect(embedded, c.typeName(deref(v.Type())), f.index)
			for i := range c.all[first:] {
				c.all[first+i].optional = c.all[first+i].optional || pointer // which may be nil
			}
		case v.Exported():
			c.all = append(c.all, f)
		}
	}
}

func (c *collector) refuseField(f field, hint string) {
	c.refuse(c.atField(c.at, f), f.v.Type(), hint)
	c.ok = false
}

// parse reads a field's tags; false for one that does not cross.
func (c *collector) parse(v *types.Var, tag string, owner string) (field, bool) {
	f := field{name: v.Name(), v: v, owner: owner}
	tags := reflect.StructTag(tag)
	if tags.Get("json") == "-" || (!v.Exported() && !v.Embedded()) {
		return f, false
	}
	name, options, _ := strings.Cut(tags.Get("json"), ",")
	if name != "" && validName(name) {
		f.name, f.tagged = name, true
	}
	for option := range strings.SplitSeq(options, ",") {
		f.optional = f.optional || option == "omitempty" || option == "omitzero"
		if option == "string" {
			c.refuseField(f, "the json option string has no counterpart")
			return f, false
		}
	}
	switch word, there := tags.Lookup("quiesce"); {
	case !there:
	case word != "number":
		c.refuseField(f, `its tag can only be quiesce:"number"`)
		return f, false
	case !hasBigint(v.Type(), nil):
		c.refuseField(f, `the tag quiesce:"number" is for int64 and uint64`)
		return f, false
	default:
		f.number = true
	}
	return f, true
}

// validName has encoding/json's rule for names in tags. Another is ignored.
func validName(name string) bool {
	for _, r := range name {
		if !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// embeddedStruct returns the struct that an embedded field stands for, if it
// does, and whether it is by a pointer. A time is one value.
func embeddedStruct(v *types.Var) (s *types.Struct, pointer bool) {
	if !v.Embedded() || isNamed(deref(v.Type()), "time", "Time") {
		return nil, false
	}
	_, pointer = types.Unalias(v.Type()).(*types.Pointer)
	s, _ = deref(v.Type()).Underlying().(*types.Struct)
	return s, pointer
}

func deref(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return types.Unalias(p.Elem())
	}
	return types.Unalias(t)
}
