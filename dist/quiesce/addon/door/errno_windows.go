//go:build windows

package door

import (
	"errors"
	"io/fs"
	"syscall"
)

// errnoName returns the name that Node gives to the commonest system errors.
func errnoName(number syscall.Errno) string {
	switch {
	case number == syscall.EISDIR:
		return "EISDIR"
	case errors.Is(number, fs.ErrNotExist):
		return "ENOENT"
	case errors.Is(number, fs.ErrPermission):
		return "EPERM"
	case errors.Is(number, fs.ErrExist):
		return "EEXIST"
	}
	return ""
}
