package jet

import (
	"context"
	"slices"
	"strings"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// Stats implements backend.Topic.
func (t *topic) Stats(ctx context.Context) (backend.Stats, error) {
	info, err := t.b.streamInfo(ctx, t.stream)
	if err != nil {
		return backend.Stats{}, err
	}
	first, next := bounds(info)
	c := info.Config
	s := backend.Stats{
		Events: int64(info.State.Msgs),
		Bytes:  int64(info.State.Bytes),
		First:  first,
		Last:   next - 1,
		Limits: backend.Limits{Events: max(c.MaxMsgs, 0), Bytes: max(c.MaxBytes, 0), Age: c.MaxAge, Replicas: c.Replicas},
	}
	s.Posted, s.Failed = t.poster.posts()
	t.b.mu.Lock()
	s.Subscriptions = t.b.subscriptions[t.name]
	t.b.mu.Unlock()
	s.Groups, err = t.groups(ctx)
	return s, err
}

func (t *topic) groups(ctx context.Context) ([]backend.GroupStats, error) {
	var groups []backend.GroupStats
	for seen := 0; ; {
		var answer struct {
			Total     int             `json:"total"`
			Consumers []*consumerInfo `json:"consumers"`
		}
		if err := t.b.api(ctx, "CONSUMER.LIST."+t.stream, map[string]any{"offset": seen}, &answer); err != nil {
			return nil, err
		}
		for _, c := range answer.Consumers {
			if strings.HasPrefix(c.Name, groupPrefix) {
				groups = append(groups, groupStats(c))
			}
		}
		seen += len(answer.Consumers)
		if len(answer.Consumers) == 0 || seen >= answer.Total {
			break
		}
	}
	slices.SortFunc(groups, func(a, b backend.GroupStats) int { return strings.Compare(a.Name, b.Name) })
	return groups, nil
}
