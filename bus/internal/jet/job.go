package jet

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// A job is a batch on its way. One goroutine sends, one waits, maybe the same; the
// fields below the line are under the publisher's lock.
type job struct {
	p        *publisher
	topic    *topic
	batch    []byte // not changed until the job is over
	at       []int  // where in the batch the records start
	firstID  uint64 // the events' own ids count from it
	patience time.Duration
	// expect, if not nil, is the number that the topic must have come to before the
	// event: the batch is one of a restore.
	expect func(index int) uint64

	// ---
	seqs   []uint64
	left   int   // events that are not stored
	flying int   // events that are sent and not answered
	again  []int // to be sent again
	last   error // why
	err    error // the job has failed
	moved  time.Time
	woken  signal
}

func (t *topic) newJob(batch []byte, count int) *job {
	j := &job{p: t.b.publisher, topic: t, batch: batch, patience: t.patience(), moved: time.Now()}
	j.at, j.seqs, j.left = offsets(batch, count), make([]uint64, count), count
	j.firstID = ownIDs.Add(uint64(count)) - uint64(count)
	return j
}

// run publishes, and waits for the end of it.
func (j *job) run(ctx context.Context) error {
	err := j.sendAll(ctx)
	if err == nil {
		err = j.wait(ctx)
	}
	return j.end(err)
}

// end is the last call for a job, with what came of it.
func (j *job) end(err error) error {
	if err != nil {
		j.p.abandon(j)
	}
	return err
}

func (j *job) sendAll(ctx context.Context) error {
	if err := j.p.ready(ctx, j); err != nil {
		return err
	}
	for i := range j.at {
		if err := j.send(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// send sends one event. That there is no connection is no error: it is sent again.
func (j *job) send(ctx context.Context, index int) error {
	m := j.message(index)
	token, err := j.p.take(ctx, j, index, len(m.Data)+64)
	if err != nil {
		return err
	}
	var b [48]byte
	m.Reply = string(strconv.AppendUint(append(b[:0], j.p.prefix...), token, 36))
	if err := j.p.b.nc.PublishMsg(m); err != nil {
		return j.unsent(token, err)
	}
	return nil
}

func (j *job) unsent(token uint64, err error) error {
	j.p.mu.Lock()
	defer j.p.mu.Unlock()
	i := uint16(token % window)
	if j.p.slots[i].token != token {
		return nil // lost had it already
	}
	_, index := j.p.release(i)
	if errors.Is(err, nats.ErrMaxPayload) {
		return backend.ErrTooLarge.With(err, "the event is above what the servers take by now (%d bytes)", j.p.b.nc.MaxPayload())
	}
	if !isOffline(err) {
		return known(err)
	}
	j.retry(index, err)
	return nil
}

// wait returns when all is stored, or the job has failed.
func (j *job) wait(ctx context.Context) error {
	for delay := pause(0); ; {
		j.p.mu.Lock()
		if j.left == 0 || j.err != nil {
			j.p.mu.Unlock()
			return j.err
		}
		if len(j.again) > 0 && j.flying == 0 {
			again, last := j.again, j.last
			j.again = nil
			j.p.mu.Unlock()
			if err := j.sendAgain(ctx, again, last, &delay); err != nil {
				return err
			}
			continue
		}
		woken := j.woken.wait()
		j.p.mu.Unlock()
		if err := j.p.waitOr(ctx, j, woken); err != nil {
			return err
		}
	}
}

// sendAgain sends, when it makes sense again, what was not stored.
func (j *job) sendAgain(ctx context.Context, again []int, last error, delay *pause) error {
	if err := sleep(ctx, delay.next()); err != nil {
		return err
	}
	if err := j.p.overdue(j); err != nil {
		return err
	}
	if err := j.p.ready(ctx, j); err != nil {
		return err
	}
	if errors.Is(last, nats.ErrNoResponders) {
		if err := j.topic.exists(ctx); err != nil {
			return err
		}
	}
	slices.Sort(again)
	for n, i := range again {
		if err := j.send(ctx, i); err != nil {
			return err
		}
		if n == 0 && j.expect != nil {
			if err := j.firstOf(ctx, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// ready waits until there is a connection, and room on the disk.
func (p *publisher) ready(ctx context.Context, j *job) error {
	if err := p.b.full(); err != nil {
		return err
	}
	if p.b.nc.IsConnected() {
		return p.b.refused()
	}
	limit, cancel := context.WithTimeout(ctx, time.Until(j.moved.Add(j.patience)))
	defer cancel()
	err := p.b.connected(limit)
	if err == nil || ctx.Err() == nil && limit.Err() == nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return mayBeStored(nats.ErrDisconnected, j.patience)
}

// answered is called by the publisher, with its lock.
func (j *job) answered(index int, seq uint64, err error) {
	switch {
	case err == nil:
		j.seqs[index] = seq
		j.left--
		j.moved = time.Now()
		if j.left == 0 || j.flying == 0 {
			j.woken.fire()
		}
	case passes(err) || j.expect != nil && isWrongLast(err):
		j.retry(index, err)
	default:
		j.fail(known(err))
	}
}

// unanswered is called by the publisher, with its lock: nobody knows whether the
// event was stored. Only by its id can it be sent again.
func (j *job) unanswered(index int, why error) {
	if !j.hasID(index) {
		j.fail(mayBeTwice(why, j.answerWait(index)))
		return
	}
	j.retry(index, why)
}

func (j *job) retry(index int, err error) {
	j.again = append(j.again, index)
	j.last = err
	j.woken.fire()
}

// fail is called with the publisher's lock.
func (j *job) fail(err error) {
	if j.err == nil {
		j.err = err
	}
	j.woken.fire()
}

// answerWait is how long to wait for an answer, before the event is sent again.
func (j *job) answerWait(index int) time.Duration {
	if j.hasID(index) {
		return ackWait
	}
	return j.patience
}
