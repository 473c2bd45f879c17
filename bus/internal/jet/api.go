package jet

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

const askWait = 5 * time.Second // for one answer

// The answers that are used, and what is used of them.
type (
	streamInfo struct {
		Config  jetstream.StreamConfig `json:"config"`
		Created time.Time              `json:"created"`
		State   jetstream.StreamState  `json:"state"`
	}
	consumerInfo struct {
		Name           string                   `json:"name"`
		Config         jetstream.ConsumerConfig `json:"config"`
		Delivered      jetstream.SequenceInfo   `json:"delivered"`
		NumAckPending  int64                    `json:"num_ack_pending"`
		NumRedelivered int64                    `json:"num_redelivered"`
		NumPending     int64                    `json:"num_pending"`
	}
	createConsumer struct {
		Stream string                    `json:"stream_name"`
		Config *jetstream.ConsumerConfig `json:"config"`
		Action string                    `json:"action"`
	}
)

// api asks the servers, again and again while the cause of a failure may pass.
// The error is one of package backend.
func (b *bus) api(ctx context.Context, subject string, request, answer any) error {
	data, err := json.Marshal(request)
	if err != nil {
		return known(err)
	}
	if request == nil {
		data = nil
	}
	limit, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for wait := pause(50 * time.Millisecond); ; {
		err = b.ask(limit, subject, data, answer)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err == nil || !passes(err) || b.ctx.Err() != nil {
			return known(err)
		}
		if err := b.denied("$JS.API." + subject); err != nil {
			return err
		}
		if sleep(limit, wait.next()) != nil {
			return b.gaveUp(ctx, err)
		}
	}
}

// ask asks once.
func (b *bus) ask(ctx context.Context, subject string, data []byte, answer any) error {
	if err := b.refused(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	ctx, leave := b.duringSession(ctx)
	defer leave()
	msg, err := b.nc.RequestWithContext(ctx, "$JS.API."+subject, data)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return err
	}
	var e struct {
		Error *apiError `json:"error"`
	}
	if err := json.Unmarshal(msg.Data, &e); err != nil {
		return err
	}
	if e.Error != nil {
		return e.Error
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(msg.Data, answer)
}

// gaveUp tells why there was no answer for so long.
func (b *bus) gaveUp(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := b.refused(); err != nil {
		return err
	}
	if err := b.full(); err != nil {
		return err
	}
	if !b.nc.IsConnected() {
		return backend.ErrUnreachable.With(err, "the servers (%s) cannot be reached at present", b.names)
	}
	return known(err)
}

func (b *bus) streamInfo(ctx context.Context, stream string) (*streamInfo, error) {
	info := &streamInfo{}
	if err := b.api(ctx, "STREAM.INFO."+stream, nil, info); err != nil {
		return nil, err
	}
	return info, nil
}

func (b *bus) consumerInfo(ctx context.Context, stream, consumer string) (*consumerInfo, error) {
	info := &consumerInfo{}
	if err := b.api(ctx, "CONSUMER.INFO."+stream+"."+consumer, nil, info); err != nil {
		return nil, err
	}
	return info, nil
}

func (b *bus) createConsumer(ctx context.Context, action, stream string, c *jetstream.ConsumerConfig) (*consumerInfo, error) {
	info := &consumerInfo{}
	request := createConsumer{stream, c, action}
	if err := b.api(ctx, "CONSUMER.CREATE."+stream+"."+c.Name, request, info); err != nil {
		return nil, err
	}
	return info, nil
}

// isGone reports whether the topic or the group of a subscription is no more.
func isGone(err error) bool {
	return errors.Is(err, backend.ErrNoTopic) || errors.Is(err, backend.ErrNoGroup)
}
