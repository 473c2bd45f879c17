package jet

import (
	"errors"
	"net"
	"path/filepath"
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
	b := openUnaware(t, t.TempDir())
	defer closeAll(t, b)
	topic := topicOf(t, b, "t", nil)
	first := serverOf(b)
	b.broken("no space left")
	var second *server.Server
	eventually(t, "a new server", func() bool {
		second = serverOf(b)
		return second != nil && second != first
	})
	b.broken("no space left") // the connection has not found the second one yet
	eventually(t, "another one", func() bool {
		full, third := b.full(), serverOf(b)
		if full == nil && third == second {
			t.Fatal("the trouble has ended with a server that cannot write")
		}
		return full == nil && third != nil && third != first
	})
	publish(t, topic, batchNumber(1), 1)
}

// TestTroubleWhileTheBusIsOpened: the server is not replaced while OpenDir is at it.
func TestTroubleWhileTheBusIsOpened(t *testing.T) {
	t.Parallel()
	b, err := newDirBus(DirOptions{Dir: t.TempDir()})
	must(t, err)
	b.broken("no space left")
	time.Sleep(2 * probeEvery) // as a start of a large directory
	must(t, b.openEmbedded(t.Context(), b.embedded.client()))
	defer closeAll(t, b)
	first := serverOf(b)
	eventually(t, "a new server", func() bool { return b.full() == nil })
	if serverOf(b) == first || first.Running() {
		t.Fatalf("the server is still there: %t, running: %t", serverOf(b) == first, first.Running())
	}
	publish(t, topicOf(t, b, "t", nil), batchNumber(1), 1)
}

// TestTroubleWhileTheBusIsClosed: there is nothing to mend any more.
func TestTroubleWhileTheBusIsClosed(t *testing.T) {
	t.Parallel()
	for range 20 {
		b := openDir(t, t.TempDir()).(*bus)
		var server sync.WaitGroup
		server.Go(func() {
			for b.embedded.trouble.Load() == nil && b.ctx.Err() == nil {
				b.broken("no space left")
			}
		})
		closeAll(t, b)
		server.Wait()
		b.broken("no space left")
	}
}

// TestFilesOfADeletedTopic: a server that misses them is not in trouble, as long as the
// directory takes writes.
func TestFilesOfADeletedTopic(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for where, want := range map[string]*backend.Error{dir: nil, filepath.Join(dir, "gone"): backend.ErrBackend} {
		b := newBus()
		b.embedded = &embedded{lock: &dirLock{path: where}, broken: make(chan struct{}, 1)}
		b.broken("open 1.blk: no such file or directory")
		if err := b.full(); want == nil && err != nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", where, err)
		}
	}
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
}

// TestPublisherThatWaitsForRoomWhenTheDiskGetsFull: the room that the failure of the
// others makes is not used.
func TestPublisherThatWaitsForRoomWhenTheDiskGetsFull(t *testing.T) {
	t.Parallel()
	b := openUnaware(t, t.TempDir())
	defer closeAll(t, b)
	topic := topicOf(t, b, "t", nil).(*topic)
	batch, count := batchOf("x")
	other := topic.newJob(batch, count)
	if _, err := b.publisher.take(t.Context(), other, 0, windowBytes); err != nil {
		t.Fatal(err)
	}
	published := make(chan error, 1)
	go func() {
		_, err := topic.Publish(t.Context(), batch, count)
		published <- err
	}()
	eventually(t, "a publisher that waits for room", func() bool {
		b.publisher.mu.Lock()
		defer b.publisher.mu.Unlock()
		return b.publisher.tight
	})
	b.broken("no space left")
	wantError(t, <-published, backend.ErrDiskFull)
	wantError(t, other.err, backend.ErrDiskFull)
}

// TestLossOfTheConnectionWhileTheDiskIsFull: who was sent just before hears of that.
func TestLossOfTheConnectionWhileTheDiskIsFull(t *testing.T) {
	b := newBus()
	b.embedded = &embedded{}
	batch, count := batchOf("x")
	for _, want := range []*backend.Error{backend.ErrTimeout, backend.ErrDiskFull} {
		j := &job{p: b.publisher, topic: &topic{b: b}, batch: batch, at: offsets(batch, count)}
		if _, err := b.publisher.take(t.Context(), j, 0, 1); err != nil {
			t.Fatal(err)
		}
		if want == backend.ErrDiskFull {
			b.embedded.fails(want)
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
	b, err := newDirBus(DirOptions{Dir: dir})
	must(t, err)
	o := b.embedded.client()
	o.InProcessServer = unaware{b.embedded}
	must(t, b.openEmbedded(t.Context(), o))
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
