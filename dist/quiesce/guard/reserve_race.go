//go:build race

package guard

import "unsafe"

// reserve takes the memory from the Go heap: the race detector follows atomics
// only there. The table keeps it for ever, as it keeps mapped memory.
func reserve(bytes int) (unsafe.Pointer, error) {
	lines := make([][SlotSize / 8]uint64, bytes/SlotSize)
	return unsafe.Pointer(unsafe.SliceData(lines)), nil
}
