package bus

import (
	"context"
	"time"
)

// TopicStats is the state of a topic.
type TopicStats struct {
	Events        int64        `json:"events" quiesce:"number"`
	Bytes         int64        `json:"bytes" quiesce:"number"`
	First         uint64       `json:"first" quiesce:"number"`
	Last          uint64       `json:"last" quiesce:"number"`
	Subscriptions int          `json:"subscriptions"`
	Posted        int64        `json:"posted" quiesce:"number"`
	Failed        int64        `json:"failed" quiesce:"number"`
	Limits        Limits       `json:"limits"`
	Groups        []GroupStats `json:"groups"`
}

// Limits are those of a topic; what has none is left out.
type Limits struct {
	MaxEvents int64         `json:"maxEvents,omitempty" quiesce:"number"`
	MaxBytes  int64         `json:"maxBytes,omitempty" quiesce:"number"`
	MaxAge    time.Duration `json:"maxAge,omitempty"`
	Replicas  int           `json:"replicas,omitempty"`
}

// GroupStats is the state of a group.
type GroupStats struct {
	Name        string `json:"name"`
	Pending     int64  `json:"pending" quiesce:"number"`
	InFlight    int64  `json:"inFlight" quiesce:"number"`
	Redelivered int64  `json:"redelivered" quiesce:"number"`
}

// Stats returns the state of the topic and its groups.
func (t *Topic) Stats(ctx context.Context) (TopicStats, error) {
	s, err := t.topic.Stats(ctx)
	if err != nil {
		return TopicStats{}, err
	}
	out := TopicStats{
		Events: s.Events, Bytes: s.Bytes, First: s.First, Last: s.Last,
		Subscriptions: s.Subscriptions, Posted: s.Posted, Failed: s.Failed,
		Limits: Limits{s.Limits.Events, s.Limits.Bytes, s.Limits.Age, s.Limits.Replicas},
		Groups: make([]GroupStats, 0, len(s.Groups)),
	}
	for _, g := range s.Groups {
		out.Groups = append(out.Groups, GroupStats{g.Name, g.Pending, g.InFlight, g.Redelivered})
	}
	return out, nil
}
