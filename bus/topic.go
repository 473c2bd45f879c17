package bus

import (
	"context"
	"encoding/binary"
	"math"
	"sync"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// A Topic is an append-only log of events, numbered from 1. Batches and pages are
// those of package record.
//
//quiesce:class
type Topic struct {
	topic    backend.Topic
	name     string
	maxEvent int
}

// scratch has the bytes in which a single event becomes a batch: backends copy.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// withRecord calls f with the batch of one event without headers and id.
func (t *Topic) withRecord(data []byte, f func(batch []byte) error) error {
	if len(data) > t.maxEvent {
		return t.tooLarge(len(data))
	}
	b := scratch.Get().(*[]byte)
	*b = record.Append((*b)[:0], &record.Event{Data: data})
	err := f(*b)
	if cap(*b) <= 1<<20 {
		scratch.Put(b)
	}
	return err
}

// Facts are what a wrapper of a topic has to know of it.
type Facts struct {
	Name     string `json:"name"`
	MaxEvent int    `json:"maxEvent"` // bytes of headers, id and data
	Later    bool   `json:"later"`    // posts may not be stored yet when Post returns
}

// Facts returns the facts.
func (t *Topic) Facts() Facts { return Facts{t.name, t.maxEvent, t.topic.PostsLater()} }

// Post takes an event to store it soon. Without room, Drain tells when to go on.
//
//quiesce:borrow
func (t *Topic) Post(data []byte) (room bool, err error) {
	err = t.withRecord(data, func(batch []byte) (err error) {
		room, err = t.topic.Post(batch, 1)
		return err
	})
	return room, err
}

// PostBatch is Post for a batch.
//
//quiesce:borrow
func (t *Topic) PostBatch(batch []byte) (room bool, err error) {
	count, err := t.checkBatch(batch)
	if err != nil {
		return false, err
	}
	return t.topic.Post(batch, count)
}

// Append stores an event at once, and returns its number; 0 where only Publish
// can. The number is negative when there is no room to post: a publisher should
// wait for Drain.
//
//quiesce:borrow
func (t *Topic) Append(data []byte) (seq int, err error) {
	err = t.withRecord(data, func(batch []byte) error {
		seqs, done, err := t.topic.Append(batch, 1)
		if done && err == nil {
			seq = int(seqs[0])
			if !t.topic.Room() {
				seq = -seq
			}
		}
		return err
	})
	return seq, err
}

// AppendBatch stores a batch at once, and returns the numbers as float64; none
// where only Publish can. Of numbers that follow each other, as they do unless ids
// are known, it returns the first one only. After them comes 1 when there is room to
// post, else 0.
//
//quiesce:borrow
func (t *Topic) AppendBatch(batch []byte) ([]byte, error) {
	count, err := t.checkBatch(batch)
	if err != nil {
		return nil, err
	}
	seqs, done, err := t.topic.Append(batch, count)
	if err != nil || !done {
		return nil, err
	}
	room := uint64(0)
	if t.topic.Room() {
		room = 1
	}
	if follow(seqs) {
		seqs = seqs[:1]
	}
	return numbers(append(seqs[:len(seqs):len(seqs)], room)), nil
}

// follow reports whether each number is one more than that before it.
func follow(seqs []uint64) bool {
	for i, seq := range seqs {
		if seq != seqs[0]+uint64(i) {
			return false
		}
	}
	return true
}

// Publish stores a batch, and returns the numbers as float64.
func (t *Topic) Publish(ctx context.Context, batch []byte) ([]byte, error) {
	count, err := t.checkBatch(batch)
	if err != nil {
		return nil, err
	}
	seqs, err := t.topic.Publish(ctx, batch, count)
	if err != nil {
		return nil, err
	}
	return numbers(seqs), nil
}

func numbers(seqs []uint64) []byte {
	b := make([]byte, 0, 8*len(seqs))
	for _, seq := range seqs {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(seq)))
	}
	return b
}

// Drain waits for room to post.
func (t *Topic) Drain(ctx context.Context) error { return t.topic.Drain(ctx, nil) }

// Settle waits until all that was posted by now is stored, or has failed.
func (t *Topic) Settle(ctx context.Context) error { return t.topic.Settle(ctx) }

// Feeds reports whether what is published here goes to the subscription, by the very
// same topic of a bus in memory: see Subscription.Drain.
func (t *Topic) Feeds(s *Subscription) bool { return s.topic == t.topic }

// Read returns a page of events from seq on.
func (t *Topic) Read(ctx context.Context, seq, count, maxBytes int) ([]byte, error) {
	if seq < 1 || count < 1 || maxBytes < 1 {
		return nil, invalid("A sequence number, count or size is below 1")
	}
	return t.topic.Read(ctx, uint64(seq), count, maxBytes)
}

// Subscribe starts a subscription.
func (t *Topic) Subscribe(ctx context.Context, options *SubscribeOptions) (*Subscription, error) {
	o, err := options.checked()
	if err != nil {
		return nil, err
	}
	s, err := t.topic.Subscribe(ctx, o)
	if err != nil {
		return nil, err
	}
	return newSubscription(t.topic, s, options), nil
}

// DeleteGroup forgets a group.
func (t *Topic) DeleteGroup(ctx context.Context, name string) error {
	if err := checkName("name", name, maxGroupName); err != nil {
		return err
	}
	return t.topic.DeleteGroup(ctx, name)
}

// Close ends the topic for this user; its events stay.
func (t *Topic) Close() error { return t.topic.Close() }
