package door

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/quiesce/quiesce/guard"
)

// A description is what the JS side makes an error of.
type description struct {
	Code    string       `json:"code,omitempty"`
	Name    string       `json:"name,omitempty"` // TypeError, RangeError or a name of the author's
	Message string       `json:"message"`
	GoStack string       `json:"goStack,omitempty"`
	Errno   int          `json:"errno,omitempty"` // negative, as Node has it
	Syscall string       `json:"syscall,omitempty"`
	Path    string       `json:"path,omitempty"`
	Dest    string       `json:"dest,omitempty"`
	Cause   *description `json:"cause,omitempty"`
	// Errors are those that errors.Join has joined.
	Errors []*description `json:"errors,omitempty"`
}

// errAborted is the cause of a context whose signal aborted.
var errAborted = errors.New("the operation was aborted")

// errEnvEnded is the cause of a context whose env has ended. Nobody is told.
var errEnvEnded = errors.New("the env has ended")

// A deadlockError refuses a free that would wait for its own thread.
type deadlockError struct{}

var errWouldDeadlock = deadlockError{}

func (deadlockError) Error() string {
	return "freeSync() would wait for an op that this thread itself is in; leave it first, or use free()"
}
func (deadlockError) Code() string { return "ERR_WOULD_DEADLOCK" }

// A classError refuses a token of another class.
type classError struct{ want, got *Class }

func (e *classError) Error() string {
	return fmt.Sprintf("the token is a %s, not a %s", e.got.name, e.want.name)
}

func (e *classError) Code() string { return "ERR_HANDLE_TYPE" }

// An argumentError refuses a handle that is an argument.
type argumentError struct {
	name string
	err  error
}

func (e *argumentError) Error() string { return fmt.Sprintf("argument %q: %v", e.name, e.err) }
func (e *argumentError) Code() string  { return codeOf(e.err) }

// A RangeError tells that a value does not fit the type of the other side.
type RangeError string

func (e RangeError) Error() string { return string(e) }

// Code returns ERR_OUT_OF_RANGE.
func (e RangeError) Code() string { return "ERR_OUT_OF_RANGE" }

// Name returns RangeError: it is one in JS too.
func (e RangeError) Name() string { return "RangeError" }

// errNoMemory tells that C had no memory for a result.
type noMemoryError uint64

func (e noMemoryError) Error() string {
	return fmt.Sprintf("no memory for a result of %d bytes", uint64(e))
}
func (e noMemoryError) Code() string { return "ERR_MEMORY_ALLOCATION_FAILED" }

func codeOf(err error) string {
	var coded interface{ Code() string }
	if errors.As(err, &coded) {
		return coded.Code()
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			return s.code
		}
	}
	return ""
}

var sentinels []struct {
	err  error
	code string
}

// ErrorCode gives a code to every error that errors.Is finds to be err, unless
// its chain has a Code method. Call it from an init function.
func ErrorCode(err error, code string) {
	mustNotBeFrozen()
	sentinels = append(sentinels, struct {
		err  error
		code string
	}{err, code})
}

// whyCancelled replaces the bare end of a context by what ended it. An error
// whose methods panic stays as it is.
func whyCancelled(ctx context.Context, err error) (why error) {
	defer func() {
		if recover() != nil {
			why = err
		}
	}()
	cause := context.Cause(ctx)
	if cause != nil && errors.Is(err, context.Canceled) {
		return cause
	}
	return err
}

// maxCauses bounds the chain of causes that is described, and how many errors
// of those that were joined.
const maxCauses = 16

func describe(m *Member, err error) *description {
	d := describeChain(err, maxCauses)
	switch err.(type) {
	case *guard.Error, *classError, *argumentError, *guard.PanicError:
		d.Message = m.String() + "(): " + d.Message
	}
	return d
}

func describeChain(err error, depth int) *description {
	d, whole := describeAlone(err)
	if depth == 0 || whole {
		return d
	}
	joined, cause := causesOf(err)
	if cause != nil {
		d.Cause = describeChain(cause, depth-1)
	}
	for _, each := range joined[:min(len(joined), maxCauses)] {
		d.Errors = append(d.Errors, describeChain(each, depth/4)) // a tree of them stays small
	}
	return d
}

// describeAlone describes an error without its cause, and reports whether that
// is all there is to tell. The methods of an author's error may panic, as most
// do on a nil pointer in an error interface: then the description tells of that.
func describeAlone(err error) (d *description, whole bool) {
	d = &description{}
	defer func() {
		if v := recover(); v != nil {
			p := &guard.PanicError{Value: v, GoStack: string(debug.Stack())}
			d.Message, d.GoStack = fmt.Sprintf("%v, in a method of the error, a %T", p, err), p.GoStack
			d.Code = cmp.Or(d.Code, p.Code())
		}
	}()
	d.Code = codeOf(err)
	if errors.Is(err, errAborted) {
		return &description{Code: "ABORT_ERR", Name: "AbortError", Message: "The operation was aborted"}, true
	}
	d.Message = bounded(err.Error())
	if named, ok := err.(interface{ Name() string }); ok {
		d.Name = named.Name()
	}
	if p, ok := err.(*guard.PanicError); ok {
		d.GoStack = p.GoStack
	}
	return d, describeSystemError(d, err)
}

// maxMessage bounds the text of one error, in bytes: a JS string could not hold
// any length of it, and every cause repeats what it wraps.
const maxMessage = 2 << 20

func bounded(text string) string {
	if len(text) <= maxMessage {
		return text
	}
	return strings.ToValidUTF8(text[:maxMessage], "") + "..."
}

// causesOf unwraps an error, whose method may panic too.
func causesOf(err error) (joined []error, cause error) {
	defer func() { _ = recover() }()
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		return several.Unwrap(), nil
	}
	return nil, errors.Unwrap(err)
}

// describeSystemError fills in what Node's own errors have, unless the error
// has a code of its own. It reports whether nothing of err is left untold.
func describeSystemError(d *description, err error) bool {
	var number syscall.Errno
	if d.Code != "" || !errors.As(err, &number) {
		return false
	}
	found, ok := errnoOf(number)
	if !ok {
		return false
	}
	d.Code, d.Errno = found.code, found.errno
	switch e := err.(type) {
	case *fs.PathError:
		d.Syscall, d.Path = e.Op, e.Path
	case *os.LinkError:
		d.Syscall, d.Path, d.Dest = e.Op, e.Old, e.New
	case *os.SyscallError:
		d.Syscall = e.Syscall
	default:
		return false
	}
	d.Message = fmt.Sprintf("%s: %s, %s", d.Code, found.text, d.Syscall)
	if d.Path != "" {
		d.Message += fmt.Sprintf(" '%s'", d.Path)
	}
	if d.Dest != "" {
		d.Message += fmt.Sprintf(" -> '%s'", d.Dest)
	}
	return true
}
