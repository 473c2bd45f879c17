package mapped

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"unsafe"
)

// TruncatedError reports that bytes of the mapping can no longer be read: the
// file was truncated after Open or, which the system reports in the same way,
// its disk failed.
type TruncatedError struct {
	Path   string // as it was given to Open
	Offset int64  // of a byte that could not be read; more may be missing, before it too
}

// Code returns "ERR_FILE_TRUNCATED".
func (e *TruncatedError) Code() string { return "ERR_FILE_TRUNCATED" }

func (e *TruncatedError) Error() string {
	return fmt.Sprintf("the file %q was truncated, or its disk failed, after it was mapped: "+
		"its byte %d cannot be read", e.Path, e.Offset)
}

// touch runs use, which may read the mapping; nothing else may. A page that is
// gone raises a fault, by default the end of the process. Here it becomes a
// TruncatedError. What use reads must be copied, or boiled down to numbers,
// before it returns.
//
// Any other panic goes on, with one kind of fault among them: that of a mapping
// which was closed while use ran. That is not the file's doing but the
// caller's, and must not look harmless.
func (f *File) touch(use func()) (err error) {
	if !trapFaults {
		use()
		return nil
	}
	if f.closed.Load() {
		return f.errClosed("read")
	}
	// The setting belongs to the goroutine, which may be a guest's: put it back.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			offset, ok := f.faultOffset(p)
			if !ok || f.closed.Load() {
				panic(p)
			}
			err = &TruncatedError{Path: f.path, Offset: offset}
		}
	}()
	use()
	return nil
}

// faultOffset returns where in the mapping the fault lies that p reports; false
// if p reports none, or one elsewhere.
func (f *File) faultOffset(p any) (int64, bool) {
	fault, ok := p.(interface {
		runtime.Error
		Addr() uintptr
	})
	if !ok || len(f.data) == 0 {
		return 0, false
	}
	// Below the mapping the difference wraps and is too large as well.
	offset := fault.Addr() - uintptr(unsafe.Pointer(unsafe.SliceData(f.data)))
	return int64(offset), offset < uintptr(len(f.data))
}
