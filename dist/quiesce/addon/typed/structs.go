package typed

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/tinylib/msgp/msgp"

	"github.com/quiesce/quiesce/addon/door"
)

type structSchema struct {
	Struct string `json:"struct"` // its name in the addon's types
}

type fieldSchema struct {
	Name     string `json:"name"`
	Schema   any    `json:"schema"`
	Optional bool   `json:"optional,omitempty"`
}

// A property is a field with its codec.
type property struct {
	field
	codec *codec
}

// fillStruct has a struct cross as the list of its properties' values, in the
// order of its schema. One that is left out is nil there.
func fillStruct(c *codec, t reflect.Type) {
	name := uniqueName(t)
	c.schema = structSchema{name}
	fields := fieldsOf(t)
	list := make([]property, len(fields))
	schema := make([]fieldSchema, len(fields))
	for i, f := range fields {
		list[i] = property{f, makeCodec(f.t, f.number)}
		schema[i] = fieldSchema{f.name, ref{list[i].codec}, f.optional}
	}
	pending = append(pending, namedSchema{name, schema})
	c.encode = func(b []byte, v reflect.Value, depth int) ([]byte, error) { return encodeStruct(b, v, depth, list) }
	c.decode = func(b []byte, v reflect.Value, depth int) ([]byte, error) { return decodeStruct(b, v, depth, list) }
}

func encodeStruct(b []byte, v reflect.Value, depth int, list []property) (_ []byte, err error) {
	if err := tooDeep(depth); err != nil {
		return b, err
	}
	b = msgp.AppendArrayHeader(b, uint32(len(list)))
	for i := range list {
		p := &list[i]
		value, ok := p.get(v)
		if !ok || p.omits(value) {
			b = msgp.AppendNil(b)
			continue
		}
		if b, err = p.codec.encode(b, value, depth+1); err != nil {
			return b, at("."+p.name, err)
		}
	}
	return b, nil
}

func decodeStruct(b []byte, v reflect.Value, depth int, list []property) ([]byte, error) {
	n, b, err := readLength(b)
	if err == nil && n != len(list) {
		err = fmt.Errorf("the encoded object has %d properties, not %d", n, len(list))
	}
	if err == nil {
		err = tooDeep(depth)
	}
	for i := 0; err == nil && i < n; i++ {
		p := &list[i]
		if msgp.IsNil(b) {
			b, err = msgp.ReadNilBytes(b) // left out, or null: both are the zero value
			continue
		}
		if b, err = p.codec.decode(b, p.set(v), depth+1); err != nil {
			err = at("."+p.name, err)
		}
	}
	return b, err
}

// pending are the schemas of structs that are not defined yet, since those that
// they refer to may not be made yet. It is guarded by the codecs' lock.
var pending []namedSchema

type namedSchema struct {
	name   string
	fields []fieldSchema
}

// schemaOf returns the schema of a type as JSON. Every struct that it refers to
// is defined for the JS side.
func schemaOf(t reflect.Type) door.Schema {
	c := codecOf(t)
	codecs.Lock()
	defer codecs.Unlock()
	for _, s := range pending {
		door.DefineType(s.name, door.Schema(mustMarshal(map[string]any{"fields": s.fields})))
	}
	pending = nil
	return door.Schema(mustMarshal(c.schema))
}

func marshal(v any) ([]byte, error) { return json.Marshal(v) }

func mustMarshal(v any) []byte {
	text, err := marshal(v)
	if err != nil {
		panic("typed: " + err.Error())
	}
	return text
}

// uniqueName names a struct for the schemas of one addon. It is called under
// the codecs' lock.
func uniqueName(t reflect.Type) string {
	name := t.Name()
	if cut := strings.IndexByte(name, '['); cut >= 0 {
		name = name[:cut] // the arguments of a generic type have whole import paths
	}
	if name == "" {
		name = "object"
	}
	unique := name
	for i := 2; codecs.names[unique]; i++ {
		unique = fmt.Sprintf("%s#%d", name, i)
	}
	codecs.names[unique] = true
	return unique
}
