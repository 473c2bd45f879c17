package mapped

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// coded is what the JS side looks for in every error of this package.
type coded interface {
	error
	Code() string
}

// write makes a file and returns its path.
func write(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// open maps the file at path until the test ends.
func open(t testing.TB, path string) *File {
	t.Helper()
	f, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
	return f
}

// openBytes maps a new file. A step above zero replaces maxStep and lineStride.
func openBytes(t testing.TB, content []byte, step int) *File {
	t.Helper()
	f := open(t, write(t, content))
	if step > 0 {
		f.step, f.lines.stride = step, step
	}
	return f
}

// random returns n bytes of an alphabet of the given size, "ab..." .
func random(r *rand.Rand, n, alphabet int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte(r.IntN(alphabet))
	}
	return b
}

// wantCode checks the code and the message of an error; no message, no check.
func wantCode(t *testing.T, err error, code, message string) {
	t.Helper()
	var c coded
	if !errors.As(err, &c) || c.Code() != code || message != "" && c.Error() != message {
		t.Errorf("error %v, want %s %s", err, code, message)
	}
}

var errStop = errors.New("stop")

// tripping is a context that is cancelled with errStop at the nth look.
type tripping struct {
	context.Context
	cancel context.CancelCauseFunc
	looks  int
	trip   int
}

func newTripping(trip int) *tripping {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &tripping{Context: ctx, cancel: cancel, trip: trip}
}

func (c *tripping) Err() error {
	if c.looks++; c.looks == c.trip {
		c.cancel(errStop)
	}
	return c.Context.Err()
}
