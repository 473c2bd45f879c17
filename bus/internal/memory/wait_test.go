package memory

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// TestReusedWaiterIsNotWokenForAnother retires a waiter that was woken, but did
// not look: whoever wakes the next one would block if that were still to be seen.
func TestReusedWaiterIsNotWokenForAnother(t *testing.T) {
	topic := openTopic(t, nil).(*Topic)
	s := subscribe(t, topic, backend.Options{}).(*plain)
	topic.mu.Lock()
	defer topic.mu.Unlock()
	w := topic.sleep(&s.consumer, s)
	w.wake <- struct{}{}
	topic.retire(&s.consumer, w)
	again := topic.sleep(&s.consumer, s)
	equal(t, "the waiter", again, w)
	equal(t, "wake-ups", len(again.wake), 0)
	topic.retire(&s.consumer, again)
}

// TestFullMemberIsNotWokenForOthers has one event for two who sleep, of whom the
// first may take nothing.
func TestFullMemberIsNotWokenForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		a, b := join(t, topic, time.Hour, 1), join(t, topic, time.Hour, 1)
		appendN(t, topic, 1)
		takes(t, a, 1, nth(1, 1))
		full := inBackground(func() error { return a.Wait(t.Context()) })
		synctest.Wait()
		w := inBackground(func() error { return b.Wait(t.Context()) })
		synctest.Wait()
		appendN(t, topic, 1)
		must(t, <-w)
		if _, ok := ended(full); ok {
			t.Fatal("the full member was woken")
		}
		must(t, a.Close())
		is(t, <-full, backend.ErrBackend)
	})
}

func TestAsManyMembersWakeAsThereAreEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		var waits []<-chan error
		for range 5 {
			m := join(t, topic, time.Hour, 1)
			waits = append(waits, inBackground(func() error { return m.Wait(t.Context()) }))
			synctest.Wait()
		}
		appendAll(t, topic, "a", "b")
		synctest.Wait()
		for i, w := range waits {
			if _, ok := ended(w); ok != (i < 2) {
				t.Fatalf("member %d: woken %v", i, ok)
			}
		}
	})
}

// TestWakeUpIsPassedOn has the one who was woken for an event go away.
func TestWakeUpIsPassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 50 { // select takes either case when both are there
			topic := openTopic(t, nil)
			a, b := join(t, topic, time.Hour, 1), join(t, topic, time.Hour, 1)
			ctx, cancel := context.WithCancelCause(t.Context())
			gone := errors.New("gone")
			first := inBackground(func() error { return a.Wait(ctx) })
			synctest.Wait()
			second := inBackground(func() error { return b.Wait(t.Context()) })
			synctest.Wait()
			appendAll(t, topic, "a")
			cancel(gone)
			if err := <-first; err == nil {
				must(t, a.Close())
			} else {
				is(t, err, gone)
			}
			must(t, <-second)
		}
	})
}

// TestWakeUpThatIsNotAnsweredGoesToAnother: of two members that wait, the one that is
// woken does not take.
func TestWakeUpThatIsNotAnsweredGoesToAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		a, b := join(t, topic, time.Hour, 1), join(t, topic, time.Hour, 1)
		first := inBackground(func() error { return a.Wait(t.Context()) })
		synctest.Wait()
		second := inBackground(func() error { return b.Wait(t.Context()) })
		synctest.Wait()
		appendAll(t, topic, "x")
		must(t, <-first)
		must(t, <-second)
		equal(t, "events", len(takeEvents(t, b, 1)), 1)
	})
}

// TestFullMemberPassesItsWakeUpOn: it waits twice, has room for one, and is woken for
// two.
func TestFullMemberPassesItsWakeUpOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		a, b := join(t, topic, time.Hour, 1), join(t, topic, time.Hour, 1)
		taken := make(chan int, 2)
		for range 2 {
			go func() {
				for a.Wait(t.Context()) == nil {
					if n := len(takeEvents(t, a, 1)); n > 0 {
						taken <- n
						return
					}
				}
			}()
			synctest.Wait()
		}
		other := inBackground(func() error { return b.Wait(t.Context()) })
		synctest.Wait()
		start := time.Now()
		appendAll(t, topic, "x", "y")
		equal(t, "events of the first", <-taken, 1)
		must(t, <-other)
		equal(t, "time that has passed", time.Since(start), 0)
		equal(t, "events of the other", len(takeEvents(t, b, 1)), 1)
	})
}
