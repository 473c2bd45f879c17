package mapped

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

const openFlags = os.O_RDONLY

// mapping maps the first size bytes of file, and names the call that failed.
func mapping(file *os.File, size int) (data []byte, op string, err error) {
	high, low := uint32(uint64(size)>>32), uint32(size)
	section, err := windows.CreateFileMapping(windows.Handle(file.Fd()), nil, windows.PAGE_READONLY, high, low, nil)
	if err != nil {
		return nil, "CreateFileMapping", err
	}
	defer windows.CloseHandle(section) // the view keeps it alive
	address, err := windows.MapViewOfFile(section, windows.FILE_MAP_READ, 0, 0, uintptr(size))
	if err != nil {
		return nil, "MapViewOfFile", err
	}
	// The view is no memory of Go's, so its address never moves; read as a
	// pointer in place, because vet takes a conversion for a dangling one.
	start := *(**byte)(unsafe.Pointer(&address))
	return unsafe.Slice(start, size), "", nil
}

// unmap gives back what mapping returned.
func unmap(data []byte) (op string, err error) {
	return "UnmapViewOfFile", windows.UnmapViewOfFile(uintptr(unsafe.Pointer(unsafe.SliceData(data))))
}
