package jet

import (
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// TestMendingAServerThatFailsAgain: a new server that cannot write either is replaced
// as well, and the trouble does not end before.
func TestMendingAServerThatFailsAgain(t *testing.T) {
	t.Parallel()
	b := openDir(t, t.TempDir()).(*bus)
	defer closeAll(t, b)
	topic := topicOf(t, b, "t", nil)
	b.broken("no space left")
	first := serverOf(b)
	var second *server.Server
	eventually(t, "a new server", func() bool {
		second = serverOf(b)
		return second != nil && second != first
	})
	b.broken("no space left")
	eventually(t, "another one", func() bool {
		third := serverOf(b)
		return third != nil && third != first && third != second && b.full() == nil
	})
	publish(t, topic, batchNumber(1), 1)
}

// TestPublishersWhileTheServerIsReplaced: those that never rest hear of the full disk,
// and of nothing else, up to the moment from which on all is stored; though the
// connection takes a while to find that the server has gone.
func TestPublishersWhileTheServerIsReplaced(t *testing.T) {
	t.Parallel()
	b := openUnaware(t, t.TempDir())
	defer closeAll(t, b)
	topic := topicOf(t, b, "t", nil)
	b.broken("no space left")
	var publishers sync.WaitGroup
	for range 4 {
		publishers.Go(func() {
			batch, count := batchOf("x")
			for {
				_, err := topic.Publish(t.Context(), batch, count)
				if err == nil {
					return
				}
				if !errors.Is(err, backend.ErrDiskFull) {
					t.Error(err)
					return
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	publishers.Wait()
	if err := b.full(); err != nil {
		t.Fatal("an event was stored before the trouble had ended: ", err)
	}
}

// TestLossOfTheConnectionWhileTheDiskIsFull: who was sent just before hears of that.
func TestLossOfTheConnectionWhileTheDiskIsFull(t *testing.T) {
	b := newBus()
	b.embedded = &embedded{}
	batch, count := batchOf("x")
	for _, want := range []*backend.Error{backend.ErrDiskFull, backend.ErrTimeout} {
		b.embedded.trouble.Store(nil)
		if want == backend.ErrDiskFull {
			b.embedded.fails(want)
		}
		j := &job{p: b.publisher, topic: &topic{b: b}, batch: batch, at: offsets(batch, count)}
		if _, err := b.publisher.take(t.Context(), j, 0, 1); err != nil {
			t.Fatal(err)
		}
		b.lost()
		wantError(t, j.err, want)
	}
}

// serverOf returns the server of now; there is none while it is replaced.
func serverOf(b *bus) *server.Server {
	b.embedded.mu.Lock()
	defer b.embedded.mu.Unlock()
	return b.embedded.server
}

// openUnaware is openDir, with a connection that learns of its end after half a second.
func openUnaware(t *testing.T, dir string) *bus {
	t.Helper()
	lock, err := lockDir(dir)
	must(t, err)
	b := newBus()
	b.embedded = &embedded{dir: dir, lock: lock, options: serverOptions(lock.path, false)}
	b.embedded.logger = &logger{broken: b.broken}
	must(t, b.embedded.start())
	o := b.embedded.client()
	o.InProcessServer = unaware{b.embedded}
	must(t, b.start(t.Context(), o))
	return b
}

type unaware struct{ e *embedded }

func (u unaware) InProcessConn() (net.Conn, error) {
	c, err := u.e.InProcessConn()
	if err != nil {
		return nil, err
	}
	return unawareConn{c}, nil
}

type unawareConn struct{ net.Conn }

func (c unawareConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil {
		time.Sleep(500 * time.Millisecond)
	}
	return n, err
}

func (c unawareConn) Write(b []byte) (int, error) {
	if n, err := c.Conn.Write(b); err == nil {
		return n, nil
	}
	return len(b), nil // as into a buffer of the system
}

var _ nats.InProcessConnProvider = unaware{}
