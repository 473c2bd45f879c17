package guard

import "fmt"

// An Error is a refusal by a table. Compare with errors.Is.
type Error struct{ code, message string }

// Error returns a sentence for people.
func (e *Error) Error() string { return e.message }

// Code returns the stable code, the same in every language.
func (e *Error) Code() string { return e.code }

// The refusals. They are values: errors.Is tells them apart.
var (
	// ErrFreed: freeing of the handle began, or ended long ago. It is also the
	// cause of the contexts that a begin-free cancels.
	ErrFreed = &Error{"ERR_HANDLE_FREED", "the handle is freed"}
	// ErrInvalid: the token was never given out by this table.
	ErrInvalid = &Error{"ERR_HANDLE_INVALID", "the token was never given out by this addon in this process"}
	// ErrHandleLimit: MaxHandles handles are live, or every slot is retired.
	ErrHandleLimit = &Error{"ERR_HANDLE_LIMIT", "too many live handles"}
	// ErrOpsLimit: OpsLimit ops are in flight on the handle.
	ErrOpsLimit = &Error{"ERR_HANDLE_LIMIT", "too many ops in flight on the handle"}
	// ErrNoMemory: the system has no memory for another chunk of slots.
	ErrNoMemory = &Error{"ERR_HANDLE_LIMIT", "no memory for more handles"}
)

// A ReleaseError tells that the Close of a resource failed, panicked or ended
// its goroutine. The handle is gone all the same.
type ReleaseError struct {
	// Cause is what Close returned, or a *PanicError.
	Cause error
}

func (e *ReleaseError) Error() string { return "release failed: " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *ReleaseError) Unwrap() error { return e.Cause }

// Code returns ERR_RELEASE_FAILED.
func (e *ReleaseError) Code() string { return "ERR_RELEASE_FAILED" }

// A PanicError is a recovered panic. If the value was an error it is the cause.
type PanicError struct {
	// Value is what was given to panic; nil stands for runtime.Goexit.
	Value any
	// GoStack is the stack of the goroutine that panicked.
	GoStack string
}

func (e *PanicError) Error() string {
	if e.Value == nil {
		return "runtime.Goexit was called"
	}
	return fmt.Sprintf("panic: %v", e.Value)
}

// Unwrap returns the panic's value if it was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Code returns ERR_GO_PANIC.
func (e *PanicError) Code() string { return "ERR_GO_PANIC" }

// Stack returns the Go stack.
func (e *PanicError) Stack() string { return e.GoStack }
