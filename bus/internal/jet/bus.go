package jet

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

const (
	closeWait = 2 * time.Second  // for posts that are under way, on Close
	patience  = 30 * time.Second // without any progress
)

// A bus has one connection, and what lives as long as it.
type bus struct {
	link
	publisher *publisher
	embedded  *embedded // nil if the servers are elsewhere

	reviving sync.Mutex
	revived  map[string]bool // groups that were joined, of an embedded server
	unseen   unseen

	mu            sync.Mutex
	posters       map[*poster]struct{} // those that have events or a failure
	subscriptions map[string]int       // by topic
	feeds         map[feed]struct{}
	naming        chan struct{} // held while a topic is made or deleted: see lockNames
}

// A feed gets events from the servers, and has to be told of the connection.
type feed interface {
	// reconnected is called, on a goroutine of nats.go, when the connection is back.
	reconnected()
}

func newBus() *bus {
	b := &bus{posters: map[*poster]struct{}{}, subscriptions: map[string]int{}, feeds: map[feed]struct{}{},
		revived: map[string]bool{}, naming: make(chan struct{}, 1), unseen: unseen{groups: map[string]map[uint64]uint32{}}}
	b.ctx, b.cancel = context.WithCancelCause(context.Background())
	b.publisher = newPublisher(b)
	return b
}

// start connects; the bus is of no use if that fails.
func (b *bus) start(ctx context.Context, o nats.Options) (err error) {
	b.link.lost, b.link.back = b.lost, b.back
	if err = b.connect(ctx, o); err != nil {
		return err
	}
	if b.embedded != nil {
		b.embedded.connected()
	}
	return b.publisher.listen()
}

// lost is called, on a goroutine of nats.go, when the connection is gone.
func (b *bus) lost() {
	if err := b.full(); err != nil {
		b.publisher.fail(err)
	} else {
		b.publisher.lost()
	}
}

// back is called, on a goroutine of nats.go, when there is a connection again.
func (b *bus) back() {
	if b.embedded != nil {
		b.embedded.connected()
	}
	b.mu.Lock()
	feeds := make([]feed, 0, len(b.feeds))
	for f := range b.feeds {
		feeds = append(feeds, f)
	}
	b.mu.Unlock()
	for _, f := range feeds {
		f.reconnected()
	}
}

// recheck has the members of a group see whether it is still there. Those of other
// processes find out when they ask for events.
func (b *bus) recheck(stream, consumer string) {
	for _, m := range b.members(stream, consumer) {
		kick(m.recheck)
	}
}

// retime tells the members of a group of its new AckWait. Those of other processes
// go by the old one; the servers' clock is what counts.
func (b *bus) retime(stream, consumer string, wait time.Duration) {
	for _, m := range b.members(stream, consumer) {
		m.mu.Lock()
		m.options.AckWait = wait
		m.mu.Unlock()
	}
}

func (b *bus) members(stream, consumer string) (list []*member) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for f := range b.feeds {
		if m, ok := f.(*member); ok && m.t.stream == stream && m.consumer == consumer {
			list = append(list, m)
		}
	}
	return list
}

func (b *bus) addFeed(topic string, f feed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.feeds[f] = struct{}{}
	b.subscriptions[topic]++
}

func (b *bus) removeFeed(topic string, f feed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.feeds, f)
	if b.subscriptions[topic]--; b.subscriptions[topic] == 0 {
		delete(b.subscriptions, topic)
	}
}

// Topics implements backend.Bus.
func (b *bus) Topics(ctx context.Context) ([]string, error) {
	var names []string
	for {
		var answer struct {
			Total   int      `json:"total"`
			Streams []string `json:"streams"`
		}
		request := map[string]any{"offset": len(names), "subject": subjectPrefix + ">"}
		if err := b.api(ctx, "STREAM.NAMES", request, &answer); err != nil {
			return nil, err
		}
		names = append(names, answer.Streams...)
		if len(answer.Streams) == 0 || len(names) >= answer.Total {
			return topicNames(names), nil
		}
	}
}

func topicNames(streams []string) []string {
	names := make([]string, 0, len(streams))
	for _, s := range streams {
		if name, ok := topicName(s); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Delete implements backend.Bus.
func (b *bus) Delete(ctx context.Context, name string) error {
	if err := b.lockNames(ctx); err != nil {
		return err
	}
	defer b.unlockNames()
	return b.delete(ctx, name)
}

// delete is Delete for those who have locked the names.
func (b *bus) delete(ctx context.Context, name string) error {
	stream := streamName(name)
	err := b.api(ctx, "STREAM.DELETE."+stream, nil, nil)
	if errors.Is(err, backend.ErrNoTopic) {
		return backend.ErrNoTopic.With(err, "there is no topic '%s'", name)
	}
	if err != nil {
		return err
	}
	b.publisher.forget(stream, backend.ErrNoTopic.With(nil, "the topic '%s' was deleted", name))
	if b.embedded == nil {
		return nil
	}
	return b.embedded.takeAway(b.ctx, stream) // it is deleted, whatever ends the call
}

// lockNames has a topic be made only when none is being deleted: the server takes
// the files of a stream away by the name of the folder, which one of the same name
// that is made meanwhile would have too.
func (b *bus) lockNames(ctx context.Context) error {
	select {
	case b.naming <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (b *bus) unlockNames() { <-b.naming }

// Flush implements backend.Bus.
func (b *bus) Flush(ctx context.Context) error {
	b.mu.Lock()
	posters := make([]*poster, 0, len(b.posters))
	for p := range b.posters {
		posters = append(posters, p)
	}
	b.mu.Unlock()
	slices.SortFunc(posters, func(p, q *poster) int { return strings.Compare(p.topic.name, q.topic.name) })
	var first error
	for _, p := range posters {
		if err := p.flush(ctx); first == nil {
			first = err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.pushAcks(ctx)
	return first
}

// pushAcks has what was written to the connection reach the server, if there is one.
func (b *bus) pushAcks(ctx context.Context) {
	if b.nc != nil && b.nc.IsConnected() {
		ctx, cancel := context.WithTimeout(ctx, closeWait)
		defer cancel()
		_ = b.nc.FlushWithContext(ctx) // without it they go with the next flush
	}
}

// Close implements backend.Bus.
func (b *bus) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	_ = b.Flush(ctx) // nobody is left to hear of it
	cancel()
	b.cancel(errClosed)
	b.disconnect()
	b.running.Wait()
	if b.embedded != nil {
		return b.embedded.close()
	}
	return nil
}

var errClosed = backend.ErrBackend.With(nil, "the bus is closed")
