package door

import (
	"crypto/rand"
	"encoding/json"
)

// id tells this addon from any other in the process, and one process from
// another: a package that is loaded twice finds itself by it.
var id = rand.Text()

type paramInfo struct {
	Name     string            `json:"name"`
	Kind     string            `json:"kind"`
	Optional bool              `json:"optional,omitempty"`
	Class    string            `json:"class,omitempty"`
	Schema   json.RawMessage   `json:"schema,omitempty"`
	Rest     bool              `json:"rest,omitempty"`
	Options  bool              `json:"options,omitempty"`
	Args     []json.RawMessage `json:"args,omitempty"`
}

type memberInfo struct {
	Class     int             `json:"class"` // -1 for a function
	Name      string          `json:"name"`
	Static    bool            `json:"static"`
	Async     bool            `json:"async"`
	Construct bool            `json:"construct,omitempty"`
	Makes     bool            `json:"makes,omitempty"`
	Params    []paramInfo     `json:"params"`
	Returns   json.RawMessage `json:"returns,omitempty"`
	Yields    json.RawMessage `json:"yields,omitempty"`
}

// Contract is the version of what the JS side and this one have to agree on.
// It is raised by every change that makes an addon of before unusable.
const Contract = 1

// version is that of the toolkit that has built the addon, for messages.
var version string

// BuiltBy tells the version of the toolkit that has built the addon.
func BuiltBy(v string) { version = v }

// types are the structs that schemas refer to by name.
var types = map[string]json.RawMessage{}

// DefineType tells the JS side what the name of a struct in a schema stands for.
func DefineType(name string, s Schema) {
	mustNotBeFrozen()
	types[name] = json.RawMessage(s)
}

// Describe answers the classes and their members as JSON, in the order of
// their numbers, for the JS side.
func Describe(out *Wire) {
	var d struct {
		ID       string                     `json:"id"`
		Contract int                        `json:"contract"`
		Version  string                     `json:"version,omitempty"`
		Classes  []string                   `json:"classes"`
		Members  []memberInfo               `json:"members"`
		Types    map[string]json.RawMessage `json:"types"`
	}
	d.ID, d.Contract, d.Version, d.Types = id, Contract, version, types
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
	info := memberInfo{
		Class: m.class.number, Name: m.name, Static: m.static, Async: m.async != nil, Construct: m.construct, Makes: m.makes,
		Params: []paramInfo{}, Returns: json.RawMessage(m.returns), Yields: json.RawMessage(m.yields),
	}
	for _, p := range m.params {
		pi := paramInfo{
			Name: p.Name, Kind: kindNames[p.Kind], Optional: p.Optional,
			Schema: json.RawMessage(p.Schema), Rest: p.Rest, Options: p.Options,
		}
		for _, s := range p.Args {
			pi.Args = append(pi.Args, json.RawMessage(s))
		}
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
