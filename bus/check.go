package bus

import (
	"errors"
	"fmt"
	"strings"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// The longest names, in bytes.
const (
	maxTopicName = 200
	maxGroupName = 100
)

// An argumentError is a TypeError or RangeError in JavaScript.
type argumentError struct{ name, code, text string }

func (e *argumentError) Error() string { return e.text }

// Name returns the class in JavaScript.
func (e *argumentError) Name() string { return e.name }

// Code returns the code in JavaScript.
func (e *argumentError) Code() string { return e.code }

func invalid(text string) error { return &argumentError{"TypeError", "ERR_INVALID_ARG_VALUE", text} }

func outOfRange(text string) error { return &argumentError{"RangeError", "ERR_OUT_OF_RANGE", text} }

// ErrClosed tells that a restore is over.
//
//quiesce:code ERR_RESTORE_CLOSED
var ErrClosed = errors.New("this restore is over")

// checkName refuses what would mean something to a file system or to NATS.
func checkName(what, name string, longest int) error {
	reason := ""
	switch {
	case name == "":
		reason = "is empty"
	case len(name) > longest:
		reason = fmt.Sprintf("is longer than %d characters", longest)
	case strings.ContainsFunc(name, isForeign):
		reason = "may have letters of ASCII, digits, '.', '_' and '-' only"
	case name[0] == '.' || name[len(name)-1] == '.' || strings.Contains(name, ".."):
		reason = "must have something before, between and after its dots"
	default:
		return nil
	}
	if len(name) > longest {
		name = name[:longest] + "..."
	}
	return &argumentError{"TypeError", "ERR_BUS_NAME", fmt.Sprintf("The %q argument %s. Received %q", what, reason, name)}
}

func isForeign(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
}

// checkBatch returns how many events a batch has, when all may be published.
func (t *Topic) checkBatch(batch []byte) (count int, err error) {
	for b := batch; len(b) > 0; count++ {
		size, headers, id, data := record.Lengths(b)
		if size == 0 {
			return 0, errBatch
		}
		if total := headers + id + data; total > t.maxEvent {
			return 0, t.tooLarge(total)
		}
		if headers+id > 0 {
			if err := checkEvent(record.PublishedAt(b)); err != nil {
				return 0, err
			}
		}
		b = b[size:]
	}
	if count == 0 {
		return 0, errBatch
	}
	return count, nil
}

var errBatch = invalid("The argument 'batch' is no list of records")

func checkEvent(e record.Event) error {
	if len(e.Headers) > 0 {
		if err := checkHeaders(e.Headers); err != nil {
			return err
		}
	}
	if strings.ContainsFunc(string(e.ID), isControl) {
		return invalid("The property 'options.id' has control characters")
	}
	return nil
}

func (t *Topic) tooLarge(size int) error {
	return backend.ErrTooLarge.With(nil, "an event of %d bytes is too large for topic %q: at most %d, headers and id included",
		size, t.name, t.maxEvent)
}

func checkHeaders(b []byte) error {
	if b[len(b)-1] != 0 {
		return invalid("The argument 'batch' has headers that are cut off")
	}
	for name, value := range record.Headers(b) {
		lower := strings.ToLower(name)
		switch {
		case name == "" || strings.ContainsFunc(name, isNoToken):
			return invalid(fmt.Sprintf("The header name %q must be printable ASCII without spaces and ':'", name))
		case strings.HasPrefix(lower, "nats-") || strings.HasPrefix(lower, "quiesce-"):
			return invalid(fmt.Sprintf("The header name %q is reserved", name))
		case strings.ContainsFunc(value, isControl) || strings.TrimSpace(value) != value:
			return invalid(fmt.Sprintf("The value of the header %q has control characters, or blanks around it", name))
		}
	}
	return nil
}

func isNoToken(r rune) bool { return r <= ' ' || r >= 0x7f || r == ':' }

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
