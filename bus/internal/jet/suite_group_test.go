package jet

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
)

func group(name string) backend.Options {
	return backend.Options{From: backend.First, Group: name}
}

// ackAll acks until n events were acked in all by the callers that share the count.
func ackAll(ctx context.Context, t *testing.T, s backend.Subscription, done func(seq uint64)) {
	for {
		events, err := next(ctx, s, 50)
		if err != nil {
			if ctx.Err() == nil {
				t.Error(err)
			}
			return
		}
		for _, e := range events {
			if s.Ack(e.Seq) {
				done(e.Seq)
			} else {
				t.Errorf("event %d is not ours", e.Seq)
			}
		}
	}
}

func testGroupShares(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	const count = 5000
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var mu sync.Mutex
	seen := map[uint64]int{}
	var members sync.WaitGroup
	var parts [4]int
	for i := range parts {
		s := subscribe(t, topic, group("g.x"))
		defer closeAll(t, s)
		members.Go(func() {
			ackAll(ctx, t, s, func(seq uint64) {
				mu.Lock()
				defer mu.Unlock()
				seen[seq]++
				parts[i]++
				if len(seen) == count {
					time.AfterFunc(100*time.Millisecond, cancel) // for what comes twice
				}
			})
		})
	}
	for i := range 50 {
		batch, n := numbered(i*100, count/50)
		publish(t, topic, batch, n)
	}
	members.Wait()
	for seq := uint64(1); seq <= count; seq++ {
		if seen[seq] != 1 {
			t.Fatalf("event %d came %d times", seq, seen[seq])
		}
	}
	if slices.Contains(parts[:], 0) {
		t.Errorf("a member got nothing: %v", parts)
	}
}

func testAckWait(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, n := numbered(1, 1)
	publish(t, topic, batch, n)
	o := group("g")
	o.AckWait = 300 * time.Millisecond
	o.MaxInFlight = 1
	a, b := subscribe(t, topic, o), subscribe(t, topic, o)
	defer closeAll(t, a, b)
	start := time.Now()
	if e := collect(t, a, 1)[0]; e.Deliveries != 1 {
		t.Fatalf("delivery %d", e.Deliveries)
	}
	if e := collect(t, b, 1)[0]; e.Deliveries != 2 {
		t.Fatalf("delivery %d", e.Deliveries)
	}
	if took := time.Since(start); took < 290*time.Millisecond {
		t.Fatalf("given to another member after %v", took)
	}
	// Its lease counts from when it came here, the server's clock from a moment before.
	eventually(t, "the lease ends", func() bool { return a.Stats().InFlight == 0 })
	if m := a.(*member); len(m.oldest) > 0 {
		t.Fatal("the lease that is over is not forgotten")
	}
	if a.Ack(1) || !b.Ack(1) || b.Ack(1) || b.Ack(77) {
		t.Fatal("acks of those who do not hold it count, or the holder's does not")
	}
	none(t, b)
}

func testKeepAlive(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, n := numbered(1, 5)
	publish(t, topic, batch, n)
	o := group("g")
	o.AckWait = 300 * time.Millisecond
	a, b := subscribe(t, topic, o), subscribe(t, topic, o)
	defer closeAll(t, a, b)
	if _, err := backendtest.TakePage(a, 5, 1<<20); err != nil { // asks for five
		t.Fatal(err)
	}
	// The server serves those that ask in turn: b must not ask before a has all five.
	m := a.(*member)
	eventually(t, "five events wait in a", func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return len(m.buffer) == 5
	})
	ctx, cancel := context.WithTimeout(t.Context(), 900*time.Millisecond)
	defer cancel()
	if events, err := next(ctx, b, 5); err == nil {
		t.Fatalf("event %d went to another member, before it was taken", events[0].Seq)
	}
	for _, e := range collect(t, a, 5) {
		if e.Deliveries != 1 || !a.Ack(e.Seq) {
			t.Fatalf("delivery %d of event %d", e.Deliveries, e.Seq)
		}
	}
}

func testNak(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, n := numbered(1, 2)
	publish(t, topic, batch, n)
	s := subscribe(t, topic, group("g"))
	defer closeAll(t, s)
	collect(t, s, 2)
	start := time.Now()
	if !s.Nak(1, 300*time.Millisecond) || !s.Nak(2, 0) || s.Nak(2, 0) {
		t.Fatal("a nak does not count, or twice")
	}
	if e := collect(t, s, 1)[0]; e.Seq != 2 || e.Deliveries != 2 {
		t.Fatalf("event %d, delivery %d", e.Seq, e.Deliveries)
	}
	if e := collect(t, s, 1)[0]; e.Seq != 1 || e.Deliveries != 2 {
		t.Fatalf("event %d, delivery %d", e.Seq, e.Deliveries)
	}
	if took := time.Since(start); took < 290*time.Millisecond {
		t.Fatalf("came back after %v", took)
	}
}

