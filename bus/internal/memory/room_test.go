package memory

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
)

// postUntil posts the same batch until there is no room, at most n times, and
// returns how many posts had room.
func postUntil(t testing.TB, topic backend.Topic, b []byte, n int) int {
	t.Helper()
	for i := range n {
		room, err := topic.Post(b, 1)
		must(t, err)
		equal(t, "Room", topic.Room(), room)
		if !room {
			return i
		}
	}
	return n
}

func TestPostHasRoomUntilSomeoneLags(t *testing.T) {
	kilobyte := batch(strings.Repeat("x", 1024-32))
	for name, c := range map[string]struct {
		limits backend.Limits
		event  []byte
		want   int
	}{
		"events":             {backend.Limits{}, batch("x"), markEvents},
		"bytes":              {backend.Limits{}, kilobyte, markBytes / 1024},
		"limit of events":    {backend.Limits{Events: 100}, batch("x"), 50},
		"limit of bytes":     {backend.Limits{Bytes: 100 << 10}, kilobyte, 50},
		"a single one":       {backend.Limits{Events: 1}, batch("x"), 0},
		"an event too large": {backend.Limits{Bytes: 100}, kilobyte, 0},
	} {
		for _, group := range []string{"", "g"} {
			topic := openTopic(t, &c.limits)
			s := subscribe(t, topic, backend.Options{Group: group})
			equal(t, name, postUntil(t, topic, c.event, 100_000), c.want)
			for range 3 {
				takeUntilEmpty(t, s)
				must(t, topic.Drain(t.Context(), nil))
				equal(t, name+", again", postUntil(t, topic, c.event, 100_000), c.want)
			}
			must(t, s.Close())
			equal(t, "Room", topic.Room(), true)
		}
	}
}

// takeUntilEmpty goes on after losses.
func takeUntilEmpty(t testing.TB, s backend.Subscription) {
	t.Helper()
	for {
		page, err := backendtest.TakePage(s, 1<<20, anySize)
		if err != nil {
			is(t, err, backend.ErrLost)
		} else if page == nil {
			return
		}
		for _, seq := range numbersOf(page) {
			s.Ack(seq)
		}
	}
}

func TestNobodyHoldsUpWhoIsNotThere(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 100})
	free := func(what string) {
		t.Helper()
		equal(t, what, postUntil(t, topic, batch("x"), 1000), 1000)
	}
	free("without subscriptions")
	m := join(t, topic, time.Hour, 1)
	must(t, join(t, topic, time.Hour, 1).Close())
	equal(t, "with a member", postUntil(t, topic, batch("x"), 1000), 0)
	must(t, m.Close())
	free("with a group without members")
	join(t, topic, time.Hour, 1)
	must(t, topic.DeleteGroup(t.Context(), "g"))
	free("with a group that was deleted")
	s := subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 1 << 40})
	free("with one that waits for a number")
	must(t, s.Close())
	s = subscribe(t, topic, backend.Options{From: backend.First})
	equal(t, "with one that begins at the first", postUntil(t, topic, batch("x"), 1000), 0)
	must(t, s.Close())
	free("after it has gone")
}

// TestWaitedForNumberCountsFromThere has a subscription wait for a number far
// behind much that it will never take.
func TestWaitedForNumberCountsFromThere(t *testing.T) {
	topic := openTopic(t, nil)
	kilobyte := batch(strings.Repeat("x", 1024-32))
	postUntil(t, topic, kilobyte, 10_000)
	subscribe(t, topic, backend.Options{From: backend.AtSeq, Seq: 11_001})
	equal(t, "posts", postUntil(t, topic, kilobyte, 100_000), 1000+markBytes/1024)
}

