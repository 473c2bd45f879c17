package shapes

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// ErrEmpty has a code by a directive.
//
//quiesce:code ERR_EMPTY
var ErrEmpty = errors.New("it is empty")

var (
	// ErrFull has one too.
	//
	//quiesce:code ERR_FULL
	ErrFull = fmt.Errorf("it is full")

	errPlain = errors.New("plain")
)

// A CodedError has a Code method.
type CodedError struct{ code, message string }

func (e *CodedError) Error() string { return e.message }

// Code returns the code.
func (e *CodedError) Code() string { return e.code }

type namedError string

func (e namedError) Error() string { return "an error that is named" }
func (e namedError) Name() string  { return string(e) }

// A wrapping error has a code and a cause.
type wrapping struct {
	CodedError
	err error
}

func (w *wrapping) Unwrap() error { return w.err }

// A badError panics when it is asked for its text.
type badError struct{}

func (*badError) Error() string { panic("no text") }

var failures = map[string]error{
	"plain":      errPlain,
	"coded":      &CodedError{"ERR_CODED", "a coded error"},
	"sentinel":   ErrEmpty,
	"full":       fmt.Errorf("the box: %w", ErrFull),
	"wrapped":    fmt.Errorf("outer: %w", fmt.Errorf("middle: %w", ErrEmpty)),
	"chain":      fmt.Errorf("outer: %w", fmt.Errorf("middle: %w", errPlain)),
	"causes":     &wrapping{CodedError{"ERR_OUTER", "outside"}, &wrapping{CodedError{"ERR_INNER", "inside"}, errPlain}},
	"joined":     errors.Join(errPlain, fmt.Errorf("again: %w", ErrEmpty)),
	"path":       &fs.PathError{Op: "open", Path: "some/file", Err: syscall.ENOENT},
	"link":       &os.LinkError{Op: "rename", Old: "old", New: "new", Err: syscall.EXDEV},
	"syscall":    os.NewSyscallError("mmap", syscall.ENOMEM),
	"TypeError":  namedError("TypeError"),
	"RangeError": namedError("RangeError"),
	"QuotaError": namedError("QuotaError"),
	"bad":        &badError{},
	"unicode":    errors.New("ünïcode \"quoted\"\n\x00 \xff"),
	"empty":      errors.New(""),
}

// fail returns an error, or panics in some way.
func fail(how string) error {
	var list []int
	var p *Point
	switch how {
	case "none":
		return nil
	case "panic":
		panic("mine")
	case "panic error":
		panic(fmt.Errorf("mine: %w", ErrEmpty))
	case "nil":
		p.X = 1
	case "index":
		list[len(how)] = 1
	case "divide":
		return fmt.Errorf("%d", len(how)/len(list))
	case "read":
		_, err := os.ReadFile("/no/such/folder/file")
		return err
	}
	if err := failures[how]; err != nil {
		return err
	}
	return fmt.Errorf("no such failure: %q", how)
}

// A Failer fails in all ways.
//
//quiesce:class
type Failer struct{ life life }

// NewFailer fails too, if it is told so.
func NewFailer(how string) (*Failer, error) {
	if err := fail(how); err != nil {
		return nil, err
	}
	return &Failer{life: begin()}, nil
}

// OpenFailer makes one later.
func OpenFailer(_ context.Context, how string) (*Failer, error) { return NewFailer(how) }

// Fail has no result but the error.
func (f *Failer) Fail(how string) error { return fail(how) }

// FailOr returns a number, if it does not fail.
func (f *Failer) FailOr(how string) (int, error) { return 7, fail(how) }

// FailLater fails by a promise.
func (f *Failer) FailLater(_ context.Context, how string) error { return fail(how) }

// FailOrLater returns an object by a promise, if it does not fail.
func (f *Failer) FailOrLater(_ context.Context, how string) (*Entry, error) {
	return &Entry{"word", 1}, fail(how)
}

// Quit ends its own goroutine.
func (f *Failer) Quit(context.Context) { quit() }

func quit() { runtime.Goexit() }

// Panic has no error as a result.
func (f *Failer) Panic(text string) { panic(text) }

// Child is a handle, or fails.
func (f *Failer) Child(how string) (*Failer, error) { return NewFailer(how) }

// Close is called once.
func (f *Failer) Close() error { f.life.end(); return nil }

// TryFail is a function that fails.
//
//quiesce:function
func TryFail(how string) (string, error) { return "fine", fail(how) }

// TryFailLater is a function that fails by a promise.
//
//quiesce:function
func TryFailLater(_ context.Context, how string) (string, error) { return "fine", fail(how) }

// A Faulty may not be closed without trouble.
//
//quiesce:class
type Faulty struct {
	life life
	how  string
}

// NewFaulty makes an object whose Close fails in that way.
func NewFaulty(how string) *Faulty { return &Faulty{begin(), how} }

// Close fails.
func (f *Faulty) Close() error { f.life.end(); return fail(f.how) }

// Plain has a Close without a result.
//
//quiesce:class
type Plain struct {
	life life
	how  string
}

// NewPlain makes one. Its Close panics when that is asked for.
func NewPlain(how string) *Plain { return &Plain{begin(), how} }

// How returns what it was made with.
func (p *Plain) How() string { p.life.use(); return p.how }

// Close cannot return an error, but it can panic.
func (p *Plain) Close() {
	p.life.end()
	if err := fail(p.how); err != nil {
		panic(err)
	}
}

// Bare has no Close.
//
//quiesce:class
type Bare struct{ value int }

// NewBare makes one.
func NewBare(value int) *Bare { return &Bare{value} }

// Value returns what it was made with.
func (b *Bare) Value() int { return b.value }