func testMemberClose(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	a, b := subscribe(t, topic, group("g")), subscribe(t, topic, group("g"))
	defer closeAll(t, b)
	if _, err := backendtest.TakePage(a, 10, 1<<20); err != nil { // asks for ten
		t.Fatal(err)
	}
	batch, n := numbered(1, 10)
	publish(t, topic, batch, n)
	first := collect(t, a, 1)[0].Seq
	if !a.Ack(first) {
		t.Fatal("not ours")
	}
	closeAll(t, a)
	got := map[uint64]bool{first: true}
	for len(got) < 10 { // at once, not after AckWait, which is 30 s
		for _, e := range collect(t, b, 1) {
			if got[e.Seq] || !b.Ack(e.Seq) {
				t.Fatalf("event %d came twice, or is not ours", e.Seq)
			}
			got[e.Seq] = true
		}
	}
}

func testMaxInFlight(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, n := numbered(1, 20)
	publish(t, topic, batch, n)
	o := group("g")
	o.MaxInFlight = 3
	s := subscribe(t, topic, o)
	defer closeAll(t, s)
	collect(t, s, 3)
	none(t, s)
	if st := s.Stats(); st.InFlight != 3 || st.Delivered != 3 {
		t.Fatalf("%+v", st)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // less than AckWait
	defer cancel()
	woken := make(chan error, 1)
	go func() { woken <- s.Wait(ctx) }()
	m := s.(*member)
	eventually(t, "someone waits", func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.waiters > 0 && m.ready.ch != nil
	})
	if !s.Ack(2) {
		t.Fatal("not ours")
	}
	if err := <-woken; err != nil {
		t.Fatal(err)
	}
	if e := collect(t, s, 1)[0]; e.Seq != 4 || e.Deliveries != 1 {
		t.Fatalf("event %d, delivery %d", e.Seq, e.Deliveries)
	}
}

// testSurplus: a pull that counted as lost is answered after all.
func testSurplus(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	o := group("g")
	o.MaxInFlight = 3
	s, other := subscribe(t, topic, o), subscribe(t, topic, group("g"))
	defer closeAll(t, s, other)
	m := s.(*member)
	must(t, m.t.b.pull(m.t.stream, m.consumer, m.inbox+".lost", pullRequest{Batch: 10}))
	must(t, m.t.b.nc.Flush())
	batch, n := numbered(1, 10)
	publish(t, topic, batch, n)
	collect(t, other, 7)
	collect(t, s, 3)
	none(t, s)
}

// testClosedMemberIsOut has a member wait for events when it is closed: what it held
// must not come to it once more on the way to others.
func testClosedMemberIsOut(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, n := numbered(1, 3)
	publish(t, topic, batch, n)
	other := subscribe(t, topic, group("g"))
	defer closeAll(t, other)
	for round := range uint32(8) {
		s := subscribe(t, topic, group("g"))
		collect(t, s, 3)
		none(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		waiting := make(chan error)
		go func() { waiting <- s.Wait(ctx) }()
		time.Sleep(5 * time.Millisecond)
		closeAll(t, s)
		cancel()
		<-waiting
		for _, e := range collect(t, other, 3) {
			if e.Deliveries != 2*round+2 {
				t.Fatalf("round %d: event %d comes the %dth time", round, e.Seq, e.Deliveries)
			}
			other.Nak(e.Seq, 0)
		}
	}
}

// testCalledOff has one who waited leave, as the loop that was ended from outside does:
// what comes then goes to others at once, and counts as delivered once.
func testCalledOff(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	a, b := subscribe(t, topic, group("g")), subscribe(t, topic, group("g"))
	defer closeAll(t, a, b)
	for seq := range uint64(5) {
		none(t, a)
		ctx, cancel := context.WithCancel(t.Context())
		waiting := make(chan error)
		go func() { waiting <- a.Wait(ctx) }()
		time.Sleep(20 * time.Millisecond) // it has asked for events
		cancel()
		<-waiting
		batch, n := numbered(1, 1)
		publish(t, topic, batch, n)
		e := collect(t, b, 1)[0]
		if e.Seq != seq+1 || e.Deliveries != 1 || !b.Ack(e.Seq) {
			t.Fatalf("event %d comes the %dth time", e.Seq, e.Deliveries)
		}
	}
	batch, n := numbered(1, 1) // and if he comes back
	publish(t, topic, batch, n)
	if e := collect(t, a, 1)[0]; e.Seq != 6 || e.Deliveries != 1 {
		t.Fatalf("%+v", e)
	}
}
