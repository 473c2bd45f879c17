//go:build unix

package jet

import (
	"strings"
	"testing"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/natstest"
)

func TestOneServer(t *testing.T) {
	c := servers(t, 1, "max_payload: 8MB")
	b := connect(t, c)
	defer closeAll(t, b)
	runSuite(t, &place{b})
}

func TestThreeServers(t *testing.T) {
	c := servers(t, 3, "max_payload: 8MB")
	b := connect(t, c)
	defer closeAll(t, b)
	p := &place{b}
	for _, name := range []string{"AnIDIsStoredOnce", "LimitsAreKeptAndUpdated", "PlainStartsWhereItShould",
		"PlainSeesWhatComesLater", "GroupGivesEachEventToOneMember", "ReadGivesPages", "RestoreKeepsNumbersAndTimes"} {
		for _, s := range suite {
			if s.name == name {
				t.Run(name, func(t *testing.T) { s.test(t, p) })
			}
		}
	}
}

func servers(t *testing.T, n int, config string) *natstest.Cluster {
	t.Helper()
	c, err := natstest.New(t.TempDir(), natstest.Options{Servers: n, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Kill)
	if !strings.Contains(config, "authorization") && !strings.Contains(config, "tls") {
		if err := c.Ready(); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func connect(t *testing.T, c *natstest.Cluster) backend.Bus {
	t.Helper()
	b, err := Connect(t.Context(), ConnectOptions{Servers: c.URLs()})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
