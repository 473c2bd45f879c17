package bus

import (
	"context"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// A Subscription is a position in a topic, or a member of a group.
//
//quiesce:class
type Subscription struct {
	topic        backend.Topic
	subscription backend.Subscription
	settings     Settings
}

// Settings are what a wrapper of a subscription has to know of it.
type Settings struct {
	Batch int  `json:"batch"` // how many events make a list; 0 = they come one by one
	Group bool `json:"group"`
}

func newSubscription(t backend.Topic, s backend.Subscription, options *SubscribeOptions) *Subscription {
	settings := Settings{}
	if options != nil {
		settings = Settings{options.Batch, options.Group != ""}
	}
	return &Subscription{t, s, settings}
}

// Settings returns the settings.
func (s *Subscription) Settings() Settings { return s.settings }

// Take copies a page of what is there into the bytes from start on, and returns its
// size; 0 when there is nothing. When the first event has no room there, nothing is
// taken, and the room that it needs is returned, as a negative number.
//
//quiesce:borrow
func (s *Subscription) Take(into []byte, start, most int) (int, error) {
	if start < 0 || start > len(into) || most < 1 {
		return 0, invalid("A place or count is out of range")
	}
	return s.subscription.Take(into[start:], most)
}

// Wait returns when Take would return something, or an error.
func (s *Subscription) Wait(ctx context.Context) error { return s.subscription.Wait(ctx) }

// Drain waits for room to post to its topic, from within the loop over it: see
// backend.Topic.
func (s *Subscription) Drain(ctx context.Context) error { return s.topic.Drain(ctx, s.subscription) }

// Ack tells the group that an event is done; false if it is not this member's.
func (s *Subscription) Ack(seq int) (bool, error) {
	if !s.settings.Group {
		return false, errNoGroup
	}
	return seq > 0 && s.subscription.Ack(uint64(seq)), nil
}

// Nak gives an event back to the group, for delivery after the delay.
func (s *Subscription) Nak(seq int, delay time.Duration) (bool, error) {
	if !s.settings.Group {
		return false, errNoGroup
	}
	return seq > 0 && s.subscription.Nak(uint64(seq), max(0, delay)), nil
}

var errNoGroup = &argumentError{"TypeError", "ERR_NO_GROUP", "ack() and nak() are for a subscription with a group"}

// SubscriptionStats is the state of a subscription.
type SubscriptionStats struct {
	Delivered int64 `json:"delivered" quiesce:"number"`
	InFlight  int64 `json:"inFlight" quiesce:"number"`
	Lost      int64 `json:"lost" quiesce:"number"`
}

// Stats returns the state of the subscription.
func (s *Subscription) Stats() SubscriptionStats {
	stats := s.subscription.Stats()
	return SubscriptionStats{stats.Delivered, stats.InFlight, stats.Lost}
}

// Close gives the events back to the group that were not acked.
func (s *Subscription) Close() error { return s.subscription.Close() }
