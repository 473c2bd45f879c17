package memory

import "time"

// An alarm is one timer, of which only the earliest time counts: what is due
// later finds it when it rings, and sets it again. So it costs little to set an
// alarm for each event, and nothing to take it back.
type alarm struct {
	ring  func() // on a goroutine of its own; calls rang with the mutex held
	timer *time.Timer
	due   time.Time // zero if it is not set
}

// set has the alarm ring then, or earlier.
func (a *alarm) set(due, now time.Time) {
	if !a.due.IsZero() && !due.Before(a.due) {
		return
	}
	a.due = due
	if a.timer == nil {
		a.timer = time.AfterFunc(due.Sub(now), a.ring)
	} else {
		a.timer.Reset(due.Sub(now))
	}
}

// rang tells that the alarm rings, and is no longer set.
func (a *alarm) rang() { a.due = time.Time{} }

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
	a.rang()
}
