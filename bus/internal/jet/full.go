package jet

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

const (
	probeEvery = 300 * time.Millisecond
	probeSize  = 1 << 20
)

// A server that could not write a message, since the disk is full or broken, takes
// none for that stream until it is started anew; nor does it answer. So what is
// under way fails, and all else, until the disk takes writes again and the server
// was replaced. What was acknowledged is in its files all the while.

// broken is called, on a goroutine of the server that may hold its locks; also while
// the bus is being opened or closed.
func (b *bus) broken(text string) {
	if strings.Contains(text, "no such file") && writable(b.embedded.lock.path, 512) == nil {
		return // of a topic that was deleted while someone published to it
	}
	err := backend.ErrBackend.With(nil, "%s cannot be written to: %s", b.names, text)
	if strings.Contains(text, "no space left") || strings.Contains(text, "out of") || strings.Contains(text, "quota exceeded") {
		err = backend.ErrDiskFull.With(nil, "no space left for %s", b.names)
	}
	b.embedded.fails(err)
}

// mendWhenBroken runs from when the bus has been opened until it is closed.
func (b *bus) mendWhenBroken() {
	for {
		select {
		case <-b.embedded.broken:
			b.publisher.fail(b.full())
			b.mend()
		case <-b.ctx.Done():
			return
		}
	}
}

// full returns an error while the embedded server cannot write.
func (b *bus) full() error {
	if b.embedded == nil {
		return nil
	}
	if err := b.embedded.trouble.Load(); err != nil {
		return err
	}
	return nil
}

// mend starts a new server when the disk takes writes again. The connection finds it
// by itself; until then no event is sent, for it would go to the server that ends, and
// not be answered.
func (b *bus) mend() {
	e := b.embedded
	for sleep(b.ctx, probeEvery) == nil {
		if writable(e.lock.path, probeSize) != nil {
			continue
		}
		e.stop()
		if b.ctx.Err() != nil {
			return
		}
		if err, ok := errors.AsType[*backend.Error](e.start()); ok {
			e.trouble.Store(err)
			continue
		}
		if e.found(b.ctx) == nil && e.healed() {
			return
		}
	}
}

// writable fails if no file of that size can be made.
func writable(dir string, size int) error {
	f, err := os.CreateTemp(dir, "quiesce-*.try")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, size))
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}
