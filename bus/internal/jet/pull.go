package jet

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	pullExpires = 30 * time.Second
	heartbeat   = 3 * time.Second
	silence     = 2*heartbeat + 2*time.Second // after which a consumer counts as dead
)

// A pullRequest asks a consumer for events.
type pullRequest struct {
	Batch     int           `json:"batch"`
	MaxBytes  int           `json:"max_bytes,omitempty"`
	NoWait    bool          `json:"no_wait,omitempty"`
	Expires   time.Duration `json:"expires"`
	Heartbeat time.Duration `json:"idle_heartbeat"`
}

// pull sends a request; the answers go to the reply subject.
func (b *bus) pull(stream, consumer, reply string, r pullRequest) error {
	r.Expires, r.Heartbeat = pullExpires, heartbeat
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return b.nc.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+stream+"."+consumer, reply, data)
}

// A status is a message of the server about a pull, in place of an event.
type status struct {
	code           int
	text           string
	pending, bytes int // of the pull: what will not come any more
}

// isStatus tells events from statuses: an event can be acknowledged, at least in
// form, whatever headers it has.
func isStatus(m *nats.Msg) bool { return !strings.HasPrefix(m.Reply, "$JS.ACK.") }

func statusOf(m *nats.Msg) status {
	number := func(name string) int {
		n, _ := strconv.Atoi(m.Header.Get(name)) // zero where there is none
		return n
	}
	return status{number("Status"), m.Header.Get("Description"), number("Nats-Pending-Messages"), number("Nats-Pending-Bytes")}
}

// isComplete: all events came, and were smaller than they might have been.
func (s status) isComplete() bool { return s.code == statusConflict && s.text == "Batch Completed" }

const (
	statusHeartbeat = 100
	statusNotFound  = 404
	statusTimeout   = 408
	statusConflict  = 409
)

// A delivery is what the reply subject of an event tells:
// $JS.ACK.[domain.hash.]stream.consumer.deliveries.seq.consumerSeq.time.pending[.token]
type delivery struct {
	deliveries       uint32
	seq, consumerSeq uint64
	time             int64 // ns since 1970
}

func deliveryOf(reply string) (d delivery, ok bool) {
	var parts [12]string
	n := 0
	for part := range strings.SplitSeq(reply, ".") {
		if n == len(parts) {
			return d, false
		}
		parts[n] = part
		n++
	}
	at := 4 // of deliveries
	if n >= 11 {
		at = 6
	} else if n != 9 {
		return d, false
	}
	deliveries, err1 := strconv.ParseUint(parts[at], 10, 32)
	seq, err2 := strconv.ParseUint(parts[at+1], 10, 64)
	consumerSeq, err3 := strconv.ParseUint(parts[at+2], 10, 64)
	t, err4 := strconv.ParseInt(parts[at+3], 10, 64)
	ok = err1 == nil && err2 == nil && err3 == nil && err4 == nil
	return delivery{uint32(deliveries), seq, consumerSeq, t}, ok
}
