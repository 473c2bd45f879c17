package typed

import (
	"reflect"
	"strconv"

	"github.com/tinylib/msgp/msgp"

	"github.com/quiesce/quiesce/addon/door"
)

// SchemaOf returns the schema of a type, for Member.Returns and Member.Yields.
// Like all in this package that names a type it panics for one that JS has
// nothing for, and is called from init functions first.
func SchemaOf[T any]() door.Schema { return schemaOf(reflect.TypeFor[T]()) }

// Param takes a value that is encoded. Its argument is read by Arg.
func Param[T any](name string) door.Param {
	return door.Param{Name: name, Kind: door.KindEncoded, Schema: SchemaOf[T]()}
}

// OptionsParam takes an optional object of options, which may have a signal.
func OptionsParam[T any](name string) door.Param {
	p := Param[T](name).Opt()
	p.Options = true
	return p
}

// RestParam takes all remaining arguments, each a T. They are read by Rest.
func RestParam[T any](name string) door.Param {
	schema := mustMarshal(listSchema{List: ref{elementCodec[T]()}})
	return door.Param{Name: name, Kind: door.KindEncoded, Schema: door.Schema(schema), Rest: true}
}

// elementCodec makes the codec, and sees to it that its structs are defined.
func elementCodec[T any]() *codec {
	SchemaOf[T]()
	return codecOf(reflect.TypeFor[T]())
}

// Arg returns an argument of Param or OptionsParam; one that was left out is
// the zero value.
func Arg[T any](a door.Args, i int) (v T, err error) {
	if !a.Has(i) {
		return v, nil
	}
	c := codecOf(reflect.TypeFor[T]())
	_, err = c.decode(a.Peek(i), reflect.ValueOf(&v).Elem(), 0)
	return v, argumentError(i, err)
}

// Rest returns the arguments of RestParam.
func Rest[T any](a door.Args, i int) ([]T, error) {
	n, b, err := readLength(a.Peek(i))
	if err != nil {
		return nil, argumentError(i, err)
	}
	c := codecOf(reflect.TypeFor[T]())
	list := make([]T, 0, min(n, firstRoom))
	for range n {
		var v T
		if b, err = c.decode(b, reflect.ValueOf(&v).Elem(), 1); err != nil {
			return nil, argumentError(i, err)
		}
		list = append(list, v)
	}
	return list, nil
}

// argumentError names the argument. The JS side has checked it already, so only
// one who has gone around that side sees such an error.
func argumentError(i int, err error) error {
	if err == nil {
		return nil
	}
	return at("argument "+strconv.Itoa(i+1)+":", err)
}

// Value returns an encoded value, for a member with Returns.
func Value[T any](v T) (door.Value, error) {
	b, err := appendValue(nil, &v)
	if err != nil {
		return door.Value{}, at("the result", err)
	}
	return door.Bytes(b), nil
}

func appendValue[T any](b []byte, v *T) ([]byte, error) {
	return codecOf(reflect.TypeFor[T]()).encode(b, reflect.ValueOf(v).Elem(), 0)
}

// appendList puts the header of a list before items that are encoded already.
func appendList(n uint32, items []byte) []byte {
	b := msgp.AppendArrayHeader(make([]byte, 0, len(items)+5), n)
	return append(b, items...)
}
