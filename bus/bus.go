// Package bus is an event bus for the threads of a process, for processes and for
// machines: topics that are append-only logs, in memory, in a directory or on
// NATS servers. It is plain Go; lib/bus is what makes it pleasant for JavaScript.
package bus

import (
	"context"
	"fmt"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/jet"
	"github.com/quiesce/quiesce/bus/internal/memory"
)

// A Bus is a set of topics.
//
//quiesce:class
type Bus struct {
	backend backend.Bus
}

// OpenBus opens a bus: in memory, or where the options say.
func OpenBus(ctx context.Context, options *OpenOptions) (*Bus, error) {
	if options == nil {
		options = &OpenOptions{}
	}
	b, err := open(ctx, options)
	if err != nil {
		return nil, err
	}
	return &Bus{b}, nil
}

func open(ctx context.Context, options *OpenOptions) (backend.Bus, error) {
	if options.Dir != "" {
		return jet.OpenDir(ctx, jet.DirOptions{Dir: options.Dir, SyncAlways: options.SyncAlways})
	}
	if len(options.Servers) == 0 {
		return memory.New(), nil
	}
	o, err := options.connect()
	if err != nil {
		return nil, err
	}
	return jet.Connect(ctx, o)
}

// Topic opens a topic, which it makes if there is none.
func (b *Bus) Topic(ctx context.Context, name string, options *TopicOptions) (*Topic, error) {
	if err := checkName("name", name, maxTopicName); err != nil {
		return nil, err
	}
	limits := options.limits()
	if least := b.backend.LeastAge(); limits != nil && limits.Age > 0 && limits.Age < least {
		return nil, outOfRange(fmt.Sprintf("The property 'options.maxAge' must be at least %v here. Received %v", least, limits.Age))
	}
	t, err := b.backend.Topic(ctx, name, limits)
	if err != nil {
		return nil, err
	}
	return &Topic{topic: t, name: name, maxEvent: t.MaxEvent()}, nil
}

// Topics returns the names of all topics, sorted.
func (b *Bus) Topics(ctx context.Context) ([]string, error) {
	names, err := b.backend.Topics(ctx)
	if names == nil {
		names = []string{} // null in JavaScript otherwise
	}
	return names, err
}

// DeleteTopic deletes a topic with all its events and groups.
func (b *Bus) DeleteTopic(ctx context.Context, name string) error {
	if err := checkName("name", name, maxTopicName); err != nil {
		return err
	}
	return b.backend.Delete(ctx, name)
}

// Flush waits until all that was posted is stored.
func (b *Bus) Flush(ctx context.Context) error { return b.backend.Flush(ctx) }

// Close closes the bus, when its topics are closed.
func (b *Bus) Close() error { return b.backend.Close() }
