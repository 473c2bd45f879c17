package memory

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
)

// crowd has many goroutines use one topic in real time, for the race detector.
type crowd struct {
	*testing.T
	topic   backend.Topic
	total   uint64 // events that are published
	ctx     context.Context
	workers sync.WaitGroup

	mu    sync.Mutex
	acked map[uint64]int
	all   chan struct{} // closed when all are acked
}

const (
	publishers = 3
	batches    = 400 // of each
	batchSize  = 20
)

func newCrowd(t *testing.T, limits *backend.Limits) *crowd {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return &crowd{T: t, topic: openTopic(t, limits), total: publishers * batches * batchSize,
		ctx: ctx, acked: map[uint64]int{}, all: make(chan struct{})}
}

// publish has all publishers publish, in one way or the other.
func (c *crowd) publish() {
	data := make([]string, batchSize)
	b := batch(data...)
	for i := range publishers {
		c.workers.Go(func() {
			for range batches {
				if i == 0 {
					c.post(b)
				} else if _, err := c.topic.Publish(c.ctx, b, batchSize); err != nil {
					c.Error(err)
				}
				if i == 2 {
					time.Sleep(10 * time.Microsecond)
				}
			}
		})
	}
}

func (c *crowd) post(b []byte) {
	room, err := c.topic.Post(b, batchSize)
	if err == nil && !room {
		err = c.topic.Drain(c.ctx, nil)
	}
	if err != nil {
		c.Error(err)
	}
}

// read has a plain subscriber go to the end, and demands that the numbers go up
// by one, but for what it is told to have lost.
func (c *crowd) read(o backend.Options) {
	s := subscribe(c, c.topic, o)
	c.workers.Go(func() {
		next := uint64(1)
		for next <= c.total {
			if err := s.Wait(c.ctx); err != nil {
				c.Errorf("after %d: %v", next-1, err)
				return
			}
			page, err := backendtest.TakePage(s, 1+rand.IntN(500), 1<<16)
			if errors.Is(err, backend.ErrLost) {
				next = s.Stats().Next
			}
			for _, seq := range numbersOf(page) {
				if o.SkipLost && seq > next {
					next = seq
				}
				if seq != next {
					c.Errorf("got event %d; want %d", seq, next)
					return
				}
				next++
			}
		}
		stats := s.Stats()
		if got := uint64(stats.Delivered + stats.Lost); got != c.total {
			c.Errorf("%d events delivered and %d lost of %d", stats.Delivered, stats.Lost, c.total)
		}
		must(c, s.Close())
	})
}

// work has members come and go, until the context ends.
func (c *crowd) work(ctx context.Context, r *rand.Rand) {
	for ctx.Err() == nil {
		s := subscribe(c, c.topic, backend.Options{Group: "g", From: backend.First, AckWait: 20 * time.Millisecond, MaxInFlight: 200})
		for range r.IntN(30) {
			if s.Wait(ctx) != nil {
				break
			}
			page, err := backendtest.TakePage(s, 1+r.IntN(100), 1<<16)
			if err != nil {
				c.Error(err)
			}
			c.settle(s, numbersOf(page), r)
		}
		must(c, s.Close())
	}
}

// settle acks most, naks some, and leaves the rest to AckWait or Close.
func (c *crowd) settle(s backend.Subscription, seqs []uint64, r *rand.Rand) {
	for _, seq := range seqs {
		switch n := r.IntN(100); {
		case n == 0:
		case n == 1:
			s.Nak(seq, 0)
		case n == 2:
			s.Nak(seq, time.Millisecond)
		case s.Ack(seq):
			c.mu.Lock()
			c.acked[seq]++
			if uint64(len(c.acked)) == c.total {
				close(c.all)
			}
			c.mu.Unlock()
		}
	}
}

func TestCrowdGetsEveryEventOnce(t *testing.T) {
	c := newCrowd(t, nil)
	for range 3 {
		c.read(backend.Options{})
	}
	ctx, cancel := context.WithCancel(c.ctx)
	var members sync.WaitGroup
	for i := range uint64(4) {
		members.Go(func() { c.work(ctx, rand.New(rand.NewPCG(i, 1))) })
	}
	c.publish()
	c.workers.Wait()
	select {
	case <-c.all:
	case <-c.ctx.Done():
		t.Error("not all events were acked in time")
	}
	cancel()
	members.Wait()
	for seq, n := range c.acked {
		if n != 1 || seq > c.total {
			t.Fatalf("event %d was acked %d times", seq, n)
		}
	}
	equal(t, "in flight", groupOf(t, c.topic, "g").InFlight, 0)
}

func TestCrowdUnderRetention(t *testing.T) {
	c := newCrowd(t, &backend.Limits{Events: 300, Age: 50 * time.Millisecond})
	for range 2 {
		c.read(backend.Options{})
		c.read(backend.Options{SkipLost: true})
	}
	ctx, cancel := context.WithCancel(c.ctx)
	var others sync.WaitGroup
	for i := range uint64(2) {
		others.Go(func() { c.work(ctx, rand.New(rand.NewPCG(i, 2))) })
	}
	others.Go(func() {
		for ctx.Err() == nil {
			statsOf(t, c.topic)
			numbersOf(read(t, c.topic, 1, 100, 1<<16))
			c.topic.Room()
		}
	})
	c.publish()
	c.workers.Wait()
	cancel()
	others.Wait()
	equal(t, "last", statsOf(t, c.topic).Last, c.total)
}
