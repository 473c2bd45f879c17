package mapped

import (
	"context"
	"fmt"
)

// Read returns a copy of the length bytes from offset on, fewer where the file
// ends before that, none at its very end. Both count bytes. The offset lies in
// [0, Size()], the length is not negative, and what is left of it within the
// file is at most [MaxResult]; anything else is a [*RangeError]. A file that
// shrank is a [*TruncatedError].
//
// Read takes no context: ask for little at a time where a wait for the disk
// would matter. It may be called from any goroutine.
func (f *File) Read(offset, length int64) ([]byte, error) {
	if offset < 0 || offset > f.Size() {
		return nil, outOfRange("offset", offset, "%s", f.within())
	}
	if length < 0 {
		return nil, outOfRange("length", length, ">= 0")
	}
	n := min(length, f.Size()-offset) // offset+length might overflow
	if n > int64(f.limit) {
		return nil, outOfRange("length", length, ">= 0 && <= %d", f.limit)
	}
	return f.copyOut(context.Background(), int(offset), int(n))
}

// within words the range of the offsets in f.
func (f *File) within() string { return fmt.Sprintf(">= 0 && <= %d", f.Size()) }

// copyOut copies n bytes of the mapping, in steps. The caller has checked that
// they lie within it.
func (f *File) copyOut(ctx context.Context, from, n int) ([]byte, error) {
	out := make([]byte, n)
	for done := 0; done < n; {
		if err := look(ctx); err != nil {
			return nil, err
		}
		part := out[done:min(done+f.step, n)]
		if err := f.touch(func() { copy(part, f.data[from+done:]) }); err != nil {
			return nil, err
		}
		done += len(part)
	}
	return out, nil
}
