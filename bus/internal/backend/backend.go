// Package backend is what package bus asks of whatever keeps its events. There
// are two: memory, and jetstream.
//
// Batches and pages are those of package record. A batch that gets here is well
// formed, has at least one record, and each of its names and values was checked.
// All methods may be called by many goroutines at the same time, but none after
// or during Close of the same value or of what it came from.
package backend

import (
	"context"
	"time"
)

// A Bus is a set of topics.
type Bus interface {
	// LeastAge returns the shortest time that Limits.Age may be.
	LeastAge() time.Duration
	// Topic returns a topic, which it makes if there is none. Limits that are nil
	// leave those of an existing topic alone.
	Topic(ctx context.Context, name string, limits *Limits) (Topic, error)
	// Topics returns the names of all topics, sorted.
	Topics(ctx context.Context) ([]string, error)
	// Delete deletes a topic with all its events and groups. It fails with
	// ErrNoTopic if there is none.
	Delete(ctx context.Context, name string) error
	// Flush waits until every post before it was stored, or has failed; it returns
	// the first failure since the last Flush or Drain.
	Flush(ctx context.Context) error
	// Close gives posts that are under way a short time to be stored.
	Close() error
}

// Limits bound what a topic keeps. What is beyond them is removed from its front.
// Zero is no limit of that kind.
type Limits struct {
	Events   int64
	Bytes    int64
	Age      time.Duration
	Replicas int // on a cluster; zero is three where there are as many servers
}

// A Topic is an append-only log of events, numbered from 1.
type Topic interface {
	// MaxEvent returns how many bytes of headers, id and data an event may have.
	MaxEvent() int
	// PostsLater reports whether events may not be stored yet when Post returns.
	PostsLater() bool
	// Append stores a batch at once, and returns the number of each event. done is
	// false, and nothing was stored, where the backend can only do so by Publish.
	Append(batch []byte, count int) (seqs []uint64, done bool, err error)
	// Publish stores a batch, and returns the numbers when all is stored. Of an
	// event whose id was stored within the last two minutes it is the number of then.
	Publish(ctx context.Context, batch []byte, count int) (seqs []uint64, err error)
	// Post takes a batch to store it soon, and never blocks. room tells that more
	// may be posted at once; without it, Drain waits for that time. It fails with
	// ErrOverload, and takes nothing, when far too much was posted without waiting.
	Post(batch []byte, count int) (room bool, err error)
	// Room reports whether there is room to post, as Post does.
	Room() bool
	// Drain waits until there is room to post, or would be but for a group of this
	// topic, if beside is a member of it that has taken nothing for a moment: one whose
	// reader waits here cannot catch up. It returns the first failure of a post since
	// the last Flush or Drain.
	Drain(ctx context.Context, beside Subscription) error
	// Settle waits until every post before it was stored, or has failed; it tells of
	// no failure.
	Settle(ctx context.Context) error
	// Read returns a page of up to count events from seq on, not above maxBytes
	// unless a single one is; empty when there are none. Events that are gone are
	// left out.
	Read(ctx context.Context, seq uint64, count, maxBytes int) (page []byte, err error)
	// Subscribe starts a subscription. When it returns, what is published after is
	// seen by one from New.
	Subscribe(ctx context.Context, o Options) (Subscription, error)
	// DeleteGroup forgets a group. It fails with ErrNoGroup if there is none.
	DeleteGroup(ctx context.Context, name string) error
	// Stats tells the state of the topic and its groups.
	Stats(ctx context.Context) (Stats, error)
	// Restore begins to fill a topic that has no events, from the number first on.
	// It fails with ErrNotEmpty if there are some.
	Restore(ctx context.Context, first uint64) (Restore, error)
	// Close ends the topic for this user; the events stay. Its subscriptions and
	// restores are closed before.
	Close() error
}

// Start tells where a subscription starts.
type Start int

// See Options.
const (
	New   Start = iota // after the last event of now
	First              // at the first that is there
	Last               // at the last that is there
	AtSeq              // at Options.Seq
	AtTime
)

// AckWait is that of a new group whose first member gives none.
const AckWait = 30 * time.Second

// Options of a subscription.
type Options struct {
	From Start
	Seq  uint64
	Time float64 // ms since 1970
	// Group, if not empty, has each event go to one of its members. A group that
	// exists goes on where it is, whatever From says.
	Group string
	// AckWait is how long members may take to ack an event, from its Take on. It is
	// the group's: what is above zero counts for all that is taken from now on, zero
	// leaves it as it is.
	AckWait time.Duration
	// MaxInFlight: a member never has more events that are not acked; a plain
	// subscription prefetches no more.
	MaxInFlight int
	// SkipLost has a plain subscription go on after events that were removed before
	// it could take them; without, its Take fails with an ErrLost, once, and a
	// further Take goes on after them.
	SkipLost bool
}

// A Subscription is a position in a topic, or a member of a group.
type Subscription interface {
	// Take copies a page of what is there, of up to max events, and returns its size:
	// 0 when there is nothing now. When the first event has no room, it takes nothing,
	// and returns the room that this one needs, as a negative number. It never blocks.
	Take(into []byte, max int) (size int, err error)
	// Wait returns when Take would return something, or an error.
	Wait(ctx context.Context) error
	// Ack tells a group that an event is done; false if it is not this member's
	// (any more).
	Ack(seq uint64) bool
	// Nak gives an event back to the group, for delivery after the delay; false as
	// Ack.
	Nak(seq uint64, delay time.Duration) bool
	// Stats tells the state of the subscription.
	Stats() SubscriptionStats
	// Close gives the events back to the group that were not acked.
	Close() error
}

// A Restore fills an empty topic.
type Restore interface {
	// Append stores a page. Numbers must go up, from first on; times are kept. If
	// there are gaps in the numbers, it fails with ErrSnapshot.
	Append(ctx context.Context, page []byte, count int) error
	// Commit makes the events visible to all, where they were not before. It fails
	// with ErrNotEmpty, and removes what was restored, if someone has published
	// meanwhile.
	Commit(ctx context.Context) error
	// Close removes what was restored, unless Commit has succeeded.
	Close() error
}

// Stats of a topic.
type Stats struct {
	Events, Bytes int64
	First, Last   uint64 // numbers; Last is that of the last event ever; First is Last+1 if there is none
	Subscriptions int    // of this process
	Posted        int64  // posts that were taken but are not stored yet
	Failed        int64  // posts that could not be stored
	Limits        Limits
	Groups        []GroupStats // sorted by name
}

// GroupStats of a group of a topic.
type GroupStats struct {
	Name        string
	Pending     int64 // events that were never delivered
	InFlight    int64 // delivered and not acked
	Redelivered int64 // deliveries beyond the first
}

// SubscriptionStats of one subscription.
type SubscriptionStats struct {
	Delivered int64  // events by Take
	InFlight  int64  // a member's, not acked
	Lost      int64  // removed before a plain subscription could take them
	Next      uint64 // number of the next event, of a plain subscription
}
