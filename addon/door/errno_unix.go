//go:build unix

package door

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// A systemError is what Node calls an error of the system.
type systemError struct {
	code  string
	errno int // negative
	text  string
}

// errnoOf returns what Node has for an error of the system; ok is false where
// it has nothing.
func errnoOf(number syscall.Errno) (found systemError, ok bool) {
	name := unix.ErrnoName(number)
	return systemError{name, -int(number), number.Error()}, name != ""
}
