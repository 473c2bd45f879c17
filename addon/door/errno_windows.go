package door

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// A systemError is what Node calls an error of the system.
type systemError struct {
	code  string
	errno int // libuv's number for it, which no other system has
	text  string
}

// systemErrors are by Go's own numbers, which package os gives for some errors
// where Windows has none. The numbers and texts are those of libuv.
var systemErrors = map[syscall.Errno]systemError{
	syscall.E2BIG:         {"E2BIG", -4093, "argument list too long"},
	syscall.EACCES:        {"EACCES", -4092, "permission denied"},
	syscall.EADDRINUSE:    {"EADDRINUSE", -4091, "address already in use"},
	syscall.EADDRNOTAVAIL: {"EADDRNOTAVAIL", -4090, "address not available"},
	syscall.EAGAIN:        {"EAGAIN", -4088, "resource temporarily unavailable"},
	syscall.EBADF:         {"EBADF", -4083, "bad file descriptor"},
	syscall.EBUSY:         {"EBUSY", -4082, "resource busy or locked"},
	syscall.ECANCELED:     {"ECANCELED", -4081, "operation canceled"},
	syscall.ECONNABORTED:  {"ECONNABORTED", -4079, "software caused connection abort"},
	syscall.ECONNREFUSED:  {"ECONNREFUSED", -4078, "connection refused"},
	syscall.ECONNRESET:    {"ECONNRESET", -4077, "connection reset by peer"},
	syscall.EEXIST:        {"EEXIST", -4075, "file already exists"},
	syscall.EHOSTUNREACH:  {"EHOSTUNREACH", -4073, "host is unreachable"},
	syscall.EINTR:         {"EINTR", -4072, "interrupted system call"},
	syscall.EINVAL:        {"EINVAL", -4071, "invalid argument"},
	syscall.EIO:           {"EIO", -4070, "i/o error"},
	syscall.EISDIR:        {"EISDIR", -4068, "illegal operation on a directory"},
	syscall.ELOOP:         {"ELOOP", -4067, "too many symbolic links encountered"},
	syscall.EMFILE:        {"EMFILE", -4066, "too many open files"},
	syscall.ENAMETOOLONG:  {"ENAMETOOLONG", -4064, "name too long"},
	syscall.ENETUNREACH:   {"ENETUNREACH", -4062, "network is unreachable"},
	syscall.ENODEV:        {"ENODEV", -4059, "no such device"},
	syscall.ENOENT:        {"ENOENT", -4058, "no such file or directory"},
	syscall.ENOMEM:        {"ENOMEM", -4057, "not enough memory"},
	syscall.ENOSPC:        {"ENOSPC", -4055, "no space left on device"},
	syscall.ENOSYS:        {"ENOSYS", -4054, "function not implemented"},
	syscall.ENOTCONN:      {"ENOTCONN", -4053, "socket is not connected"},
	syscall.ENOTDIR:       {"ENOTDIR", -4052, "not a directory"},
	syscall.ENOTEMPTY:     {"ENOTEMPTY", -4051, "directory not empty"},
	syscall.ENOTSUP:       {"ENOTSUP", -4049, "operation not supported on socket"},
	syscall.EPERM:         {"EPERM", -4048, "operation not permitted"},
	syscall.EPIPE:         {"EPIPE", -4047, "broken pipe"},
	syscall.EROFS:         {"EROFS", -4043, "read-only file system"},
	syscall.ETIMEDOUT:     {"ETIMEDOUT", -4039, "connection timed out"},
	syscall.EXDEV:         {"EXDEV", -4037, "cross-device link not permitted"},
}

