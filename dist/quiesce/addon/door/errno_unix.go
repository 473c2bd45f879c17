//go:build unix

package door

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// errnoName returns ENOENT and the like, or an empty string.
func errnoName(number syscall.Errno) string { return unix.ErrnoName(number) }
