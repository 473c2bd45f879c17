//go:build unix && !race

package guard

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// reserve maps zeroed memory that is never given back.
func reserve(bytes int) (unsafe.Pointer, error) {
	b, err := unix.Mmap(-1, 0, bytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	return unsafe.Pointer(unsafe.SliceData(b)), nil
}
