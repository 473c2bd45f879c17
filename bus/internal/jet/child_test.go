package jet

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Some tests need a process of their own: it is this test binary with a role.
const roleVariable = "QUIESCE_JET_TEST_ROLE"

func TestMain(m *testing.M) {
	role, dir, _ := strings.Cut(os.Getenv(roleVariable), " ")
	switch role {
	case "":
		os.Exit(m.Run())
	case "publish":
		publishForever(dir)
	case "quiet":
		beQuiet(dir)
	}
}

// child starts this binary in a role.
func child(t *testing.T, role, dir string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), roleVariable+"="+role+" "+dir)
	return c
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// publishForever prints the number of each event when it is acknowledged.
func publishForever(dir string) {
	ctx := context.Background()
	b, err := OpenDir(ctx, DirOptions{Dir: dir})
	check(err)
	topic, err := b.Topic(ctx, "t", nil)
	check(err)
	s, err := topic.Stats(ctx)
	check(err)
	out := bufio.NewWriter(os.Stdout)
	for next := int(s.Last) + 1; ; next += 20 {
		batch, n := numbered(next, 20)
		seqs, err := topic.Publish(ctx, batch, n)
		check(err)
		for _, seq := range seqs {
			fmt.Fprintln(out, seq)
		}
		check(out.Flush())
	}
}

// beQuiet does a bit of everything; its parent looks at what it prints.
func beQuiet(dir string) {
	ctx := context.Background()
	b, err := OpenDir(ctx, DirOptions{Dir: dir})
	check(err)
	topic, err := b.Topic(ctx, "t", nil)
	check(err)
	batch, n := numbered(1, 100)
	_, err = topic.Publish(ctx, batch, n)
	check(err)
	if _, err = OpenDir(ctx, DirOptions{Dir: dir}); err == nil {
		panic("opened twice")
	}
	if _, err = Connect(ctx, ConnectOptions{Servers: []string{"127.0.0.1:1"}}); err == nil {
		panic("connected")
	}
	s, err := topic.Subscribe(ctx, options())
	check(err)
	if _, err := next(ctx, s, 10); err != nil {
		panic(err)
	}
	check(b.Delete(ctx, "t"))
	check(s.Close())
	check(b.Close())
}
