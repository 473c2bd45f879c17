package jet

import (
	"context"

	"github.com/nats-io/nats.go"
)

const codeNoMessage = 10037

// seek finds the first event of that time or a later one, by halving. It asks the
// stream's leader, and goes by the events' own times: those of a topic that was
// restored are not the server's.
func (t *topic) seek(ctx context.Context, first, next uint64, millis float64) (uint64, error) {
	for first < next {
		middle := first + (next-first)/2
		seq, at, ok, err := t.timeFrom(ctx, middle)
		if err != nil {
			return 0, err
		}
		if !ok || seq >= next || at >= millis {
			next = middle
		} else {
			first = seq + 1
		}
	}
	return first, nil
}

// timeFrom returns the number and the time of the first event from seq on.
func (t *topic) timeFrom(ctx context.Context, seq uint64) (uint64, float64, bool, error) {
	var s stored
	request := map[string]any{"seq": seq, "next_by_subj": t.subject}
	err := t.b.api(ctx, "STREAM.MSG.GET."+t.stream, request, &s)
	if codeOf(err) == codeNoMessage {
		return 0, 0, false, nil
	}
	if err != nil {
		return 0, 0, false, err
	}
	var h nats.Header
	if len(s.Message.Headers) > 0 {
		if h, err = nats.DecodeHeadersMsg(s.Message.Headers); err != nil {
			h = nil // of a foreign publisher; the time is the server's then
		}
	}
	e := eventOf(s.Message.Seq, s.Message.Time.UnixNano(), h, nil)
	return e.Seq, e.Time, true, nil
}
