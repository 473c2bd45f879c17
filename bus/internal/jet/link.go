package jet

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// A link is the connection, and what is known of its state.
type link struct {
	nc         *nats.Conn
	names      string // of the servers, for messages
	ctx        context.Context
	cancel     context.CancelCauseFunc // by Close
	running    sync.WaitGroup          // goroutines that end with ctx
	lost, back func()

	authError atomic.Pointer[error] // while the servers refuse us
	violation atomic.Pointer[error] // of a permission, the last one

	mu      sync.Mutex
	changed signal        // of the connection's state
	session chan struct{} // closed when the connection of now is lost
}

// connect connects, once. Whatever happens later is mended by nats.go.
func (l *link) connect(ctx context.Context, o nats.Options) error {
	o.Name = "quiesce"
	o.AllowReconnect = true
	o.MaxReconnect = -1
	o.ReconnectWait = 100 * time.Millisecond
	o.ReconnectJitter = 100 * time.Millisecond
	o.ReconnectJitterTLS = 500 * time.Millisecond
	o.ReconnectBufSize = -1 // nothing is sent twice: who sends keeps it
	o.PingInterval = 3 * time.Second
	o.MaxPingsOut = 2
	o.FlusherTimeout = 10 * time.Second
	o.IgnoreAuthErrorAbort = true
	o.AsyncErrorCB = func(_ *nats.Conn, _ *nats.Subscription, err error) { l.onError(err) } // nats.go's own prints
	o.DisconnectedErrCB = func(_ *nats.Conn, err error) { l.onLost(err) }
	o.ReconnectedCB = func(*nats.Conn) { l.onBack() }
	l.session = make(chan struct{})
	type result struct {
		nc  *nats.Conn
		err error
	}
	connected := make(chan result, 1)
	go func() {
		nc, err := o.Connect()
		connected <- result{nc, err}
	}()
	select {
	case r := <-connected:
		l.nc = r.nc
		if r.err == nil {
			return context.Cause(ctx) // it may have ended as well
		}
		return r.err
	case <-ctx.Done():
		go func() { // nobody can cut it short; it ends by the options' Timeout
			if r := <-connected; r.err == nil {
				r.nc.Close()
			}
		}()
		return context.Cause(ctx)
	}
}

func (l *link) onLost(err error) {
	l.onError(err)
	l.mu.Lock()
	close(l.session)
	l.session = make(chan struct{})
	l.mu.Unlock()
	l.lost()
	l.fire()
}

// duringSession returns a context that ends when the connection is lost: answers to
// what was asked by it never come.
func (l *link) duringSession(ctx context.Context) (context.Context, context.CancelFunc) {
	l.mu.Lock()
	session := l.session
	l.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-session:
			cancel(nats.ErrDisconnected)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// onError keeps the error if it is about the credentials; refused reconnects are
// told of here too.
func (l *link) onError(err error) {
	switch {
	case err == nil:
	case isAuth(err):
		l.authError.Store(&err)
		l.fire()
	case errors.Is(err, nats.ErrPermissionViolation):
		l.violation.Store(&err)
	}
}

// denied returns an error if the servers have said, since the last call, that we may
// not publish on the subject: then no answer will come.
func (l *link) denied(subject string) error {
	err := l.violation.Load()
	if err == nil || !strings.Contains((*err).Error(), `"`+subject+`"`) || !l.violation.CompareAndSwap(err, nil) {
		return nil
	}
	return backend.ErrCredentials.With(*err, "the servers deny it to these credentials: %v", *err)
}

func (l *link) onBack() {
	l.authError.Store(nil)
	l.fire()
	l.back()
}

func (l *link) fire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changed.fire()
}

// refused returns an error while the servers refuse the credentials.
func (l *link) refused() error {
	if err := l.authError.Load(); err != nil {
		return known(*err)
	}
	return nil
}

// connected waits for the connection to be there.
func (l *link) connected(ctx context.Context) error {
	for {
		l.mu.Lock()
		changed := l.changed.wait()
		l.mu.Unlock()
		if l.nc.IsConnected() {
			return nil
		}
		if err := l.refused(); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-l.ctx.Done():
			return context.Cause(l.ctx)
		}
	}
}

// disconnect closes the connection, and waits for the goroutines of its handlers.
func (l *link) disconnect() {
	if l.nc == nil {
		return
	}
	closed := l.nc.StatusChanged(nats.CLOSED)
	l.nc.Close()
	select {
	case <-closed:
	case <-time.After(closeWait):
	}
}

// connectError tells why there is no connection.
func connectError(names string, err error) error {
	if _, ok := errors.AsType[*backend.Error](err); ok {
		return err
	}
	if isAuth(err) {
		return backend.ErrCredentials.With(err, "the servers (%s) refuse the credentials: %v", names, err)
	}
	if _, ok := errors.AsType[*url.Error](err); ok { // it has the address in it, and may have a part of a password in any other
		err = errors.New("an address is no URL; what is special in its user and password is to be percent-encoded")
	}
	return backend.ErrUnreachable.With(err, "the servers (%s) cannot be reached: %v", names, err)
}

// withoutPasswords returns the servers' addresses as they may be shown.
func withoutPasswords(servers []string) string {
	shown := make([]string, len(servers))
	for i, s := range servers {
		shown[i] = s
		if at := strings.LastIndexByte(s, '@'); at >= 0 { // the last one: a password may have some
			after := s[at+1:]
			shown[i] = after
			if u, err := url.Parse(s); err == nil && u.Scheme != "" {
				shown[i] = u.Scheme + "://" + after
			}
		}
		shown[i], _, _ = strings.Cut(shown[i], "?") // somebody's token
	}
	return strings.Join(shown, ", ")
}
