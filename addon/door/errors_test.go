package door

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"syscall"
	"testing"

	"github.com/quiesce/quiesce/guard"
)

type codedError struct {
	code  string
	cause error
}

func (e *codedError) Error() string { return "coded" }
func (e *codedError) Code() string  { return e.code }
func (e *codedError) Unwrap() error { return e.cause }

type named struct{}

func (named) Error() string { return "named" }
func (named) Name() string  { return "TypeError" }

func TestDescriptions(t *testing.T) {
	plain := errors.New("plain")
	path := &fs.PathError{Op: "open", Path: "p", Err: syscall.ENOENT}
	enoent := "ENOENT: " + syscall.ENOENT.Error()
	for name, c := range map[string]struct {
		err  error
		want description
	}{
		"plain":   {plain, description{Message: "plain"}},
		"wrapped": {fmt.Errorf("w: %w", plain), description{Message: "w: plain", Cause: &description{Message: "plain"}}},
		"joined": {errors.Join(plain, &codedError{code: "E"}), description{Code: "E", Message: "plain\ncoded",
			Errors: []*description{{Message: "plain"}, {Code: "E", Message: "coded"}}}},
		"coded": {&codedError{code: "E"}, description{Code: "E", Message: "coded"}},
		"named": {named{}, description{Name: "TypeError", Message: "named"}},
		"path": {path, description{
			Code: "ENOENT", Errno: -int(syscall.ENOENT), Syscall: "open", Path: "p", Message: enoent + ", open 'p'"}},
		"link": {&os.LinkError{Op: "rename", Old: "a", New: "b", Err: syscall.ENOENT}, description{
			Code: "ENOENT", Errno: -int(syscall.ENOENT), Syscall: "rename", Path: "a", Dest: "b", Message: enoent + ", rename 'a' -> 'b'"}},
		"syscall": {os.NewSyscallError("mmap", syscall.ENOENT), description{
			Code: "ENOENT", Errno: -int(syscall.ENOENT), Syscall: "mmap", Message: enoent + ", mmap"}},
		"own code above an errno": {&codedError{"E", syscall.ENOENT}, description{
			Code: "E", Message: "coded",
			Cause: &description{Code: "ENOENT", Errno: -int(syscall.ENOENT), Message: syscall.ENOENT.Error()}}},
		"release failed": {&guard.ReleaseError{Cause: path}, description{
			Code: "ERR_RELEASE_FAILED", Message: "release failed: open p: " + syscall.ENOENT.Error(),
			Cause: &description{Code: "ENOENT", Errno: -int(syscall.ENOENT), Syscall: "open", Path: "p", Message: enoent + ", open 'p'"}}},
		"aborted":         {fmt.Errorf("w: %w", errAborted), description{Code: "ABORT_ERR", Name: "AbortError", Message: "The operation was aborted"}},
		"unsafe integer":  {RangeError("the result 1152921504606846976 is beyond the safe integers"), description{Code: "ERR_OUT_OF_RANGE", Name: "RangeError", Message: "the result 1152921504606846976 is beyond the safe integers"}},
		"no known number": {syscall.Errno(9999), description{Message: syscall.Errno(9999).Error()}},
	} {
		if got := describeChain(c.err, maxCauses); !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", name, mustEncode(got), mustEncode(c.want))
		}
	}
}

func TestADescriptionNeverPanicsAndNeverGoesOnForEver(t *testing.T) {
	var none *codedError
	for _, err := range []error{
		(*badError)(nil), none, fmt.Errorf("w: %w", error(none)), errors.Join(none, (*badError)(nil)),
		&guard.PanicError{Value: (*badError)(nil)}, &guard.ReleaseError{Cause: (*badError)(nil)},
	} {
		if d := describeChain(err, maxCauses); d.Message == "" || d.Code == "" {
			t.Errorf("%T: %+v", err, d)
		}
		if whyCancelled(context.Background(), err) == nil {
			t.Errorf("%T vanished", err)
		}
	}
	wide := errors.Join(slices.Repeat([]error{errors.New("plain")}, 1000)...)
	if n := len(describeChain(wide, maxCauses).Errors); n != maxCauses {
		t.Errorf("%d joined errors", n)
	}
	deep := errors.New("plain")
	for range 100 {
		deep = fmt.Errorf("%w", deep)
	}
	depth := 0
	for d := describeChain(deep, maxCauses); d != nil; d = d.Cause {
		depth++
	}
	if depth != maxCauses+1 {
		t.Errorf("%d causes", depth)
	}
}

func TestErrorsOfTheDoorItselfNameTheMember(t *testing.T) {
	m := members[member(t, "Thing.use")]
	if d := describe(m, guard.ErrFreed); d.Code != "ERR_HANDLE_FREED" || d.Message != "Thing.use(): the handle is freed" {
		t.Errorf("%+v", d)
	}
	if d := describe(m, errors.New("an author's own")); d.Message != "an author's own" {
		t.Errorf("%+v", d)
	}
	if d := describe(m, &guard.PanicError{}); d.Message != "Thing.use(): runtime.Goexit was called" {
		t.Errorf("%+v", d)
	}
}

func TestWhyCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	plain := errors.New("plain")
	if whyCancelled(ctx, context.Canceled) != context.Canceled {
		t.Error("not cancelled, but replaced")
	}
	cancel(guard.ErrFreed)
	for _, c := range []struct{ given, want error }{
		{context.Canceled, guard.ErrFreed},
		{fmt.Errorf("reading: %w", context.Canceled), guard.ErrFreed},
		{plain, plain},
		{context.DeadlineExceeded, context.DeadlineExceeded},
	} {
		if got := whyCancelled(ctx, c.given); got != c.want {
			t.Errorf("%v became %v", c.given, got)
		}
	}
}
