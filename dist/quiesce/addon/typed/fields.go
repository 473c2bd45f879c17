package typed

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// A field is one property of a struct's object.
type field struct {
	name     string
	index    []int // through embedded structs
	t        reflect.Type
	tagged   bool
	empty    bool // omitempty
	zero     bool // omitzero
	optional bool // either of them, or an embedded pointer before it: it may be absent
	number   bool // 64-bit integers are numbers
}

// fieldsOf returns the properties of a struct as encoding/json chooses them:
// of several with one name the least deeply embedded wins, then the one whose
// name a tag gives; where that does not tell, there is none.
func fieldsOf(t reflect.Type) []field {
	all := collect(t, nil, map[reflect.Type]bool{})
	slices.SortStableFunc(all, func(x, y field) int {
		if c := cmp.Compare(x.name, y.name); c != 0 {
			return c
		}
		return compareRank(x, y)
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
	if c := cmp.Compare(len(x.index), len(y.index)); c != 0 {
		return c
	}
	switch {
	case x.tagged == y.tagged:
		return 0
	case x.tagged:
		return -1
	}
	return 1
}

func collect(t reflect.Type, prefix []int, inside map[reflect.Type]bool) []field {
	if inside[t] {
		return nil
	}
	inside[t] = true
	defer delete(inside, t)
	var list []field
	for i := range t.NumField() {
		sf := t.Field(i)
		f, skip := parse(sf)
		f.index = append(slices.Clone(prefix), i)
		embedded := sf.Type
		if embedded.Kind() == reflect.Pointer {
			embedded = embedded.Elem()
		}
		switch {
		case skip:
		case sf.Anonymous && sf.Type.Kind() == reflect.Pointer && embedded.Kind() == reflect.Struct && !sf.IsExported():
			panic(unmappable(t)) // nobody but its package can set it
		case sf.Anonymous && !f.tagged && embedded.Kind() == reflect.Struct && embedded != timeType:
			for _, inner := range collect(embedded, f.index, inside) {
				inner.optional = inner.optional || embedded != sf.Type // the pointer may be nil
				list = append(list, inner)
			}
		case sf.IsExported(), sf.Anonymous && sf.Type.Kind() == reflect.Struct:
			list = append(list, f)
		}
	}
	return list
}

func parse(sf reflect.StructField) (f field, skip bool) {
	tag := sf.Tag.Get("json")
	name, options, _ := strings.Cut(tag, ",")
	if !isName(name) {
		name = ""
	}
	f = field{name: cmp.Or(name, sf.Name), t: sf.Type, tagged: name != ""}
	for option := range strings.SplitSeq(options, ",") {
		f.empty = f.empty || option == "omitempty"
		f.zero = f.zero || option == "omitzero"
	}
	f.optional = f.empty || f.zero
	f.number = sf.Tag.Get("quiesce") == "number"
	return f, tag == "-"
}

// isName reports whether encoding/json takes the name of a tag.
func isName(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool {
		return !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) < 0
}

// get returns the field's value in a struct; false where an embedded pointer
// on the way to it is nil.
func (f *field) get(v reflect.Value) (reflect.Value, bool) {
	for i, n := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(n)
	}
	return v, true
}

// set returns where the field's value goes; it makes embedded structs on the
// way to it.
func (f *field) set(v reflect.Value) reflect.Value {
	for i, n := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(n)
	}
	return v
}

// omits reports whether the property is left out for this value.
func (f *field) omits(v reflect.Value) bool {
	return f.zero && isZero(v) || f.empty && isEmpty(v)
}

// isZero asks the value's own IsZero, if it has one on itself or on a pointer.
func isZero(v reflect.Value) bool {
	if !v.CanInterface() || v.Kind() == reflect.Pointer && v.IsNil() {
		return v.IsZero()
	}
	if z, ok := v.Interface().(interface{ IsZero() bool }); ok {
		return z.IsZero()
	}
	boxed := reflect.New(v.Type())
	boxed.Elem().Set(v)
	if z, ok := boxed.Interface().(interface{ IsZero() bool }); ok {
		return z.IsZero()
	}
	return v.IsZero()
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
		return v.Len() == 0
	case reflect.Struct:
		return false
	default:
		return v.IsZero()
	}
}
