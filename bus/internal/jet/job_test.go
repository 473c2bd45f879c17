package jet

import (
	"errors"
	"testing"

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
