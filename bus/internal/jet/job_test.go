package jet

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// A restore whose event is refused for its number has met a foreign one, unless
// the job has failed for another reason since.
func TestFirstOfTellsWhyTheJobHasFailed(t *testing.T) {
	j := &job{p: &publisher{}, seqs: make([]uint64, 1), last: &apiError{ErrCode: codeWrongLast}}
	if err := j.firstOf(t.Context(), 0); !isWrongLast(err) {
		t.Errorf("%v", err)
	}
	j.err = backend.ErrTimeout
	if err := j.firstOf(t.Context(), 0); !errors.Is(err, backend.ErrTimeout) {
		t.Errorf("%v", err)
	}
}

// An event without an id, in a directory, is not sent again: its publisher hears why
// there was no answer. One with an id is, and each on servers, which get one of ours.
func TestUnansweredTellsWhy(t *testing.T) {
	topic := &topic{b: &bus{embedded: &embedded{}}}
	for why, text := range map[error]string{
		nats.ErrDisconnected: "the connection was lost before the acknowledgement: the event may or may not have been stored",
		nats.ErrTimeout:      "no acknowledgement within 3s: the event may or may not have been stored",
	} {
		batch, count := batchOf("x")
		unanswered := func() *job {
			j := &job{topic: topic, batch: batch, at: offsets(batch, count), patience: 3 * time.Second}
			j.unanswered(0, why)
			return j
		}
		j := unanswered()
		if !errors.Is(j.err, backend.ErrTimeout) || !strings.Contains(j.err.Error(), text) || len(j.again) > 0 {
			t.Errorf("%v", j.err)
		}
		topic.b.embedded = nil
		for range 2 {
			if j := unanswered(); j.err != nil || len(j.again) != 1 || j.last != why {
				t.Errorf("%v, %v, %v", j.err, j.again, j.last)
			}
			topic.b.embedded = &embedded{}
			binary.LittleEndian.PutUint32(batch[28:], 1) // the id's length
		}
	}
}

// The reason that a sweep has given is the one that the publisher hears.
func TestOverdueTellsWhatTheJobHasFailedWith(t *testing.T) {
	b := newBus()
	j := &job{p: b.publisher, topic: &topic{b: b}, err: mayBeTwice(nats.ErrTimeout, time.Second)}
	if err := b.publisher.overdue(j); err != j.err {
		t.Errorf("%v", err)
	}
}
