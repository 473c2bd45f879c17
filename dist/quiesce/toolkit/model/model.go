// Package model is what the analysis of a Go package comes to, and what the
// generators read. It knows nothing of go/types.
package model

// A Package is an author's package.
type Package struct {
	Name string // the Go package's
	Path string
	Dir  string
	Doc  string

	Imports   []Import // all packages that Go expressions refer to
	Classes   []*Class
	Functions []*Member
	Named     []*Named   // the declared types that values consist of
	Sentinels []Sentinel // errors that have codes
	Numbers   []string   // types of 64-bit integers that are numbers, as Go writes them
	// Links has the JS names of what doc comments may refer to, by the Go names:
	// Counter, Counter.Add, Minify.
	Links map[string]string
}

// An Import is a package under the name that Go expressions have for it.
type Import struct{ Alias, Path string }

// A Sentinel is an error value with a code.
type Sentinel struct{ Go, Code string }

// A Class is a type whose values become handles.
type Class struct {
	Name    string // in JS
	GoName  string
	Go      string // the type, as generated code writes it
	Doc     string
	Close   Close
	Statics []*Member // the constructor among them
	Methods []*Member
}

// Close tells what releases a value of a class.
type Close uint8

// The shapes of Close.
const (
	NoClose    Close = iota // there is none
	PlainClose              // it has no result
	ErrorClose              // it returns an error
)

// A Member is a constructor, a method or a function.
type Member struct {
	Name        string // in JS
	GoName      string
	Doc         string
	Constructor bool // what JS calls by new
	Context     bool // the Go function's first parameter is a context
	Params      []*Param
	Result      *Type // nil when there is none
	Error       bool  // the last result is an error
	Stream      Stream
	// Nullable: a handle that may be null.
	Nullable bool
}

// Async reports whether JS gets a promise.
func (m *Member) Async() bool { return m.Context && m.Stream == NoStream }

// TakesSignal reports whether JS may pass { signal }.
func (m *Member) TakesSignal() bool { return m.Context || m.Stream != NoStream }

// Stream tells how Go hands out the items of an iteration. Result is their type.
type Stream uint8

// The kinds of streams.
const (
	NoStream Stream = iota
	Seq             // iter.Seq[T]
	Seq2            // iter.Seq2[T, error]
	Chan            // <-chan T
)

// A Param is one parameter, without a leading context.
type Param struct {
	Name    string // in Go; made up where there is none
	Type    *Type  // of a rest parameter: of one element
	Options bool   // an optional object
	Rest    bool
	// Borrowed: bytes that are not copied, and only valid during the call.
	Borrowed bool
}