func TestDrainWaitsForHalfTheMark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Events: 200})
		must(t, topic.Drain(t.Context(), nil))
		a := subscribe(t, topic, backend.Options{})
		b := subscribe(t, topic, backend.Options{Group: "g"})
		equal(t, "posts", postUntil(t, topic, batch("x"), 1000), 100)
		equal(t, "events of the member", len(takeEvents(t, b, 51)), 51)
		w := inBackground(func() error { return topic.Drain(t.Context(), nil) })
		synctest.Wait()
		equal(t, "events", len(takeEvents(t, a, 50)), 50)
		synctest.Wait()
		if _, ok := ended(w); ok {
			t.Fatal("Drain has returned while someone is more than half the mark behind")
		}
		equal(t, "Room", topic.Room(), false)
		takeEvents(t, a, 1)
		must(t, <-w)
		equal(t, "Room", topic.Room(), true)
	})
}

// TestDrainBesideAMemberWaitsForTheOthersOnly has a member wait in the loop over it.
func TestDrainBesideAMemberWaitsForTheOthersOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Events: 200})
		mine, other := subscribe(t, topic, backend.Options{Group: "g"}), subscribe(t, topic, backend.Options{})
		postUntil(t, topic, batch("x"), 1000)
		start := time.Now()
		takeEvents(t, mine, 1)
		drain := func(topic backend.Topic, beside backend.Subscription) <-chan error {
			w := inBackground(func() error { return topic.Drain(t.Context(), beside) })
			synctest.Wait()
			return w
		}
		beside, all, foreign := drain(topic, mine), drain(topic, nil), drain(topic, join(t, openTopic(t, nil), time.Hour, 1))
		time.Sleep(2 * moment)
		synctest.Wait()
		if _, ok := ended(beside); ok {
			t.Fatal("Drain beside a member has not waited for the other one")
		}
		takeEvents(t, other, 51)
		must(t, <-beside)
		must(t, <-drain(topic, mine))
		equal(t, "time that has passed", time.Since(start), 2*moment)

		takeEvents(t, mine, 1) // a loop beside the one over it, which goes on
		must(t, <-drain(topic, mine))
		equal(t, "time that has passed", time.Since(start), 3*moment)
		for _, each := range []<-chan error{all, foreign} {
			if _, ok := ended(each); ok {
				t.Fatal("Drain has returned while someone is far behind")
			}
		}
		takeEvents(t, mine, 51)
		must(t, <-all)
		must(t, <-foreign)
		equal(t, "time that has passed", time.Since(start), 3*moment)
	})
}

// TestNewcomersWhoTakeNothingHoldUpForOneSecond has one come each half second.
func TestNewcomersWhoTakeNothingHoldUpForOneSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Events: 200})
		appendN(t, topic, 200)
		start := time.Now()
		w := inBackground(func() error {
			subscribe(t, topic, backend.Options{From: backend.First})
			return topic.Drain(t.Context(), nil)
		})
		for range 5 {
			time.Sleep(patience / 2)
			subscribe(t, topic, backend.Options{From: backend.First})
		}
		synctest.Wait()
		if _, ok := ended(w); !ok {
			t.Fatalf("Drain has not returned after %v", time.Since(start))
		}
	})
}

// TestManySubscribersDoNotHideThatAllLag has the room be looked at before events go.
func TestManySubscribersDoNotHideThatAllLag(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 100})
	for range 5000 {
		subscribe(t, topic, backend.Options{})
	}
	if n := postUntil(t, topic, batch("x"), 1000); n >= 100 {
		t.Fatalf("there was room for %d posts", n)
	}
}

func TestRoomComesBackWithHalfTheBytes(t *testing.T) {
	topic := openTopic(t, nil)
	s := subscribe(t, topic, backend.Options{})
	kilobyte := batch(strings.Repeat("x", 1024-32))
	posts := postUntil(t, topic, kilobyte, 100_000) + 1
	for left := posts; left > 0; left-- {
		equal(t, "Room", topic.Room(), left <= markBytes/2/1024)
		takeEvents(t, s, 1)
	}
}

func TestDrainWaitsThoughThereWasRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Events: 200})
		s := subscribe(t, topic, backend.Options{})
		equal(t, "posts", postUntil(t, topic, batch("x"), 80), 80)
		ctx, cancel := context.WithCancelCause(t.Context())
		w := inBackground(func() error { return topic.Drain(ctx, nil) })
		synctest.Wait()
		if _, ok := ended(w); ok {
			t.Fatal("Drain has returned while someone is more than half the mark behind")
		}
		enough := errors.New("enough")
		cancel(enough)
		is(t, <-w, enough)
		w = inBackground(func() error { return topic.Drain(t.Context(), nil) })
		synctest.Wait()
		must(t, s.Close())
		must(t, <-w)
	})
}

func TestStuckSubscriberHoldsUpForOneSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, group := range []string{"", "g"} {
			topic := openTopic(t, &backend.Limits{Events: 200})
			s := subscribe(t, topic, backend.Options{Group: group})
			postUntil(t, topic, batch("x"), 1000)
			start := time.Now()
			time.Sleep(400 * time.Millisecond)
			must(t, topic.Drain(t.Context(), nil))
			equal(t, "Drain took", time.Since(start), time.Second)
			equal(t, "posts", postUntil(t, topic, batch("x"), 1000), 1000)
			_, _ = backendtest.TakePage(s, 1, 1) // or is told of its loss
			equal(t, "posts when it takes again", postUntil(t, topic, batch("x"), 1000), 0)
			must(t, topic.Drain(t.Context(), nil))
			takeUntilEmpty(t, s)
			equal(t, "posts when it has taken all", postUntil(t, topic, batch("x"), 1000), 100)
			time.Sleep(time.Second - 1)
			equal(t, "posts before the second is over", postUntil(t, topic, batch("x"), 1000), 0)
			time.Sleep(time.Nanosecond)
			equal(t, "posts after it", postUntil(t, topic, batch("x"), 1000), 1000)
			must(t, s.Close())
		}
	})
}

func TestNewMemberIsWaitedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Events: 200})
		m := join(t, topic, time.Hour, 1)
		postUntil(t, topic, batch("x"), 1000)
		must(t, topic.Drain(t.Context(), nil))
		equal(t, "Room", topic.Room(), true)
		must(t, m.Close())
		join(t, topic, time.Hour, 1)
		equal(t, "posts", postUntil(t, topic, batch("x"), 1000), 0)
	})
}

// TestSlowSubscriberLeavesNoRoomWhileItTakes is as the next one, without Drain.
func TestSlowSubscriberLeavesNoRoomWhileItTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Events: 20})
		s := subscribe(t, topic, backend.Options{})
		postUntil(t, topic, batch("x"), 1000)
		for left := 11; left > 0; left-- {
			equal(t, "Room", topic.Room(), left <= 5)
			time.Sleep(450 * time.Millisecond)
			equal(t, "Room", topic.Room(), left <= 5)
			time.Sleep(450 * time.Millisecond)
			takeEvents(t, s, 1)
		}
	})
}

// TestSlowSubscriberHoldsUpWhileItTakes takes one event in each 900 ms.
func TestSlowSubscriberHoldsUpWhileItTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Events: 20})
		s := subscribe(t, topic, backend.Options{})
		postUntil(t, topic, batch("x"), 1000)
		start := time.Now()
		w := inBackground(func() error { return topic.Drain(t.Context(), nil) })
		for range 6 {
			time.Sleep(900 * time.Millisecond)
			takeEvents(t, s, 1)
		}
		must(t, <-w)
		equal(t, "Drain took", time.Since(start), 5400*time.Millisecond)
	})
}

func TestNewLimitsMoveTheMark(t *testing.T) {
	b := New()
	defer b.Close()
	topic := topicOf(t, b, "t", &backend.Limits{Events: 200})
	subscribe(t, topic, backend.Options{})
	equal(t, "posts", postUntil(t, topic, batch("x"), 80), 80)
	topicOf(t, b, "t", &backend.Limits{Events: 100})
	equal(t, "Room", topic.Room(), false)
}

func TestWhoMayLoseEventsHoldsNobodyUp(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 100})
	subscribe(t, topic, backend.Options{SkipLost: true})
	equal(t, "posts with room", postUntil(t, topic, batch("x"), 1000), 1000)
	must(t, topic.Drain(t.Context(), nil))
}
