package memory

import (
	"math"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// DefaultBytes is the limit of bytes where none is given: memory has to have one.
const DefaultBytes = 64 << 20

// farthest is how far ahead an alarm is set: what is due later sets it again.
const farthest = 24 * time.Hour

// bounded returns limits that a topic in memory can have.
func bounded(l backend.Limits) backend.Limits {
	if l.Bytes <= 0 {
		l.Bytes = DefaultBytes
	}
	return backend.Limits{Events: max(l.Events, 0), Bytes: l.Bytes, Age: max(l.Age, 0)}
}

// millis returns a duration as the times of records have it.
func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// limit gives the topic other limits.
func (t *Topic) limit(limits backend.Limits) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limits = bounded(limits)
	t.log.scale(t.limits)
	t.room.mark = markOf(t.limits)
	t.room.look = mark{}
	t.tidy()
}

// expire lets go what has become too old while nobody published.
func (t *Topic) expire() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone != nil {
		return
	}
	t.retention.rang()
	t.tidy()
}

func (t *Topic) tidy() {
	now := time.Now()
	t.log.trim(t.limits, record.Millis(now))
	t.ids.forget(now)
	t.arm(now)
}

// arm has expire called when the first event or the first id becomes too old. Ids
// need not go at once, since store looks at their times.
func (t *Topic) arm(now time.Time) {
	wait := farthest
	if !t.ids.empty() {
		wait = max(t.ids.queue[t.ids.front].at.Add(remember).Sub(now), time.Second)
	} else if t.limits.Age <= 0 || t.log.events() == 0 {
		return
	}
	if t.limits.Age > 0 && t.log.events() > 0 {
		wait = min(wait, t.log.ages(t.limits.Age, now))
	}
	t.retention.set(now.Add(wait), now)
}

// ages returns how long it takes until trim removes the first event, which looks
// at whole milliseconds. A time since 1970 in ns would not fit in a float64.
func (l *log) ages(age time.Duration, now time.Time) time.Duration {
	ms := min(math.Ceil(l.oldest()+millis(age))-record.Millis(now), millis(farthest))
	return time.Duration(ms)*time.Millisecond - time.Duration(now.Nanosecond())%time.Millisecond
}
