//go:build unix

package jet

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// traffic publishes without end, follows by a plain subscription and by a group
// of two, and checks at the end that nothing is missing.
type traffic struct {
	t       *testing.T
	topic   backend.Topic
	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup

	mu    sync.Mutex
	acked map[string]uint64 // number by data
	plain []uint64
	group map[uint64]int // acks
}

func startTraffic(t *testing.T, topic backend.Topic) *traffic {
	tr := &traffic{t: t, topic: topic, acked: map[string]uint64{}, group: map[uint64]int{}}
	tr.ctx, tr.stop = context.WithCancel(t.Context())
	o := group("g")
	o.AckWait = 2 * time.Second
	for _, s := range []backend.Subscription{subscribe(t, topic, options()), subscribe(t, topic, o), subscribe(t, topic, o)} {
		tr.running.Go(func() { tr.follow(s) })
	}
	return tr
}

// publish publishes until the function says it is enough; it returns how many.
func (tr *traffic) publish(enough func() bool) int {
	tr.t.Helper()
	for first := len(tr.acked); !enough(); first += 20 {
		batch, n := numbered(first, 20)
		for i, seq := range publish(tr.t, tr.topic, batch, n) {
			tr.mu.Lock()
			tr.acked[fmt.Sprint(first+i)] = seq
			tr.mu.Unlock()
		}
	}
	return len(tr.acked)
}

func (tr *traffic) follow(s backend.Subscription) {
	defer closeAll(tr.t, s)
	_, isPlain := s.(*plain)
	for {
		events, err := next(tr.ctx, s, 50)
		if err != nil {
			if tr.ctx.Err() == nil {
				tr.t.Error(err)
			}
			return
		}
		tr.mu.Lock()
		for _, e := range events {
			if isPlain {
				tr.plain = append(tr.plain, e.Seq)
			} else if s.Ack(e.Seq) {
				tr.group[e.Seq]++
			}
		}
		tr.mu.Unlock()
	}
}

// check waits until all have seen all, and compares with what is stored.
func (tr *traffic) check() {
	tr.t.Helper()
	count := len(tr.acked)
	eventually(tr.t, "all have seen all", func() bool {
		tr.mu.Lock()
		defer tr.mu.Unlock()
		return len(tr.plain) >= count && len(tr.group) >= count
	})
	tr.stop()
	tr.running.Wait()
	for i, seq := range tr.plain {
		if seq != uint64(i)+1 {
			tr.t.Fatalf("the plain subscription got event %d where %d must come", seq, i+1)
		}
	}
	s := subscribe(tr.t, tr.topic, options())
	defer closeAll(tr.t, s)
	stored := map[string]bool{}
	for _, e := range collect(tr.t, s, count) {
		if stored[string(e.Data)] || tr.acked[string(e.Data)] != e.Seq {
			tr.t.Fatalf("event %q is stored as %d, acknowledged as %d (twice: %v)", e.Data, e.Seq, tr.acked[string(e.Data)], stored[string(e.Data)])
		}
		stored[string(e.Data)] = true
	}
	if st, err := tr.topic.Stats(tr.t.Context()); err != nil || st.Last != uint64(count) {
		tr.t.Fatalf("%d events were acknowledged, %d are stored, %v", count, st.Last, err)
	}
}

func after(n int, d time.Duration) func() bool {
	end := time.Now().Add(d)
	return func() bool { n--; return n < 0 && time.Now().After(end) }
}

func TestKilledLeader(t *testing.T) {
	t.Parallel()
	c := servers(t, 3, "")
	b := connect(t, c)
	defer closeAll(t, b)
	tr := startTraffic(t, topicOf(t, b, "t", nil))
	tr.publish(after(20, 0))
	leader := c.Leader(streamName("t"))
	if leader == nil {
		t.Fatal("there is no leader")
	}
	killed := make(chan error, 1)
	time.AfterFunc(100*time.Millisecond, func() { killed <- leader.Kill() })
	tr.publish(after(50, 300*time.Millisecond))
	must(t, <-killed)
	tr.publish(after(50, 0))
	must(t, leader.Start())
	tr.publish(after(50, 500*time.Millisecond))
	tr.check()
}

func TestFlappingServer(t *testing.T) {
	t.Parallel()
	c := servers(t, 1, "")
	b := connect(t, c)
	defer closeAll(t, b)
	tr := startTraffic(t, topicOf(t, b, "t", nil))
	tr.publish(after(20, 0))
	s := c.Servers[0]
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, f := range []func() error{s.Kill, s.Start, s.Stop, s.Start, s.Pause, s.Resume, s.Kill, s.Start} {
			if err := f(); err != nil {
				t.Error(err)
			}
			time.Sleep(300 * time.Millisecond)
		}
	}()
	tr.publish(func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	})
	tr.publish(after(20, 0))
	tr.check()
}

// TestServerThatStopsAnswering: the connection stays, and nothing comes by it.
func TestServerThatStopsAnswering(t *testing.T) {
	t.Parallel()
	c := servers(t, 1, "")
	b := connect(t, c)
	defer closeAll(t, b)
	tr := startTraffic(t, topicOf(t, b, "t", nil))
	tr.publish(after(20, 0))
	must(t, c.Servers[0].Pause())
	time.AfterFunc(8*time.Second, func() { _ = c.Servers[0].Resume() })
	tr.publish(after(20, 8*time.Second))
	tr.check()
}

// TestPublishGivesUpAtItsContext: no one answers, and the caller need not wait.
func TestPublishGivesUpAtItsContext(t *testing.T) {
	t.Parallel()
	c := servers(t, 1, "")
	b := connect(t, c)
	defer closeAll(t, b)
	topic := topicOf(t, b, "t", nil).(*topic)
	must(t, c.Servers[0].Kill())
	cause := fmt.Errorf("because")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, cause)
	defer cancel()
	batch, n := numbered(1, 10)
	if _, err := topic.Publish(ctx, batch, n); err != cause {
		t.Fatal(err)
	}
	topic.window = time.Second // ids are known for so long: no longer does it try
	_, err := topic.Publish(t.Context(), batch, n)
	wantError(t, err, backend.ErrTimeout)
}
