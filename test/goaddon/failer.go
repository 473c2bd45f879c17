package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/quiesce/quiesce/addon"
)

var failer = addon.NewClass("Failer")

// A namedError tells its name in JS.
type namedError string

func (e namedError) Error() string { return "an error that is named" }
func (e namedError) Name() string  { return string(e) }

var (
	errPlain = errors.New("plain")
	failures = map[string]error{
		"plain":   errPlain,
		"coded":   &codedError{code: "E_CODED"},
		"chain":   fmt.Errorf("outer: %w", fmt.Errorf("middle: %w", errPlain)),
		"causes":  &codedError{"E_OUTER", &codedError{"E_INNER", errPlain}},
		"deep":    deepError(40),
		"path":    &os.PathError{Op: "open", Path: "some/file", Err: syscall.ENOENT},
		"link":    &os.LinkError{Op: "rename", Old: "old/file", New: "new/file", Err: syscall.EXDEV},
		"syscall": os.NewSyscallError("mmap", syscall.ENOMEM),
		"errno":   syscall.EACCES,
		"wrapped": fmt.Errorf("while reading: %w", &os.PathError{Op: "read", Path: "some/file", Err: syscall.EISDIR}),
		// A code of its own is not hidden by the errno below it.
		"codedErrno": &codedError{"E_OWN", syscall.EIO},
		"join":       errors.Join(errPlain, &codedError{code: "E_JOINED"}),
		"named":      namedError("QuotaError"),
		"typeError":  namedError("TypeError"),
		"rangeError": namedError("RangeError"),
		"canceled":   context.Canceled,
		"deadline":   context.DeadlineExceeded,
		"hostile":    (*hostile)(nil),
		"text":       errors.New("quotes \" and \\, line\nbreaks, \x00, \xff and \u2028 \U0001F600"),
		"long":       errors.New(strings.Repeat("long ", 200_000)),
	}
)

func deepError(depth int) error {
	err := errPlain
	for range depth {
		err = fmt.Errorf("%w", err)
	}
	return err
}

func fail(a addon.Args) (addon.Value, error) {
	err, known := failures[a.String(0)]
	if !known {
		panic("no such failure")
	}
	return addon.String("ignored"), err
}

func init() {
	how := addon.Params{addon.StringParam("how")}
	failer.Define(
		addon.Static("fail", how, fail),
		addon.StaticAsync("failAsync", how, func(_ context.Context, a addon.Args) (addon.Value, error) { return fail(a) }),
	)
}
