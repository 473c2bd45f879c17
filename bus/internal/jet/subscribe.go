package jet

import (
	"context"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// Subscribe implements backend.Topic.
func (t *topic) Subscribe(ctx context.Context, o backend.Options) (backend.Subscription, error) {
	o.MaxInFlight = max(o.MaxInFlight, 1)
	if o.Group != "" {
		return t.join(ctx, o)
	}
	info, err := t.b.streamInfo(ctx, t.stream)
	if err != nil {
		return nil, err
	}
	start, err := t.start(ctx, info, o)
	if err != nil {
		return nil, err
	}
	return t.follow(ctx, info.Created, start, o)
}

// start turns where to start into a number. All but AtSeq set no expectation for
// what is gone by now, so they start at something that is there, or is to come.
func (t *topic) start(ctx context.Context, info *streamInfo, o backend.Options) (uint64, error) {
	first, next := bounds(info)
	switch o.From {
	case backend.First:
		return first, nil
	case backend.Last:
		return max(first, next-1), nil
	case backend.AtSeq:
		return o.Seq, nil
	case backend.AtTime:
		return t.seek(ctx, first, next, o.Time)
	}
	return next, nil
}

// bounds returns the number of the first event, and of the next one to come.
func bounds(info *streamInfo) (first, next uint64) {
	next = info.State.LastSeq + 1
	first = next
	if info.State.Msgs > 0 {
		first = info.State.FirstSeq
	}
	return first, next
}

// stored is a message as STREAM.MSG.GET answers.
type stored struct {
	Message struct {
		Seq     uint64    `json:"seq"`
		Headers []byte    `json:"hdrs"`
		Time    time.Time `json:"time"`
	} `json:"message"`
}
