// Package memory keeps the events of a bus in the memory of this process. Any
// number of goroutines may use it; each topic has one mutex, which nothing that
// waits holds, and topics share none.
package memory

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// Bus is a set of topics in memory.
type Bus struct {
	mu     sync.Mutex // taken before that of a topic
	topics map[string]*Topic
	closed bool
}

var (
	_ backend.Bus          = (*Bus)(nil)
	_ backend.Topic        = (*Topic)(nil)
	_ backend.Subscription = (*plain)(nil)
	_ backend.Subscription = (*member)(nil)
	_ backend.Restore      = (*restore)(nil)
)

// New returns a bus without topics.
func New() backend.Bus { return &Bus{topics: map[string]*Topic{}} }

func errClosed(what string) error {
	return backend.ErrBackend.With(nil, "the %s is closed; open another one", what)
}

func errNoTopic(name string) error {
	return backend.ErrNoTopic.With(nil, "there is no topic %q, or it was deleted; open it by its name to make a new one", name)
}

// LeastAge returns the unit of the times of events.
func (b *Bus) LeastAge() time.Duration { return time.Millisecond }

// Topic returns the topic of that name. It is one value for all who ask.
func (b *Bus) Topic(_ context.Context, name string, limits *backend.Limits) (backend.Topic, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, errClosed("bus")
	}
	t, ok := b.topics[name]
	if !ok {
		t = newTopic(name, limits)
		b.topics[name] = t
	} else if limits != nil {
		t.limit(*limits)
	}
	return t, nil
}

// Topics returns the names of all topics, sorted.
func (b *Bus) Topics(context.Context) ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, errClosed("bus")
	}
	return slices.Sorted(maps.Keys(b.topics)), nil
}

// Delete drops a topic. What waits on it fails with ErrNoTopic.
func (b *Bus) Delete(_ context.Context, name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return errClosed("bus")
	}
	t, ok := b.topics[name]
	if !ok {
		return errNoTopic(name)
	}
	delete(b.topics, name)
	t.drop(errNoTopic(name))
	return nil
}

// Flush has nothing to wait for: a post is stored when it returns.
func (b *Bus) Flush(context.Context) error { return nil }

// Close drops everything. What still waits fails.
func (b *Bus) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for _, t := range b.topics {
		t.drop(errClosed("bus"))
	}
	b.topics = nil
	return nil
}
