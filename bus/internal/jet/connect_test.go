//go:build unix

package jet

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nkeys"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/natstest"
)

func TestUnreachableServersAreNamed(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(t, silent)
	for _, server := range []string{"nats://user:secret@127.0.0.1:1", silent.Addr().String(), "nats://no.such.host.invalid:4222"} {
		_, err := Connect(t.Context(), ConnectOptions{Servers: []string{server}, Timeout: 500 * time.Millisecond})
		wantError(t, err, backend.ErrUnreachable)
		_, host, found := strings.Cut(server, "@")
		if !found {
			host = server
		}
		if !strings.Contains(err.Error(), host) || strings.Contains(err.Error(), "secret") {
			t.Error(err)
		}
	}
}

func TestCredentials(t *testing.T) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	seed, _ := pair.Seed()
	public, _ := pair.PublicKey()
	other, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	otherSeed, _ := other.Seed()
	c := servers(t, 1, "authorization { users: [ {user: u, password: p}, {nkey: "+public+"} ] }")
	for _, o := range []ConnectOptions{{User: "u", Password: "p"}, {Seed: string(seed)}} {
		o.Servers = c.URLs()
		b, err := Connect(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		closeAll(t, b)
	}
	for _, o := range []ConnectOptions{{}, {User: "u", Password: "wrong"}, {Token: "t"}, {Seed: string(otherSeed)},
		{Seed: "nonsense"}, {CredentialsFile: filepath.Join(t.TempDir(), "none")}, {CredentialsFile: c.Servers[0].Dir + "/server.conf"}} {
		o.Servers = c.URLs()
		_, err := Connect(t.Context(), o)
		wantError(t, err, backend.ErrCredentials)
	}
}

func TestWithoutJetStreamTheErrorSaysSo(t *testing.T) {
	c := servers(t, 1, "# no authorization for all\naccounts { A: { users: [{user: a, password: a}] } }")
	_, err := Connect(t.Context(), ConnectOptions{Servers: c.URLs(), User: "a", Password: "a", Timeout: time.Second})
	wantError(t, err, backend.ErrBackend)
	if !strings.Contains(err.Error(), "JetStream") {
		t.Error(err)
	}
}

// TestRevokedCredentials: publishes fail while the servers refuse us, and work
// again when they let us in; the subscription goes on by itself.
func TestRevokedCredentials(t *testing.T) {
	t.Parallel()
	c := servers(t, 1, "authorization { token: good }")
	b, err := Connect(t.Context(), ConnectOptions{Servers: c.URLs(), Token: "good"})
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(t, b)
	topic := topicOf(t, b, "t", nil)
	s := subscribe(t, topic, options())
	defer closeAll(t, s)
	batch, n := numbered(1, 5)
	publish(t, topic, batch, n)
	restartWith(t, c.Servers[0], "token: good", "token: better")
	eventually(t, "a publish is refused", func() bool {
		_, err := topic.Publish(t.Context(), batch, n)
		return errors.Is(err, backend.ErrCredentials)
	})
	time.Sleep(time.Second) // nats.go alone would give up after two refusals
	_, err = topic.Publish(t.Context(), batch, n)
	wantError(t, err, backend.ErrCredentials)
	restartWith(t, c.Servers[0], "token: better", "token: good")
	eventually(t, "a publish is taken", func() bool {
		_, err := topic.Publish(t.Context(), batch, n)
		if err != nil && !errors.Is(err, backend.ErrCredentials) {
			t.Fatal(err)
		}
		return err == nil
	})
	wantSeqs(t, collect(t, s, 10), 1)
}

func restartWith(t *testing.T, s *natstest.Server, from, to string) {
	t.Helper()
	file := filepath.Join(s.Dir, "server.conf")
	config, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	config = []byte(strings.ReplaceAll(string(config), from, to))
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
}

func TestDeniedSubjectsAreTold(t *testing.T) {
	c := servers(t, 1, `authorization { users: [ {user: u, password: p, permissions: {publish: {deny: ["quiesce.no"]}}} ] }`)
	b, err := Connect(t.Context(), ConnectOptions{Servers: c.URLs(), User: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(t, b)
	batch, n := numbered(1, 1)
	publish(t, topicOf(t, b, "yes", nil), batch, n)
	_, err = topicOf(t, b, "no", nil).Publish(t.Context(), batch, n)
	wantError(t, err, backend.ErrCredentials)
}

func TestTooManyReplicas(t *testing.T) {
	c := servers(t, 1, "")
	b := connect(t, c)
	defer closeAll(t, b)
	_, err := b.Topic(t.Context(), "t", &backend.Limits{Replicas: 3})
	wantError(t, err, backend.ErrBackend)
	if !strings.Contains(err.Error(), "'replicas'") {
		t.Error(err)
	}
}
