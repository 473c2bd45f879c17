package backend

import (
	"fmt"
	"strconv"
)

// An Error has a code that JavaScript sees. Two errors with one code are one for
// errors.Is.
type Error struct {
	code, text string
	cause      error
}

// The errors that backends return, as they are or by With.
var (
	ErrUnreachable = newError("ERR_BUS_UNREACHABLE", "the servers cannot be reached")
	ErrCredentials = newError("ERR_BUS_CREDENTIALS", "the servers refuse the credentials")
	ErrTimeout     = newError("ERR_BUS_TIMEOUT", "no answer in time")
	ErrBackend     = newError("ERR_BUS_BACKEND", "the backend failed")
	ErrDirInUse    = newError("ERR_BUS_DIR_IN_USE", "the directory is open already")
	ErrDir         = newError("ERR_BUS_DIR", "the directory cannot be used")
	ErrDiskFull    = newError("ERR_BUS_DISK_FULL", "no space left")
	ErrTooLarge    = newError("ERR_EVENT_TOO_LARGE", "the event is too large")
	ErrOverload    = newError("ERR_BUS_OVERLOADED", "too much was posted without waiting for drain()")
	ErrNoTopic     = newError("ERR_TOPIC_NOT_FOUND", "there is no such topic")
	ErrNoGroup     = newError("ERR_GROUP_NOT_FOUND", "there is no such group")
	ErrNotEmpty    = newError("ERR_TOPIC_NOT_EMPTY", "the topic has events")
	ErrSnapshot    = newError("ERR_SNAPSHOT_INVALID", "this is no snapshot of a topic")
	ErrLost        = newError("ERR_EVENTS_LOST", "events were removed before they could be read")
)

func newError(code, text string) *Error { return &Error{code: code, text: text} }

// With returns an error of the same code with more to say, and a cause or nil.
func (e *Error) With(cause error, format string, args ...any) *Error {
	return &Error{code: e.code, text: fmt.Sprintf(format, args...), cause: cause}
}

// Code returns the code.
func (e *Error) Code() string { return e.code }

func (e *Error) Error() string { return e.text }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether the other error has the same code.
func (e *Error) Is(other error) bool {
	o, ok := other.(*Error)
	return ok && o.code == e.code
}

// Lost returns the error for events that are gone: from first to next-1.
func Lost(first, next uint64) *Error {
	n := next - first
	what := strconv.FormatUint(n, 10) + " events"
	if n == 1 {
		what = "1 event"
	}
	return ErrLost.With(nil, "%s, from %d on, were removed by the topic's limits before this subscription took them; "+
		"the next is %d", what, first, next)
}
