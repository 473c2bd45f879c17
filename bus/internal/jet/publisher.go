package jet

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

const (
	window      = 4096     // events under way, of a whole bus
	windowBytes = 16 << 20 // a single event may be larger
	ackWait     = 5 * time.Second
)

// A publisher sends events, and hears of them. An event under way has a slot; the
// reply subject of its message is the slot's token. Tokens are used once, so that
// an answer that comes late finds nobody.
type publisher struct {
	b      *bus
	prefix string // of reply subjects

	mu    sync.Mutex
	slots [window]slot
	free  []uint16
	next  uint64 // token; its remainder by window is the slot
	bytes int
	room  signal
	tight bool // someone waits for room
}

type slot struct {
	job   *job
	index int
	size  int
	token uint64 // 0 while the slot is free
	sent  time.Time
}

func newPublisher(b *bus) *publisher {
	p := &publisher{b: b, prefix: nats.NewInbox() + ".", next: 1, free: make([]uint16, window)}
	for i := range p.free {
		p.free[i] = uint16(i)
	}
	return p
}

// listen has the answers come, once there is a connection.
func (p *publisher) listen() error {
	sub, err := p.b.nc.Subscribe(p.prefix+"*", p.answer)
	if err != nil {
		return known(err)
	}
	return sub.SetPendingLimits(-1, -1) // the window is the limit
}

// take gets a slot, and waits for one.
func (p *publisher) take(ctx context.Context, j *job, index, size int) (token uint64, err error) {
	for {
		p.mu.Lock()
		if j.err != nil {
			p.mu.Unlock()
			return 0, j.err
		}
		if err := p.b.full(); err != nil { // set before fail is called: that has the slot, or it is not taken
			p.mu.Unlock()
			return 0, err
		}
		if n := len(p.free); n > 0 && (p.bytes+size <= windowBytes || n == window) {
			token = p.fill(p.free[n-1], slot{job: j, index: index, size: size, sent: time.Now()})
			p.free = p.free[:n-1]
			p.mu.Unlock()
			return token, nil
		}
		p.tight = true
		room := p.room.wait()
		p.mu.Unlock()
		if err := p.waitOr(ctx, j, room); err != nil {
			return 0, err
		}
	}
}

// fill has p.mu held.
func (p *publisher) fill(i uint16, s slot) (token uint64) {
	p.next++
	s.token = p.next*window + uint64(i)
	p.slots[i] = s
	p.bytes += s.size
	s.job.flying++
	return s.token
}

// release frees a slot. p.mu is held. Those who wait for room are woken when there
// is a good deal of it, so that they do not wake for each event.
func (p *publisher) release(i uint16) (*job, int) {
	s := p.slots[i]
	p.slots[i] = slot{}
	p.free = append(p.free, i)
	p.bytes -= s.size
	s.job.flying--
	if p.tight && (len(p.free) == window || len(p.free) >= window/4 && p.bytes <= windowBytes*3/4) {
		p.tight = false
		p.room.fire()
	}
	return s.job, s.index
}

// answer is the handler of acknowledgements.
func (p *publisher) answer(m *nats.Msg) {
	token, err := strconv.ParseUint(m.Subject[len(p.prefix):], 36, 64)
	if err != nil {
		return // not ours
	}
	seq, err := parseAck(m)
	p.mu.Lock()
	defer p.mu.Unlock()
	i := uint16(token % window)
	if p.slots[i].token != token {
		return // given up before
	}
	j, index := p.release(i)
	j.answered(index, seq, err)
}

// lost is called when the connection is gone: whatever is under way gets no answer.
func (p *publisher) lost() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.slots {
		if p.slots[i].token != 0 {
			j, index := p.release(uint16(i))
			j.unanswered(index, nats.ErrDisconnected)
		}
	}
}

// sweep gives up waiting for answers that are late.
func (p *publisher) sweep() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	for i := range p.slots {
		s := &p.slots[i]
		if s.token == 0 || now.Sub(s.sent) < s.job.answerWait(s.index) {
			continue
		}
		j, index := p.release(uint16(i))
		j.unanswered(index, nats.ErrTimeout)
	}
}

// fail ends all that is under way.
func (p *publisher) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.slots {
		if p.slots[i].token != 0 {
			j, _ := p.release(uint16(i))
			j.fail(err)
		}
	}
}

// forget ends what is under way for a stream that was deleted: the server may have
// taken it, and answer nothing.
func (p *publisher) forget(stream string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.slots {
		if s := &p.slots[i]; s.token != 0 && s.job.topic.stream == stream {
			j, _ := p.release(uint16(i))
			j.fail(err)
		}
	}
}

// abandon frees the slots of a job whose waiter leaves.
func (p *publisher) abandon(j *job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.slots {
		if p.slots[i].job == j {
			p.release(uint16(i))
		}
	}
}

// waitOr waits for the channel, or until the job's time is over.
func (p *publisher) waitOr(ctx context.Context, j *job, ch <-chan struct{}) error {
	t := time.NewTimer(time.Second)
	defer t.Stop()
	select {
	case <-ch:
		return nil
	case <-t.C:
		p.sweep()
		return p.overdue(j)
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-p.b.ctx.Done():
		return errClosed
	}
}

// overdue fails if a job has made no progress for too long.
func (p *publisher) overdue(j *job) error {
	p.mu.Lock()
	moved, last, failed := j.moved, j.last, j.err
	p.mu.Unlock()
	if failed != nil {
		return failed
	}
	if err := p.b.denied(j.topic.subject); err != nil {
		return err
	}
	if time.Since(moved) < j.patience {
		return nil
	}
	if err := p.b.full(); err != nil {
		return err
	}
	return mayBeStored(last, j.patience)
}

// doubt is what a publisher hears that has no answer.
const doubt = "the event may or may not have been stored"

func mayBeStored(last error, waited time.Duration) error {
	why := ""
	if last != nil {
		why = " (last: " + last.Error() + ")"
	}
	return backend.ErrTimeout.With(last, "no acknowledgement within %v%s: %s; one that has an id can be published again with it",
		waited, why, doubt)
}

// mayBeTwice is mayBeStored for an event without an id, which is not sent again.
func mayBeTwice(err error, waited time.Duration) error {
	what := "the connection was lost before the acknowledgement"
	if !isOffline(err) {
		what = fmt.Sprintf("no acknowledgement within %v", waited)
	}
	return backend.ErrTimeout.With(err, "%s: %s; one that has an id is sent again by itself", what, doubt)
}
