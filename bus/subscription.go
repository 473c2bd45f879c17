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
	subscription backend.Subscription
	settings     Settings
}

// Settings are what a wrapper of a subscription has to know of it.
type Settings struct {
	Batch int  `json:"batch"` // how many events make a list; 0 = they come one by one
	Group bool `json:"group"`
}

func newSubscription(s backend.Subscription, options *SubscribeOptions) *Subscription {
	settings := Settings{}
	if options != nil {
		settings = Settings{options.Batch, options.Group != ""}
	}
	return &Subscription{s, settings}
}

// Settings returns the settings.
func (s *Subscription) Settings() Settings { return s.settings }

// Take returns a page of what is there; empty when there is nothing.
func (s *Subscription) Take(most, maxBytes int) ([]byte, error) {
	if most < 1 || maxBytes < 1 {
		return nil, invalid("A count or size is below 1")
	}
	return s.subscription.Take(most, maxBytes)
}

// Wait returns when Take would return something, or an error.
func (s *Subscription) Wait(ctx context.Context) error { return s.subscription.Wait(ctx) }

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
