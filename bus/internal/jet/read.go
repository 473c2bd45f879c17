package jet

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/record"
)

// Read implements backend.Topic.
func (t *topic) Read(ctx context.Context, seq uint64, count, maxBytes int) ([]byte, error) {
	info, err := t.b.streamInfo(ctx, t.stream)
	if err != nil {
		return nil, err
	}
	first, next := bounds(info)
	seq = max(seq, first)
	r := &reading{maxBytes: maxBytes}
	for wait := pause(0); seq < next && r.count < count && !r.full; {
		more, err := t.readSome(ctx, r, seq, count-r.count)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil && !passes(err) {
			return nil, known(err)
		}
		if more > 0 {
			seq, wait = more, 0
			continue
		}
		// A replica that lags, or nothing is left there: the leader knows.
		if sleep(ctx, wait.next()) != nil {
			return nil, context.Cause(ctx)
		}
		at, _, ok, err := t.timeFrom(ctx, seq)
		if err != nil {
			return nil, err
		}
		if !ok || at >= next {
			break
		}
		seq = at
	}
	return r.page, nil
}

// reading is a page that grows.
type reading struct {
	page     []byte
	count    int
	maxBytes int
	full     bool
}

const readBatch = 512

// readSome asks any replica for a batch, and returns the number after it; 0 if
// there was nothing.
func (t *topic) readSome(ctx context.Context, r *reading, seq uint64, count int) (next uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	ctx, leave := t.b.duringSession(ctx)
	defer leave()
	inbox := nats.NewInbox()
	sub, err := t.b.nc.SubscribeSync(inbox)
	if err != nil {
		return 0, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	request, err := json.Marshal(map[string]any{
		"seq": seq, "batch": min(count, readBatch), "max_bytes": max(r.maxBytes-len(r.page), 1),
	})
	if err != nil {
		return 0, err
	}
	if err := t.b.nc.PublishRequest("$JS.API.DIRECT.GET."+t.stream, inbox, request); err != nil {
		return 0, err
	}
	for {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			if cause := context.Cause(ctx); cause != nil {
				err = cause
			}
			return next, err
		}
		if m.Header.Get("Nats-Sequence") == "" {
			return next, readEnd(m)
		}
		if r.full {
			continue // to the end of the batch
		}
		if last := r.add(m); last > 0 {
			next = last + 1
		}
	}
}

// readEnd tells what a message without an event says: the end, nothing there.
func readEnd(m *nats.Msg) error {
	switch code := m.Header.Get("Status"); code {
	case "204", "404":
		return nil
	case "503":
		return nats.ErrNoResponders
	default:
		return errors.New("read: " + code + " " + m.Header.Get("Description"))
	}
}

// add adds an event if it fits, and returns its number.
func (r *reading) add(m *nats.Msg) uint64 {
	seq, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
	if err != nil || seq == 0 {
		return 0
	}
	at, err := time.Parse(time.RFC3339Nano, m.Header.Get("Nats-Time-Stamp"))
	if err != nil {
		return 0
	}
	e := eventOf(seq, at.UnixNano(), m.Header, m.Data)
	size := record.Size(len(e.Headers), 0, len(e.Data))
	if r.count > 0 && len(r.page)+size > r.maxBytes {
		r.full = true
		return 0
	}
	r.page = record.Append(r.page, &e)
	r.count++
	return seq
}
