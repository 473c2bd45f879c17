package jet

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

func options() backend.Options { return backend.Options{From: backend.First, MaxInFlight: 100} }

func TestAckedEventsSurviveKill(t *testing.T) {
	dir := t.TempDir()
	acked := 0
	for range 5 {
		acked = killedPublisher(t, dir, acked)
	}
	b := openDir(t, dir)
	defer closeAll(t, b)
	topic := topicOf(t, b, "t", nil)
	s := subscribe(t, topic, options())
	defer closeAll(t, s)
	stats, err := topic.Stats(t.Context())
	if err != nil || int(stats.Last) < acked {
		t.Fatalf("%d events of %d that were acknowledged, %v", stats.Last, acked, err)
	}
	for i, e := range collect(t, s, int(stats.Last)) {
		if e.Seq != uint64(i)+1 || string(e.Data) != fmt.Sprint(i+1) {
			t.Fatalf("event %d is %q", e.Seq, e.Data)
		}
	}
}

// killedPublisher kills a publisher while it publishes, and returns the number of
// the last event that was acknowledged to it.
func killedPublisher(t *testing.T, dir string, acked int) int {
	t.Helper()
	c := child(t, "publish", dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		seq, err := strconv.Atoi(lines.Text())
		if err != nil || seq <= acked {
			t.Fatalf("%q after %d", lines.Text(), acked)
		}
		acked = seq
		if n == 1500 {
			_, err := OpenDir(t.Context(), DirOptions{Dir: dir})
			wantError(t, err, backend.ErrDirInUse)
			if !strings.Contains(err.Error(), fmt.Sprint("by process ", c.Process.Pid)) {
				t.Error(err)
			}
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = c.Wait() // killed
	return acked
}

func TestNothingIsPrinted(t *testing.T) {
	c := child(t, "quiet", t.TempDir())
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil || out.Len() > 0 {
		t.Fatalf("%v, %q", err, out.String())
	}
}

func TestOneBusForADirectory(t *testing.T) {
	dir := t.TempDir()
	b := openDir(t, dir)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, link} {
		_, err := OpenDir(t.Context(), DirOptions{Dir: d})
		wantError(t, err, backend.ErrDirInUse)
		if !strings.Contains(err.Error(), "by this process") || !strings.Contains(err.Error(), "Bus.attach()") {
			t.Error(err)
		}
	}
	closeAll(t, b)
	closeAll(t, openDir(t, dir))
}

func TestTwoDirectoriesInOneProcess(t *testing.T) {
	a, b := openDir(t, t.TempDir()), openDir(t, filepath.Join(t.TempDir(), "made", "here"))
	defer closeAll(t, a, b)
	for i, bus := range []backend.Bus{a, b} {
		batch, n := numbered(1, i+1)
		publish(t, topicOf(t, bus, "t", nil), batch, n)
	}
	for i, bus := range []backend.Bus{a, b} {
		if s, err := topicOf(t, bus, "t", nil).Stats(t.Context()); err != nil || s.Events != int64(i)+1 {
			t.Fatalf("%+v, %v", s, err)
		}
	}
}

func TestUnusableDirectoriesAreRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below"), "/proc/quiesce", "/sys"} {
		_, err := OpenDir(t.Context(), DirOptions{Dir: dir})
		wantError(t, err, backend.ErrDir)
		if errors.Unwrap(err) == nil || !strings.Contains(err.Error(), dir) {
			t.Error(err)
		}
	}
}

func TestNoPortIsOpened(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("sockets are looked for in /proc, which only Linux has")
	}
	before := sockets(t)
	b := openDir(t, t.TempDir())
	defer closeAll(t, b)
	batch, n := numbered(1, 10)
	publish(t, topicOf(t, b, "t", nil), batch, n)
	if after := sockets(t); after > before {
		t.Fatalf("%d sockets before, %d after", before, after)
	}
}

// sockets counts the open sockets of this process, of all kinds.
func sockets(t *testing.T) (n int) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		target, err := os.Readlink("/proc/self/fd/" + fd.Name())
		if err == nil && strings.HasPrefix(target, "socket:") {
			n++
		}
	}
	return n
}

func TestCloseLeavesNoGoroutine(t *testing.T) {
	once := func() {
		b := openDir(t, t.TempDir())
		topic := topicOf(t, b, "t", nil)
		s, g := subscribe(t, topic, options()), subscribe(t, topic, group("g"))
		batch, n := numbered(1, 100)
		publish(t, topic, batch, n)
		if _, err := topic.Post(batch, n); err != nil {
			t.Fatal(err)
		}
		collect(t, s, 100)
		collect(t, g, 50)
		closeAll(t, s, g, topic, b)
	}
	once() // what a process starts but once
	before := runtime.NumGoroutine()
	for range 3 {
		once()
	}
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

func TestCloseStoresWhatWasPosted(t *testing.T) {
	dir := t.TempDir()
	b := openDir(t, dir)
	topic := topicOf(t, b, "t", nil)
	batch, n := numbered(1, 3000)
	if _, err := topic.Post(batch, n); err != nil {
		t.Fatal(err)
	}
	closeAll(t, topic, b)
	b = openDir(t, dir)
	defer closeAll(t, b)
	if s, err := topicOf(t, b, "t", nil).Stats(t.Context()); err != nil || s.Events != 3000 {
		t.Fatalf("%+v, %v", s, err)
	}
}

func TestGroupsGoOnAfterReopening(t *testing.T) {
	dir := t.TempDir()
	b := openDir(t, dir)
	topic := topicOf(t, b, "t", nil)
	batch, n := numbered(1, 10)
	publish(t, topic, batch, n)
	g := subscribe(t, topic, group("g"))
	for _, e := range collect(t, g, 6) {
		if e.Seq != 3 {
			g.Ack(e.Seq)
		}
	}
	closeAll(t, g, topic, b)
	b = openDir(t, dir)
	defer closeAll(t, b)
	g = subscribe(t, topicOf(t, b, "t", nil), group("g"))
	defer closeAll(t, g)
	got := map[uint64]uint32{}
	for _, e := range collect(t, g, 5) {
		got[e.Seq] = e.Deliveries
	}
	if len(got) != 5 || got[3] != 2 || got[7] != 1 || got[10] != 1 {
		t.Fatal(got)
	}
}

// TestSilentConsumers: the connection is fine, but what was asked of a consumer got
// lost, as it may between the servers of a cluster.
func TestSilentConsumers(t *testing.T) {
	t.Parallel()
	b := openDir(t, t.TempDir())
	defer closeAll(t, b)
	topic := topicOf(t, b, "t", nil)
	s, g := subscribe(t, topic, options()), subscribe(t, topic, group("g"))
	defer closeAll(t, s, g)
	l, m := s.(*plain), g.(*member)
	l.mu.Lock()
	must(t, l.line.sub.Unsubscribe())
	l.line.heard = time.Now().Add(-silence)
	l.mu.Unlock()
	m.mu.Lock()
	m.pulling, m.heard = true, time.Now().Add(-silence)
	m.mu.Unlock()
	batch, n := numbered(1, 5)
	publish(t, topic, batch, n)
	wantSeqs(t, collect(t, s, 5), 1)
	wantSeqs(t, collect(t, g, 5), 1)
}

func TestOpenDirEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(io.EOF)
	dir := t.TempDir()
	if b, err := OpenDir(ctx, DirOptions{Dir: dir}); !errors.Is(err, io.EOF) {
		t.Fatal(b, err)
	}
	closeAll(t, openDir(t, dir))
}