// ofWindows are Windows's numbers, as libuv translates them.
var ofWindows = map[syscall.Errno]syscall.Errno{
	windows.ERROR_ACCESS_DENIED:         syscall.EPERM,
	windows.ERROR_ALREADY_EXISTS:        syscall.EEXIST,
	windows.ERROR_BAD_PATHNAME:          syscall.ENOENT,
	windows.ERROR_BROKEN_PIPE:           syscall.EPIPE,
	windows.ERROR_CANT_RESOLVE_FILENAME: syscall.ELOOP,
	windows.ERROR_CONNECTION_ABORTED:    syscall.ECONNABORTED,
	windows.ERROR_CONNECTION_REFUSED:    syscall.ECONNREFUSED,
	windows.ERROR_DIRECTORY:             syscall.ENOENT,
	windows.ERROR_DIR_NOT_EMPTY:         syscall.ENOTEMPTY,
	windows.ERROR_DISK_FULL:             syscall.ENOSPC,
	windows.ERROR_FILENAME_EXCED_RANGE:  syscall.ENAMETOOLONG,
	windows.ERROR_FILE_EXISTS:           syscall.EEXIST,
	windows.ERROR_FILE_NOT_FOUND:        syscall.ENOENT,
	windows.ERROR_HANDLE_DISK_FULL:      syscall.ENOSPC,
	windows.ERROR_HOST_UNREACHABLE:      syscall.EHOSTUNREACH,
	windows.ERROR_INVALID_DRIVE:         syscall.ENOENT,
	windows.ERROR_INVALID_FUNCTION:      syscall.EISDIR,
	windows.ERROR_INVALID_HANDLE:        syscall.EBADF,
	windows.ERROR_INVALID_NAME:          syscall.ENOENT,
	windows.ERROR_INVALID_PARAMETER:     syscall.EINVAL,
	windows.ERROR_IO_DEVICE:             syscall.EIO,
	windows.ERROR_LOCK_VIOLATION:        syscall.EBUSY,
	windows.ERROR_NETWORK_UNREACHABLE:   syscall.ENETUNREACH,
	windows.ERROR_NOT_ENOUGH_MEMORY:     syscall.ENOMEM,
	windows.ERROR_NOT_SAME_DEVICE:       syscall.EXDEV,
	windows.ERROR_NOT_SUPPORTED:         syscall.ENOTSUP,
	windows.ERROR_NO_DATA:               syscall.EPIPE,
	windows.ERROR_OPERATION_ABORTED:     syscall.ECANCELED,
	windows.ERROR_OUTOFMEMORY:           syscall.ENOMEM,
	windows.ERROR_PATH_NOT_FOUND:        syscall.ENOENT,
	windows.ERROR_PRIVILEGE_NOT_HELD:    syscall.EPERM,
	windows.ERROR_SEM_TIMEOUT:           syscall.ETIMEDOUT,
	windows.ERROR_SHARING_VIOLATION:     syscall.EBUSY,
	windows.ERROR_TOO_MANY_OPEN_FILES:   syscall.EMFILE,
	windows.ERROR_WRITE_PROTECT:         syscall.EROFS,
	windows.WSAEACCES:                   syscall.EACCES,
	windows.WSAEADDRINUSE:               syscall.EADDRINUSE,
	windows.WSAEADDRNOTAVAIL:            syscall.EADDRNOTAVAIL,
	windows.WSAECONNABORTED:             syscall.ECONNABORTED,
	windows.WSAECONNREFUSED:             syscall.ECONNREFUSED,
	windows.WSAECONNRESET:               syscall.ECONNRESET,
	windows.WSAEHOSTUNREACH:             syscall.EHOSTUNREACH,
	windows.WSAEINVAL:                   syscall.EINVAL,
	windows.WSAEMFILE:                   syscall.EMFILE,
	windows.WSAENETUNREACH:              syscall.ENETUNREACH,
	windows.WSAENOTCONN:                 syscall.ENOTCONN,
	windows.WSAETIMEDOUT:                syscall.ETIMEDOUT,
	windows.WSAEWOULDBLOCK:              syscall.EAGAIN,
}

// errnoOf returns what Node has for an error of the system; ok is false where
// it has nothing.
func errnoOf(number syscall.Errno) (found systemError, ok bool) {
	if known, is := ofWindows[number]; is {
		number = known
	}
	found, ok = systemErrors[number]
	return found, ok
}
