package jet

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

const duplicatesWindow = 2 * time.Minute

type topic struct {
	b                     *bus
	name, stream, subject string
	window                time.Duration // in which ids are known
	poster                *poster
}

// LeastAge implements backend.Bus: the servers take no shorter one.
func (b *bus) LeastAge() time.Duration { return 100 * time.Millisecond }

// Topic implements backend.Bus.
func (b *bus) Topic(ctx context.Context, name string, limits *backend.Limits) (backend.Topic, error) {
	t := &topic{b: b, name: name, stream: streamName(name), subject: subjectName(name)}
	if err := b.lockNames(ctx); err != nil {
		return nil, err
	}
	info, err := t.ensure(ctx, limits)
	b.unlockNames()
	if err != nil {
		return nil, err
	}
	t.window = info.Config.Duplicates
	t.poster = newPoster(t)
	return t, nil
}

// ensure makes the stream, or has an existing one get the limits.
func (t *topic) ensure(ctx context.Context, limits *backend.Limits) (*streamInfo, error) {
	info, err := t.b.streamInfo(ctx, t.stream)
	if errors.Is(err, backend.ErrNoTopic) {
		info, err = t.create(ctx, limits)
		if codeOf(err) == codeStreamExists { // someone else made it just now
			info, err = t.b.streamInfo(ctx, t.stream)
		}
	}
	if err != nil || limits == nil {
		return info, err
	}
	c := info.Config
	if !apply(&c, limits) {
		return info, nil
	}
	info = &streamInfo{}
	return info, t.b.api(ctx, "STREAM.UPDATE."+t.stream, c, info)
}

func (t *topic) create(ctx context.Context, limits *backend.Limits) (*streamInfo, error) {
	c := jetstream.StreamConfig{
		Name:         t.stream,
		Subjects:     []string{t.subject},
		Storage:      jetstream.FileStorage,
		Discard:      jetstream.DiscardOld,
		Retention:    jetstream.LimitsPolicy,
		Duplicates:   duplicatesWindow,
		AllowDirect:  true,
		MaxConsumers: -1, MaxMsgs: -1, MaxBytes: -1, MaxMsgsPerSubject: -1, MaxMsgSize: -1,
	}
	if limits == nil {
		limits = &backend.Limits{}
	}
	apply(&c, limits)
	if c.Replicas > 0 {
		return t.createWith(ctx, c)
	}
	c.Replicas = 1
	if t.b.embedded == nil && t.b.nc.ConnectedClusterName() != "" {
		c.Replicas = 3
	}
	info, err := t.createWith(ctx, c)
	if codeOf(err) == codeReplicas { // a server with the name of a cluster, alone
		c.Replicas = 1
		return t.createWith(ctx, c)
	}
	return info, err
}

// createTries is for a stream of the same name whose files the server still removes.
const createTries = 6

func (t *topic) createWith(ctx context.Context, c jetstream.StreamConfig) (info *streamInfo, err error) {
	err = tryAgain(ctx, createTries, isTornDown, func() error {
		info = &streamInfo{}
		return t.b.api(ctx, "STREAM.CREATE."+t.stream, c, info)
	})
	return info, err
}

// apply puts limits into a configuration; false if they are there.
func apply(c *jetstream.StreamConfig, l *backend.Limits) bool {
	events, bytes := c.MaxMsgs, c.MaxBytes
	age, replicas, duplicates := c.MaxAge, c.Replicas, c.Duplicates
	c.MaxMsgs, c.MaxBytes, c.MaxAge = unlimited(l.Events), unlimited(l.Bytes), l.Age
	c.Duplicates = duplicatesWindow
	if l.Age > 0 {
		c.Duplicates = min(l.Age, duplicatesWindow) // the server refuses a longer window
	}
	if l.Replicas > 0 {
		c.Replicas = l.Replicas
	}
	return events != c.MaxMsgs || bytes != c.MaxBytes || age != c.MaxAge || replicas != c.Replicas || duplicates != c.Duplicates
}

func unlimited(n int64) int64 {
	if n == 0 {
		return -1
	}
	return n
}

// exists fails with ErrNoTopic if the stream is no more; any other trouble passes
// for existence.
func (t *topic) exists(ctx context.Context) error {
	err := t.b.ask(ctx, "STREAM.INFO."+t.stream, nil, nil)
	if codeOf(err) == codeStreamNotFound {
		return t.gone(err)
	}
	return nil
}

// gone is the error of a topic that was deleted.
func (t *topic) gone(err error) error {
	return backend.ErrNoTopic.With(err, "there is no topic '%s' any more: it was deleted; open it by its name to make a new one", t.name)
}

// patience is how long a publish may go without progress: not so long that the
// servers may have forgotten the ids of what was stored unheard.
func (t *topic) patience() time.Duration { return min(patience, t.window*3/4) }

// MaxEvent implements backend.Topic.
func (t *topic) MaxEvent() int { return int(t.b.nc.MaxPayload()) - reserve }

// Append implements backend.Topic: storing takes a while.
func (t *topic) Append([]byte, int) (seqs []uint64, done bool, err error) { return nil, false, nil }

// Publish implements backend.Topic.
func (t *topic) Publish(ctx context.Context, batch []byte, count int) ([]uint64, error) {
	if err := t.checkSizes(batch); err != nil {
		return nil, err
	}
	if err := t.poster.precede(ctx); err != nil {
		return nil, err
	}
	j := t.newJob(batch, count)
	if err := j.run(ctx); err != nil {
		return nil, err
	}
	return j.seqs, nil
}

// DeleteGroup implements backend.Topic.
func (t *topic) DeleteGroup(ctx context.Context, name string) error {
	err := t.b.api(ctx, "CONSUMER.DELETE."+t.stream+"."+groupName(name), nil, nil)
	if errors.Is(err, backend.ErrNoGroup) {
		return backend.ErrNoGroup.With(err, "the topic '%s' has no group '%s'", t.name, name)
	}
	t.b.recheck(t.stream, groupName(name))
	t.b.unseen.drop(groupKey(t.stream, groupName(name)))
	return err
}

// Close implements backend.Topic. Posts that are under way go on.
func (t *topic) Close() error { return nil }
