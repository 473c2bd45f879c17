package jet

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// An event without an id gets one of ours, so that it is stored once however often
// it is sent: random for this process, and a counter. It is short, since servers
// keep the ids of two minutes in memory. An embedded server answers always, unless
// it was stopped, and needs none.
var (
	ownIDPrefix = rand.Text()[:14] // 70 bits
	ownIDs      atomic.Uint64
)

// reserve is left free of the servers' limits, for the headers that a restore adds, or
// an id of ours. The one for headers is that of all servers.
const (
	reserve     = 256
	mostHeaders = 64<<10 - reserve
)

func offsets(batch []byte, count int) []int {
	at := make([]int, 0, count)
	for i := 0; i < len(batch); i += record.SizeAt(batch[i:]) {
		at = append(at, i)
	}
	return at
}

func (j *job) event(index int) record.Event {
	if j.expect != nil {
		return record.DeliveredAt(j.batch[j.at[index]:])
	}
	return record.PublishedAt(j.batch[j.at[index]:])
}

// hasID reports whether the event can be told from others when it is sent again.
func (j *job) hasID(index int) bool {
	return j.topic.b.embedded == nil || j.expect == nil && idLength(j.batch[j.at[index]:]) > 0
}

func idLength(b []byte) int { return int(binary.LittleEndian.Uint32(b[28:])) }

func (j *job) message(index int) *nats.Msg {
	e := j.event(index)
	m := &nats.Msg{Subject: j.topic.subject, Data: e.Data}
	if len(e.Headers) == 0 && !j.hasID(index) && j.expect == nil {
		return m
	}
	m.Header = make(nats.Header, 2)
	for name, value := range record.Headers(e.Headers) {
		m.Header.Add(name, value)
	}
	switch {
	case len(e.ID) > 0:
		m.Header.Set(headerID, string(e.ID))
	case j.hasID(index):
		m.Header.Set(headerID, ownIDPrefix+strconv.FormatUint(j.firstID+uint64(index), 36))
	}
	if j.expect != nil {
		m.Header.Set(headerTime, strconv.FormatFloat(e.Time, 'f', -1, 64))
		m.Header.Set(headerExpected, strconv.FormatUint(j.expect(index), 10))
	}
	return m
}

// checkSizes fails if an event is above what the servers take, before one is sent.
func (t *topic) checkSizes(batch []byte) error {
	for ; len(batch) > 0; batch = batch[record.SizeAt(batch):] {
		e := record.PublishedAt(batch)
		names := 0
		for range record.Headers(e.Headers) {
			names++
		}
		// A header is "name: value\r\n" there, and here two NULs instead of four bytes.
		headers := len(e.Headers) + 2*names + len(e.ID)
		if headers > mostHeaders {
			return backend.ErrTooLarge.With(nil, "an event with %d bytes of headers and id is too large for the topic '%s': "+
				"at most %d of its bytes may be those", headers, t.name, mostHeaders)
		}
		size := headers + len(e.Data)
		if limit := t.MaxEvent(); size > limit {
			return backend.ErrTooLarge.With(nil, "an event of %d bytes is too large for the topic '%s': "+
				"at most %d, headers and id included", size, t.name, limit)
		}
	}
	return nil
}

// parseAck takes an answer to a published message.
func parseAck(m *nats.Msg) (seq uint64, err error) {
	if len(m.Data) == 0 {
		return 0, nats.ErrNoResponders
	}
	// {"stream":"...", "seq":17}: what a server of these years makes of nearly all.
	if _, rest, ok := bytes.Cut(m.Data, []byte(`"seq":`)); ok && !bytes.Contains(m.Data, []byte(`"error"`)) {
		end := 0
		for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
			end++
		}
		if seq, err := strconv.ParseUint(string(rest[:end]), 10, 64); err == nil && seq > 0 {
			return seq, nil
		}
	}
	var ack struct {
		Error *apiError `json:"error"`
		Seq   uint64    `json:"seq"`
	}
	if err := json.Unmarshal(m.Data, &ack); err != nil {
		return 0, err
	}
	if ack.Error != nil {
		return 0, ack.Error
	}
	if ack.Seq == 0 {
		return 0, errNoNumber
	}
	return ack.Seq, nil
}

// errNoNumber is an answer that is none of JetStream's: who else listens to the
// subject may have given it.
var errNoNumber = errors.New("the answer to a publish has no number")

func isWrongLast(err error) bool {
	code := codeOf(err)
	return code == codeWrongLast || code == codeWrongLastConstant
}

// isOurs reports whether a header belongs to NATS or to this package.
func isOurs(name string) bool {
	return strings.HasPrefix(name, "Nats-") || strings.HasPrefix(name, "Quiesce-")
}
