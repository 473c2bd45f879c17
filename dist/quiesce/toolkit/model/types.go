package model

// A Kind is what a type is made of.
type Kind uint8

// The kinds of types.
const (
	Scalar Kind = iota // Basic tells which
	Bytes              // a slice of bytes
	ByteArray
	Date
	Duration
	Struct
	List
	Array
	Map
	Pointer
	Handle   // a pointer to a class
	Callback // a function that Go calls
)

// A Type is the type of a value that crosses.
type Type struct {
	Kind   Kind
	Go     string // as generated code writes it
	Basic  string // of a Scalar: the name of Go's type below it
	Number bool   // a 64-bit integer that is a number in JS
	// Encoded: bytes whose elements have a type of their own, as Go converts no
	// slices.
	Encoded bool
	Named   *Named // the declared type that JS has a name for; nil: it is written out
	Elem    *Type  // of a List, Array, Map or Pointer
	Fields  []*Field
	Class   *Class
	Params  []*Param // of a Callback
}

// Direct reports whether values cross as they are, without an encoding.
func (t *Type) Direct() bool {
	switch t.Kind {
	case Scalar, Date, Duration:
		return true
	case Bytes:
		return !t.Encoded
	default:
		return false
	}
}

// A Field is a property of a struct's object.
type Field struct {
	Name     string // in JS
	GoName   string
	Doc      string
	Type     *Type
	Optional bool
}

// A Named is a declared type for which JS gets one too.
type Named struct {
	Name   string // the name that is asked for; two may ask for one
	GoName string
	Pkg    string // the name of its package, to tell such two apart
	Own    bool   // of the author's package
	Fixed  bool   // the author has given the name
	Doc    string
	// Type is what it stands for; its own Named is nil. It is filled in last, as
	// a struct may contain itself.
	Type *Type
	// Constants are all values that the package declares of it, as JS writes them.
	Constants []string
}
