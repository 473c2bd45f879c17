package jet

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

const (
	maxPayload = 8 << 20
	// syncInterval bounds what a crash of the machine can take. A crash of the
	// process takes nothing: for a stream without replicas, the server writes each
	// message to its file before it acknowledges it (writeMsgRecordLocked of its
	// filestore.go flushes while fs.fip is set, which is unless AsyncFlush, which
	// is only with replicas: setupStore in stream.go). Five seconds cost little: one
	// fsync of each file that was written to.
	syncInterval = 5 * time.Second
	startWait    = time.Minute // for a large directory to be read
)

// DirOptions tell where the events are kept.
type DirOptions struct {
	Dir        string // made if there is none
	SyncAlways bool   // an event counts as stored when fsync is done
}

// An embedded server. There may be many in one process, each with its directory.
// It is replaced by a new one when its disk was full.
type embedded struct {
	dir     string
	options server.Options
	lock    *dirLock
	logger  *logger
	trouble atomic.Pointer[backend.Error] // while it cannot write; set by the first to see it, then by mend
	broken  chan struct{}                 // a permit when there is trouble

	mu      sync.Mutex
	server  *server.Server
	given   *server.Server // the one that gave a connection last
	reached *server.Server // the one that the bus was told of last that it is connected
	changed signal         // of reached
	failed  bool           // the server of now could not write
}

// OpenDir opens a bus that keeps its events in a directory. It fails with
// ErrDirInUse if someone has it open, and with ErrDir if it cannot be used.
func OpenDir(ctx context.Context, o DirOptions) (backend.Bus, error) {
	b, err := newDirBus(o)
	if err != nil {
		return nil, err
	}
	if err := b.openEmbedded(ctx, b.embedded.client()); err != nil {
		_ = b.Close() // there is nothing to lose yet
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, known(err)
	}
	return b, nil
}

// newDirBus locks the directory for a bus whose server has not been started.
func newDirBus(o DirOptions) (*bus, error) {
	lock, err := lockDir(o.Dir)
	if err != nil {
		return nil, err
	}
	b := newBus()
	b.names = "the directory '" + o.Dir + "'"
	b.embedded = &embedded{dir: o.Dir, lock: lock, options: serverOptions(lock.path, o.SyncAlways),
		logger: &logger{broken: b.broken}, broken: make(chan struct{}, 1)}
	return b, nil
}

// openEmbedded starts the server and connects to it. Only then is it replaced, if it
// cannot write.
func (b *bus) openEmbedded(ctx context.Context, o nats.Options) error {
	if err := b.embedded.start(); err != nil {
		return err
	}
	if err := b.start(ctx, o); err != nil {
		if full := b.full(); full != nil {
			return full // that is why
		}
		return err
	}
	b.running.Go(b.mendWhenBroken)
	return nil
}

func serverOptions(dir string, syncAlways bool) server.Options {
	return server.Options{
		ServerName: "quiesce",
		DontListen: true,
		NoSigs:     true,
		NoLog:      true,
		JetStream:  true,
		StoreDir:   dir,
		// The disk is the limit; the server's own default is 3/4 of what is free at
		// the start.
		JetStreamMaxStore:      1 << 60,
		SyncAlways:             syncAlways,
		SyncInterval:           syncInterval,
		MaxPayload:             maxPayload,
		MaxPending:             256 << 20,
		WriteDeadline:          time.Minute, // a process that was stopped is no slow consumer
		DisableJetStreamBanner: true,
	}
}

// start runs a server, and returns when it is ready.
func (e *embedded) start() error {
	if err := writable(e.lock.path, 512); err != nil {
		return dirError(e.dir, err)
	}
	o := e.options
	s, err := server.NewServer(&o)
	if err != nil {
		return dirError(e.dir, err)
	}
	s.SetLoggerV2(e.logger, false, false, false)
	e.logger.forget()
	e.mu.Lock()
	e.failed = false
	e.mu.Unlock()
	s.Start()
	if !s.ReadyForConnections(startWait) || !s.JetStreamEnabled() {
		err := e.logger.failure()
		s.Shutdown()
		s.WaitForShutdown()
		return dirError(e.dir, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.server = s
	return nil
}

func (e *embedded) client() nats.Options {
	n := nats.GetDefaultOptions()
	n.InProcessServer = e
	n.Timeout = startWait
	return n
}

// InProcessConn connects to the server of now; nats.go calls it on reconnects too.
func (e *embedded) InProcessConn() (net.Conn, error) {
	e.mu.Lock()
	s := e.server
	e.mu.Unlock()
	if s == nil {
		return nil, nats.ErrNoServers
	}
	c, err := s.InProcessConn()
	if err == nil {
		e.mu.Lock()
		e.given = s
		e.mu.Unlock()
	}
	return c, err
}

// connected is called when there is a connection, after what there is to do for the
// loss of the one before.
func (e *embedded) connected() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.reached = e.given
	e.changed.fire()
}

// found waits until the connection is to the server of now.
func (e *embedded) found(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	for {
		e.mu.Lock()
		found, changed := e.reached == e.server, e.changed.wait()
		e.mu.Unlock()
		if found {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// fails notes that the server cannot write.
func (e *embedded) fails(err *backend.Error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.failed = true
	if e.trouble.CompareAndSwap(nil, err) {
		kick(e.broken)
	}
}

// healed ends the trouble, unless the new server has failed as well.
func (e *embedded) healed() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.failed {
		e.trouble.Store(nil)
	}
	return !e.failed
}

func (e *embedded) stop() {
	e.mu.Lock()
	s := e.server
	e.server = nil
	e.mu.Unlock()
	if s != nil {
		s.Shutdown()
		s.WaitForShutdown()
	}
}

// takeAway sees to it that nothing is left of a stream that was deleted. The
// server moves its folder aside, to one name for all streams of this name, and
// removes that in the background. While it is at the one before, the move fails,
// which the server ignores: a stream of that name, made anew, would find the
// events, or at least go on with their numbers.
func (e *embedded) takeAway(ctx context.Context, stream string) error {
	streams := filepath.Join(e.lock.path, server.JetStreamStoreDir, server.DEFAULT_GLOBAL_ACCOUNT, "streams")
	err := tryAgain(ctx, createTries, func(err error) bool { return err != nil }, func() error {
		return errors.Join(os.RemoveAll(filepath.Join(streams, "."+stream)), os.RemoveAll(filepath.Join(streams, stream)))
	})
	if err != nil {
		return backend.ErrBackend.With(err, "the topic is deleted, but its files cannot be: %v", err)
	}
	return nil
}

func (e *embedded) close() error {
	e.stop()
	_ = os.Remove(filepath.Join(e.lock.path, pidName)) // says nothing without the lock
	return e.lock.free()
}
