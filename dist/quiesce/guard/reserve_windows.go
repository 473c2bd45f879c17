//go:build windows && !race

package guard

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// reserve maps zeroed memory that is never given back.
func reserve(bytes int) (unsafe.Pointer, error) {
	address, err := windows.VirtualAlloc(0, uintptr(bytes), windows.MEM_RESERVE|windows.MEM_COMMIT, windows.PAGE_READWRITE)
	if err != nil {
		return nil, err
	}
	// Not Go memory, so the collector never moves or frees it; the detour
	// through a pointer keeps go vet from taking it for pointer arithmetic.
	return *(*unsafe.Pointer)(unsafe.Pointer(&address)), nil
}
