// Package mapped reads a file through a read-only memory mapping: byte ranges,
// pattern searches and lines, of files of any size, without reading them into
// the heap.
//
// Every byte that the package returns is a copy. No slice of the mapping ever
// leaves it, so nothing a caller holds dies with Close.
//
// The size is the one that the file had at Open; bytes appended later are not
// seen, and a file whose size the system gives as 0 (as those in /proc) is
// empty. A file that is replaced by a rename stays readable: the mapping
// belongs to the old one. One that is rewritten in place shows the new bytes at
// some moment, and an op that runs meanwhile may return a mixture, never a
// crash. One that is truncated makes ops on the lost pages fail with a
// [TruncatedError]; the rest of the page that holds its new end reads as zeros,
// which no program can tell from bytes that were written. Windows refuses to
// truncate a file while it is mapped.
//
// All methods but Close may be called from any number of goroutines at once.
// Close must not be called while another method runs: whoever owns the File
// sees to that, with a guard for instance.
package mapped

import (
	"context"
	"io/fs"
	"math"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
)

// MaxResult is the most bytes that one Read or Lines returns: 1 GiB. It keeps
// one wrong argument from taking all memory, which Go cannot recover from, and
// is close to what the smallest of Node's platforms can hold in one buffer.
const MaxResult = 1 << 30

// maxStep is the most bytes that are touched between two looks at the context.
// The assembly that scans and copies cannot be pre-empted, so a longer step
// would hold up the garbage collector, and with it everyone else.
const maxStep = 1 << 20

// maxSize is the largest file that can be mapped. On 64 bits no file comes near
// it. On 32 the address space ends there; an offset plus a step still fits.
const maxSize = math.MaxInt - maxStep

// File is a read-only mapping of a regular file. The zero File is not valid;
// Open makes one.
type File struct {
	path   string
	data   []byte // the mapping; nil for an empty file; its header outlives Close
	closed atomic.Bool
	lines  lineIndex
	step   int // maxStep, or less in tests
	limit  int // MaxResult, or less in tests
}

// Open maps the file at path. It fails with the cause of ctx when that is done
// already, and otherwise with a [*fs.PathError] around a [syscall.Errno]:
//
//   - what the system's open says (ENOENT, EACCES, ...), with Op "open";
//   - EISDIR for a directory, with Op "open";
//   - ENODEV for a FIFO, a socket, a device and whatever else is no regular
//     file, with Op "open"; it neither waits for nor disturbs them;
//   - EFBIG for a file that is larger than the address space, with Op "open";
//   - what the system's mapping call says, with that call's name as Op.
//
// Open may wait for the disk or the network that holds the file. It may be
// called from any goroutine.
func Open(ctx context.Context, path string) (*File, error) {
	if err := look(ctx); err != nil {
		return nil, err
	}
	// Merely to open a device or a FIFO can have effects: a tape rewinds, a
	// writer that waits for a reader goes on and then meets a broken pipe. So
	// look first. What stat cannot see, open will report in its own words.
	if info, err := os.Stat(path); err == nil {
		if err := refuse(path, info); err != nil {
			return nil, err
		}
	}
	file, err := os.OpenFile(path, openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close() // the mapping keeps the file alive by itself
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	// The path may have changed hands since the first look.
	if err := refuse(path, info); err != nil {
		return nil, err
	}
	return mapFile(file, path, int(info.Size()))
}

// refuse says why a file cannot be mapped, nil if it can.
func refuse(path string, info fs.FileInfo) error {
	var reason syscall.Errno
	switch mode := info.Mode(); {
	case mode.IsDir():
		reason = syscall.EISDIR
	case !mode.IsRegular():
		reason = syscall.ENODEV
	case info.Size() > maxSize:
		reason = syscall.EFBIG
	default:
		return nil
	}
	return &fs.PathError{Op: "open", Path: path, Err: reason}
}

// mapFile makes the File of an open file. An empty one has no mapping, since no
// system can map zero bytes.
func mapFile(file *os.File, path string, size int) (*File, error) {
	f := &File{path: path, step: maxStep, limit: MaxResult}
	f.lines.init()
	if size == 0 {
		return f, nil
	}
	data, op, err := mapping(file, size)
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: path, Err: err}
	}
	f.data = data
	return f, nil
}

// Size returns the number of bytes that the file had at Open. It is allowed
// after Close too.
func (f *File) Size() int64 { return int64(len(f.data)) }

// Close unmaps the file. No other method may run at the same time. Only the
// first Close does anything; later ones return [os.ErrClosed] in a
// [*fs.PathError], and so do the methods that would touch the mapping.
func (f *File) Close() error {
	if f.closed.Swap(true) {
		return f.errClosed("close")
	}
	if len(f.data) == 0 {
		return nil
	}
	// f.data stays as it is: Size reads its length.
	if op, err := unmap(f.data); err != nil {
		return &fs.PathError{Op: op, Path: f.path, Err: err}
	}
	return nil
}

func (f *File) errClosed(op string) error {
	return &fs.PathError{Op: op, Path: f.path, Err: os.ErrClosed}
}

// look returns the cause of ctx when it is done, else nil.
func look(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// yield goes between two steps of a scan: it lets other goroutines have the
// processor, then looks. A scan that never yields is preempted only each 10 ms,
// and a thread that calls into Go meanwhile waits for that long. Read does not
// yield: on the thread of a caller from C that would cost some microseconds.
func yield(ctx context.Context) error {
	runtime.Gosched()
	return look(ctx)
}
