package jet

import (
	"context"
	"crypto/tls"
	"errors"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

const connectTimeout = 5 * time.Second

// ConnectOptions tell which servers, and as whom. Of the credentials, a user with a
// password, a token, a file or a seed is given, or none.
type ConnectOptions struct {
	Servers         []string // host, host:port, nats://, tls:// or ws:// addresses
	User, Password  string
	Token           string
	CredentialsFile string // with a JWT and the seed of its nkey
	Seed            string // of an nkey
	TLS             *tls.Config
	Timeout         time.Duration // for all of Connect; 0 is 5 s
}

// Connect opens a bus on servers elsewhere. It fails with ErrUnreachable or
// ErrCredentials if that cannot be done within the timeout; later outages heal.
func Connect(ctx context.Context, o ConnectOptions) (backend.Bus, error) {
	if o.Timeout <= 0 {
		o.Timeout = connectTimeout
	}
	names := withoutPasswords(o.Servers)
	options, err := o.options()
	if err != nil {
		return nil, err
	}
	b := newBus()
	b.names = names
	late := backend.ErrUnreachable.With(nil, "the servers (%s) did not answer within %v", names, o.Timeout)
	limit, cancel := context.WithTimeoutCause(ctx, o.Timeout, late)
	defer cancel()
	if err = b.start(limit, options); err == nil {
		err = b.checkJetStream(limit)
	}
	if err != nil {
		_ = b.Close() // there is nothing to lose yet
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, connectError(names, err)
	}
	return b, nil
}

func (o *ConnectOptions) options() (nats.Options, error) {
	n := nats.GetDefaultOptions()
	n.Servers = o.Servers
	n.Timeout = o.Timeout
	n.User, n.Password, n.Token = o.User, o.Password, o.Token
	if o.TLS != nil {
		n.Secure, n.TLSConfig = true, o.TLS
	}
	if o.CredentialsFile != "" {
		return n, o.useFile(&n)
	}
	if o.Seed != "" {
		return n, o.useSeed(&n)
	}
	return n, nil
}

// useFile has the file read for each connection; it may change meanwhile.
func (o *ConnectOptions) useFile(n *nats.Options) error {
	text, err := os.ReadFile(o.CredentialsFile)
	if err != nil {
		return backend.ErrCredentials.With(err, "the credentials file cannot be read: %v", err)
	}
	_, err = nkeys.ParseDecoratedJWT(text)
	if err == nil {
		_, err = nkeys.ParseDecoratedUserNKey(text)
	}
	if err == nil {
		err = nats.UserCredentials(o.CredentialsFile)(n)
	}
	if err != nil {
		return backend.ErrCredentials.With(err, "the credentials file '%s' cannot be used: %v", o.CredentialsFile, err)
	}
	return nil
}

// useSeed signs the servers' challenge by the nkey.
func (o *ConnectOptions) useSeed(n *nats.Options) error {
	pair, err := nkeys.FromSeed([]byte(o.Seed))
	if err != nil {
		return backend.ErrCredentials.With(err, "the seed is no seed of an nkey: %v", err)
	}
	public, err := pair.PublicKey()
	if err != nil {
		return backend.ErrCredentials.With(err, "the seed is no seed of an nkey: %v", err)
	}
	return nats.Nkey(public, pair.Sign)(n)
}

// checkJetStream fails if there is no JetStream, also if none comes up in time.
func (b *bus) checkJetStream(ctx context.Context) error {
	for wait := pause(50 * time.Millisecond); ; {
		err := b.ask(ctx, "INFO", nil, nil)
		if err == nil || !passes(err) {
			return known(err)
		}
		if cause := sleep(ctx, wait.next()); cause == nil {
			continue
		} else if !errors.Is(err, nats.ErrNoResponders) || !errors.Is(cause, backend.ErrUnreachable) {
			return cause
		}
		return backend.ErrBackend.With(err, "the servers (%s) do not answer for JetStream; "+
			"enable it, or have most of the cluster's servers run", b.names)
	}
}
