package door

// A Kind is what a parameter takes.
type Kind uint8

// The kinds. The C shim has the same list.
const (
	KindAny      Kind = iota // undefined, null, boolean, number, bigint, string or bytes
	KindBool                 // a boolean
	KindNumber               // any number
	KindInteger              // a number without fraction within ±(2^53 - 1)
	KindInt64                // a bigint within 64 bits, or a safe integer
	KindString               // a string
	KindBytes                // an ArrayBuffer, SharedArrayBuffer or a view of one
	KindData                 // a string, taken as UTF-8, or bytes
	KindHandle               // a handle of one class
	KindFloat32              // a number that is no further from 0 than a float32 can be
	KindInt8                 // a number without fraction within 8 bits; so are those that follow
	KindInt16                //
	KindInt32                //
	KindUint8                //
	KindUint16               //
	KindUint32               //
	KindUint                 // from 0 to 2^53 - 1
	KindUint64               // a bigint of 64 bits without sign, or a safe integer
	KindDate                 // a Date that is valid
	KindDuration             // a number of ms, up to Go's 292 years
	KindEncoded              // what the JS side has encoded by the parameter's schema
	KindCallback             // a function, by the number that the JS side has given to it
)

var kindNames = [...]string{
	KindAny:      "any",
	KindBool:     "boolean",
	KindNumber:   "number",
	KindInteger:  "integer",
	KindInt64:    "bigint",
	KindString:   "string",
	KindBytes:    "bytes",
	KindData:     "data",
	KindHandle:   "handle",
	KindFloat32:  "float32",
	KindInt8:     "int8",
	KindInt16:    "int16",
	KindInt32:    "int32",
	KindUint8:    "uint8",
	KindUint16:   "uint16",
	KindUint32:   "uint32",
	KindUint:     "uint",
	KindUint64:   "uint64",
	KindDate:     "date",
	KindDuration: "duration",
	KindEncoded:  "encoded",
	KindCallback: "callback",
}

// A Schema tells the JS side, in JSON, what an encoded value looks like; see
// package typed, which makes it, and lib/schema.js, which reads it.
type Schema string

// A Param is one parameter of a method.
type Param struct {
	Name     string
	Kind     Kind
	Optional bool
	// Class is the class that a KindHandle takes.
	Class *Class
	// Schema is that of a KindEncoded.
	Schema Schema
	// Rest: the parameter is the last and takes all remaining arguments, as a list.
	Rest bool
	// Options: a signal may be among the properties of the argument.
	Options bool
	// Args are the schemas of what a KindCallback is called with.
	Args []Schema
}

// Opt returns the parameter as an optional one. After it all must be optional.
func (p Param) Opt() Param {
	p.Optional = true
	return p
}

// Params is a parameter list.
type Params []Param

// MaxParams is the number of parameters that a method may have.
const MaxParams = 12
