package jet

import (
	"context"
	"slices"
	"sync"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

const (
	postRoom      = 4096 // beyond it, room is false
	postRoomBytes = 4 << 20
	postMost      = 64 << 10 // beyond it, ErrOverload
	postMostBytes = 64 << 20
	postJob       = 1024 // events that are sent as one job
	postJobs      = 4    // jobs that wait for acknowledgements
)

// A poster publishes what was posted to a topic, in order. Its goroutines run only
// while there is something.
type poster struct {
	topic *topic

	mu      sync.Mutex
	queue   []posted // not sent
	events  int      // not stored, sent or not
	bytes   int
	posted  uint64 // events, ever
	sent    uint64 // of them, or could not be sent
	over    uint64 // of them, stored or failed: it is the first ones
	running bool
	failed  int64
	failure error // the first, until it was told
	changed signal
}

type posted struct {
	batch []byte
	count int
}

func newPoster(t *topic) *poster { return &poster{topic: t} }

// Post implements backend.Topic.
func (t *topic) Post(batch []byte, count int) (room bool, err error) {
	if err := t.checkSizes(batch); err != nil {
		return false, err
	}
	return t.poster.post(batch, count)
}

// PostsLater implements backend.Topic.
func (t *topic) PostsLater() bool { return true }

// Settle implements backend.Topic.
func (t *topic) Settle(ctx context.Context) error {
	p := t.poster
	p.mu.Lock()
	defer p.mu.Unlock()
	last := p.posted
	return p.until(ctx, func() bool { return p.over >= last })
}

// Room implements backend.Topic.
func (t *topic) Room() bool {
	t.poster.mu.Lock()
	defer t.poster.mu.Unlock()
	return t.poster.room()
}

// Drain implements backend.Topic: here nobody waits for subscriptions.
func (t *topic) Drain(ctx context.Context, _ backend.Subscription) error {
	return t.poster.wait(ctx, t.poster.room)
}

func (p *poster) room() bool { return p.events < postRoom && p.bytes < postRoomBytes }

func (p *poster) post(batch []byte, count int) (room bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.events > 0 && (p.events+count > postMost || p.bytes+len(batch) > postMostBytes) {
		return false, backend.ErrOverload.With(nil, "%d events (%d bytes) were posted to '%s' and are not stored yet: "+
			"wait for drain() when post() returns false", p.events, p.bytes, p.topic.name)
	}
	if len(p.queue) == 0 {
		p.changed.fire() // run may wait for it
	}
	if p.events == 0 {
		p.topic.b.addPoster(p) // finish may have removed it, while run has not ended yet
	}
	p.add(batch, count)
	if !p.running {
		p.running = true
		p.topic.b.running.Go(p.run)
	}
	return p.room(), nil
}

// add copies the batch to the end of the queue; small ones share their memory.
func (p *poster) add(batch []byte, count int) {
	p.events += count
	p.posted += uint64(count)
	p.bytes += len(batch)
	if n := len(p.queue); n > 0 {
		last := &p.queue[n-1]
		if last.count+count <= postJob && len(last.batch)+len(batch) <= cap(last.batch) {
			last.batch = append(last.batch, batch...)
			last.count += count
			return
		}
	}
	size := len(batch)
	if len(p.queue) > 0 || p.running {
		size = max(size, 64<<10) // more will come
	}
	p.queue = append(p.queue, posted{append(make([]byte, 0, size), batch...), count})
}

// run is the goroutine that sends; another one waits for what is sent.
func (p *poster) run() {
	sent := make(chan *sentJob, postJobs)
	var waiter sync.WaitGroup
	waiter.Go(func() {
		for s := range sent {
			p.finish(s)
		}
	})
	for {
		p.mu.Lock()
		if len(p.queue) == 0 {
			if p.events == 0 {
				p.running = false
				p.mu.Unlock()
				break
			}
			changed := p.changed.wait()
			p.mu.Unlock()
			<-changed
			continue
		}
		next := p.queue[0]
		p.queue = slices.Delete(p.queue, 0, 1)
		p.mu.Unlock()
		s := &sentJob{j: p.topic.newJob(next.batch, next.count), bytes: len(next.batch)}
		s.err = s.j.sendAll(p.topic.b.ctx)
		p.mu.Lock()
		p.sent += uint64(next.count)
		p.changed.fire()
		p.mu.Unlock()
		sent <- s
	}
	close(sent)
	waiter.Wait()
}

type sentJob struct {
	j     *job
	bytes int
	err   error
}

// finish waits until a job is over, and counts.
func (p *poster) finish(s *sentJob) {
	err := s.err
	if err == nil {
		err = s.j.wait(p.topic.b.ctx)
	}
	err = s.j.end(err)
	s.j.p.mu.Lock()
	left := s.j.left
	s.j.p.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events -= len(s.j.at)
	p.over += uint64(len(s.j.at))
	p.bytes -= s.bytes
	p.failed += int64(left)
	if p.failure == nil {
		p.failure = err
	}
	p.changed.fire()
	if p.events == 0 && p.failure == nil {
		p.topic.b.removePoster(p)
	}
}

// precede waits until what was posted by now was sent: what is sent then comes
// after it.
func (p *poster) precede(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := p.posted
	return p.until(ctx, func() bool { return p.sent >= last })
}

// until waits, without the lock, until done.
func (p *poster) until(ctx context.Context, done func() bool) error {
	for !done() {
		changed := p.changed.wait()
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		p.mu.Lock()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// wait waits until done, and returns the first failure that nobody was told of.
func (p *poster) wait(ctx context.Context, done func() bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.until(ctx, done); err != nil {
		return err
	}
	err := p.failure
	p.failure = nil
	if p.events == 0 {
		p.topic.b.removePoster(p)
	}
	return err
}

// flush waits for what was posted by now.
func (p *poster) flush(ctx context.Context) error {
	p.mu.Lock()
	last := p.posted
	p.mu.Unlock()
	return p.wait(ctx, func() bool { return p.over >= last })
}

// posts returns how many events are not stored yet, and how many could not be.
func (p *poster) posts() (waiting, failed int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return int64(p.events), p.failed
}

// addPoster has Flush know of a poster. The poster's lock is held here and below.
func (b *bus) addPoster(p *poster) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posters[p] = struct{}{}
}

func (b *bus) removePoster(p *poster) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.posters, p)
}
