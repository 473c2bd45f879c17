package door

import "crypto/rand"

// id tells this addon from any other in the process, and one process from
// another: a package that is loaded twice finds itself by it.
var id = rand.Text()

type paramInfo struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Optional bool   `json:"optional,omitempty"`
	Class    string `json:"class,omitempty"`
}

type memberInfo struct {
	Class  int         `json:"class"`
	Name   string      `json:"name"`
	Static bool        `json:"static"`
	Async  bool        `json:"async"`
	Params []paramInfo `json:"params"`
}

var kindNames = [...]string{
	KindAny:     "any",
	KindBool:    "boolean",
	KindNumber:  "number",
	KindInteger: "integer",
	KindInt64:   "bigint",
	KindString:  "string",
	KindBytes:   "bytes",
	KindData:    "data",
	KindHandle:  "handle",
}

// Describe answers the classes and their members as JSON, in the order of
// their numbers, for the JS side.
func Describe(out *Wire) {
	var d struct {
		ID      string       `json:"id"`
		Classes []string     `json:"classes"`
		Members []memberInfo `json:"members"`
	}
	d.ID = id
	d.Members = []memberInfo{}
	for _, c := range classes {
		d.Classes = append(d.Classes, c.name)
	}
	for _, m := range members {
		d.Members = append(d.Members, m.info())
	}
	storeJSON(out, &d)
}

func (m *Member) info() memberInfo {
	info := memberInfo{Class: m.class.number, Name: m.name, Static: m.static, Async: m.async != nil, Params: []paramInfo{}}
	for _, p := range m.params {
		pi := paramInfo{Name: p.Name, Kind: kindNames[p.Kind], Optional: p.Optional}
		if p.Class != nil {
			pi.Class = p.Class.name
		}
		info.Params = append(info.Params, pi)
	}
	return info
}

// Members returns the number of members.
func Members() int { return len(members) }

// A Shape is what the shim must know of a member to read its arguments.
type Shape struct {
	Static, Async bool
	Required      int
	Kinds         []Kind
}

// ShapeOf returns the shape of a member.
func ShapeOf(number int) Shape {
	m := members[number]
	s := Shape{Static: m.static, Async: m.async != nil}
	for _, p := range m.params {
		if !p.Optional {
			s.Required++
		}
		s.Kinds = append(s.Kinds, p.Kind)
	}
	return s
}
