package jet

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// maxWaiting is how many members may wait for events; the server's default is 512.
const maxWaiting = 16 << 10

// joinTries is how often a group is made anew that someone else deletes meanwhile.
const joinTries = 10

// join adds a member, by all means: a group that is deleted meanwhile is made anew.
func (t *topic) join(ctx context.Context, o backend.Options) (m *member, err error) {
	err = tryAgain(ctx, joinTries, isNoGroup, func() error {
		m, err = t.joinOnce(ctx, o)
		return err
	})
	return m, err
}

func isNoGroup(err error) bool { return errors.Is(err, backend.ErrNoGroup) }

// joinOnce makes the group's consumer if there is none, and adds a member.
func (t *topic) joinOnce(ctx context.Context, o backend.Options) (*member, error) {
	name := groupName(o.Group)
	info, err := t.b.consumerInfo(ctx, t.stream, name)
	if isNoGroup(err) {
		info, err = t.found(ctx, name, o)
	}
	if err != nil {
		return nil, err
	}
	if err = t.revive(ctx, info); err != nil {
		return nil, err
	}
	if o.AckWait > 0 {
		if err = t.setAckWait(ctx, info, o.AckWait); err != nil {
			return nil, err
		}
		t.b.retime(t.stream, name, o.AckWait)
	}
	o.AckWait = info.Config.AckWait
	return t.newMember(name, startOf(info), o)
}

func (t *topic) setAckWait(ctx context.Context, info *consumerInfo, d time.Duration) error {
	if info.Config.AckWait == d {
		return nil
	}
	info.Config.AckWait = d
	_, err := t.b.createConsumer(ctx, "update", t.stream, &info.Config)
	return err
}

// revive gives back to a group of a directory what members held that died with the
// process that had it open before: whoever holds an event is of this process, and
// nobody is when the group is joined for the first time. The server looks at what is
// overdue a tenth of a second after AckWait was changed.
func (t *topic) revive(ctx context.Context, info *consumerInfo) error {
	if t.b.embedded == nil {
		return nil
	}
	t.b.reviving.Lock()
	defer t.b.reviving.Unlock()
	key := groupKey(t.stream, info.Name)
	if t.b.revived[key] || info.NumAckPending == 0 {
		t.b.revived[key] = true
		return nil
	}
	wait := info.Config.AckWait
	if err := t.setAckWait(ctx, info, time.Millisecond); err != nil {
		return err
	}
	err := sleep(ctx, 250*time.Millisecond)
	if restored := t.setAckWait(context.WithoutCancel(ctx), info, wait); restored != nil {
		return restored
	}
	t.b.revived[key] = err == nil
	return err
}

// found makes the consumer. Its start goes into the metadata too: a replica that
// lags behind may start it at an earlier event.
func (t *topic) found(ctx context.Context, name string, o backend.Options) (*consumerInfo, error) {
	info, err := t.b.streamInfo(ctx, t.stream)
	if err != nil {
		return nil, err
	}
	start, err := t.start(ctx, info, o)
	if err != nil {
		return nil, err
	}
	wait := o.AckWait
	if wait <= 0 {
		wait = backend.AckWait
	}
	c, err := t.b.createConsumer(ctx, "create", t.stream, &jetstream.ConsumerConfig{
		Name:          name,
		Durable:       name,
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:   max(start, 1),
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       wait,
		MaxDeliver:    -1,
		MaxAckPending: -1, // what each member holds is limited
		MaxWaiting:    maxWaiting,
		Metadata:      map[string]string{metadataStart: strconv.FormatUint(start, 10)},
	})
	if codeOf(err) == codeConsumerExists { // another member made it just now
		return t.b.consumerInfo(ctx, t.stream, name)
	}
	return c, err
}

func startOf(info *consumerInfo) uint64 {
	start, err := strconv.ParseUint(info.Config.Metadata[metadataStart], 10, 64)
	if err != nil {
		return info.Config.OptStartSeq // a foreign consumer of that name
	}
	return start
}
