//go:build unix

package mapped

import (
	"os"

	"golang.org/x/sys/unix"
)

// openFlags never let open wait for a peer, nor take a terminal: the path may
// become a FIFO or a device between the first look and the open.
const openFlags = os.O_RDONLY | unix.O_NONBLOCK | unix.O_NOCTTY

// mapping maps the first size bytes of file, and names the call that failed.
func mapping(file *os.File, size int) (data []byte, op string, err error) {
	data, err = unix.Mmap(int(file.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	return data, "mmap", err
}

// unmap gives back what mapping returned.
func unmap(data []byte) (op string, err error) { return "munmap", unix.Munmap(data) }
