package jet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// An apiError is what a server answers. The codes are those of the server's
// errors.json.
type apiError struct {
	Code        int    `json:"code"`
	ErrCode     int    `json:"err_code"`
	Description string `json:"description"`
}

func (e *apiError) Error() string { return fmt.Sprintf("%s (%d)", e.Description, e.ErrCode) }

// Codes of apiError.
const (
	codeNoPeers           = 10005
	codeNotAvailable      = 10008
	codeNotLeader         = 10009
	codeConsumerFailed    = 10012
	codeConsumerNotFound  = 10014
	codeResources         = 10023
	codeNotForAccount     = 10039
	codeStorage           = 10047
	codeStreamFailed      = 10049
	codeTooLarge          = 10054
	codeStreamExists      = 10058
	codeStreamNotFound    = 10059
	codeOverlap           = 10065
	codeWrongLast         = 10071
	codeReplicas          = 10074
	codePeerRemap         = 10075
	codeNotEnabled        = 10076
	codeStoreFailed       = 10077
	codeStreamInvalid     = 10096
	codeHeadersTooLarge   = 10097
	codeStreamOffline     = 10118
	codeConsumerExists    = 10148
	codeConsumerMissing   = 10149
	codeDuplicateConflict = 10158
	codeWrongLastConstant = 10164
)

func codeOf(err error) int {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e.ErrCode
	}
	return 0
}

// passes reports whether an error may go away by itself: a cluster that elects, a
// connection that comes back.
func passes(err error) bool {
	switch codeOf(err) {
	case 0:
		return errors.Is(err, nats.ErrNoResponders) || errors.Is(err, nats.ErrTimeout) ||
			errors.Is(err, context.DeadlineExceeded) || isOffline(err)
	case codeNotAvailable, codeNotLeader, codeDuplicateConflict, codeStreamOffline, codePeerRemap:
		return true
	case codeStoreFailed:
		return !isFull(err)
	}
	return false
}

// isOffline reports whether there was no connection to send by.
func isOffline(err error) bool {
	return errors.Is(err, nats.ErrReconnectBufExceeded) || errors.Is(err, nats.ErrDisconnected) ||
		errors.Is(err, nats.ErrConnectionReconnecting)
}

// isTornDown reports whether something could not be made, or changed, since its files
// were just taken away: someone deletes it, or has deleted one of the same name.
func isTornDown(err error) bool {
	switch codeOf(err) {
	case codeStreamFailed, codeConsumerFailed:
		text := err.Error()
		return strings.Contains(text, "no such file") || strings.Contains(text, "not empty") || strings.Contains(text, "consumer closed") ||
			strings.Contains(text, "error creating store")
	}
	return false
}

func isFull(err error) bool {
	code := codeOf(err)
	return code == codeStorage || code == codeResources || strings.Contains(err.Error(), "no space left")
}

func isAuth(err error) bool {
	return errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired) ||
		errors.Is(err, nats.ErrAuthRevoked) || errors.Is(err, nats.ErrAccountAuthExpired)
}

// known turns an error of the servers or of nats.go into one of package backend.
func known(err error) error {
	if _, ok := errors.AsType[*backend.Error](err); ok || err == nil {
		return err
	}
	switch codeOf(err) {
	case codeStreamNotFound, codeStreamInvalid:
		return backend.ErrNoTopic.With(err, "there is no such topic (any more)")
	case codeConsumerNotFound, codeConsumerMissing:
		return backend.ErrNoGroup.With(err, "there is no such group (any more)")
	case codeTooLarge, codeHeadersTooLarge:
		return backend.ErrTooLarge.With(err, "the event, or what it has of headers, is above the size that the servers allow")
	case codeNotEnabled, codeNotForAccount:
		return backend.ErrBackend.With(err, "JetStream is not enabled there; enable it for the servers and the account")
	case codeNoPeers, codeReplicas:
		return backend.ErrBackend.With(err, "the cluster cannot keep that many replicas: %v; "+
			"give 'replicas', up to the number of servers with JetStream", err)
	case codeOverlap:
		return backend.ErrBackend.With(err, "another stream has the topic's subject: %v", err)
	}
	switch {
	case codeOf(err) == codeConsumerFailed && isTornDown(err):
		return backend.ErrNoGroup.With(err, "the group was deleted meanwhile")
	case isFull(err):
		return backend.ErrDiskFull.With(err, "no space left where the events are kept: %v", err)
	case isAuth(err):
		return backend.ErrCredentials.With(err, "the servers refuse the credentials: %v", err)
	case passes(err):
		return backend.ErrTimeout.With(err, "no answer in time: %v", err)
	}
	return backend.ErrBackend.With(err, "the backend failed: %v", err)
}

// dirError says why a directory cannot be used.
func dirError(dir string, err error) error {
	why := err.Error()
	if e, ok := errors.AsType[*os.PathError](err); ok {
		why = e.Err.Error()
	}
	if strings.Contains(why, "no space left") {
		return backend.ErrDiskFull.With(err, "no space left for the directory '%s'", dir)
	}
	return backend.ErrDir.With(err, "the directory '%s' cannot be used: %s", dir, why)
}
