package memory

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/backendtest"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// join subscribes to group g from the first event on.
func join(t testing.TB, topic backend.Topic, ackWait time.Duration, maxInFlight int) backend.Subscription {
	t.Helper()
	return subscribe(t, topic, backend.Options{From: backend.First, Group: "g", AckWait: ackWait, MaxInFlight: maxInFlight})
}

// takes demands the numbers of the next page, and how often each was delivered.
func takes(t testing.TB, s backend.Subscription, count int, want ...record.Event) {
	t.Helper()
	got := takeEvents(t, s, count)
	equal(t, "events", len(got), len(want))
	for i := range got {
		equal(t, "number", got[i].Seq, want[i].Seq)
		equal(t, "deliveries", got[i].Deliveries, want[i].Deliveries)
	}
}

// nth is an event as takes wants it.
func nth(seq uint64, deliveries uint32) record.Event {
	return record.Event{Seq: seq, Deliveries: deliveries}
}

func TestEachEventGoesToOneMember(t *testing.T) {
	topic := openTopic(t, nil)
	a, b := join(t, topic, time.Hour, 100), join(t, topic, time.Hour, 100)
	appendN(t, topic, 5)
	takes(t, a, 2, nth(1, 1), nth(2, 1))
	takes(t, b, 10, nth(3, 1), nth(4, 1), nth(5, 1))
	takes(t, a, 10)
	equal(t, "ack", a.Ack(1), true)
	equal(t, "ack again", a.Ack(1), false)
	equal(t, "ack of another's", a.Ack(3), false)
	equal(t, "ack of one beyond", a.Ack(6), false)
	equal(t, "nak of another's", a.Nak(3, 0), false)
	equal(t, "in flight", groupOf(t, topic, "g").InFlight, 4)
}

func TestGroupGoesOnWhereItIs(t *testing.T) {
	topic := openTopic(t, nil)
	appendN(t, topic, 3)
	a := join(t, topic, time.Hour, 100)
	takes(t, a, 2, nth(1, 1), nth(2, 1))
	a.Ack(1)
	must(t, a.Close())
	takes(t, subscribe(t, topic, backend.Options{Group: "g"}), 10, nth(2, 2), nth(3, 1))
}

func TestUnackedEventIsDeliveredAgainAfterAckWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		a, b := join(t, topic, time.Second, 100), join(t, topic, time.Second, 100)
		appendN(t, topic, 3)
		takes(t, a, 2, nth(1, 1), nth(2, 1))
		time.Sleep(500 * time.Millisecond)
		takes(t, a, 1, nth(3, 1))
		equal(t, "ack", a.Ack(2), true)
		w := inBackground(func() error { return b.Wait(t.Context()) })
		time.Sleep(500*time.Millisecond - 1)
		synctest.Wait()
		if _, ok := ended(w); ok {
			t.Fatal("Wait has returned before the time to ack was over")
		}
		time.Sleep(time.Nanosecond)
		must(t, <-w)
		equal(t, "ack that comes late", a.Ack(1), false)
		equal(t, "in flight", a.Stats().InFlight, 1)
		takes(t, b, 10, nth(1, 2))
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		takes(t, b, 10, nth(3, 2))
		time.Sleep(time.Second)
		synctest.Wait()
		takes(t, a, 10, nth(1, 3), nth(3, 3))
		equal(t, "stats", groupOf(t, topic, "g"), backend.GroupStats{Name: "g", InFlight: 2, Redelivered: 4})
	})
}

func TestAckWaitOfTheLastMemberHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		appendN(t, topic, 2)
		a := join(t, topic, time.Hour, 100)
		takes(t, a, 1, nth(1, 1))
		join(t, topic, time.Second, 100)
		takes(t, a, 1, nth(2, 1))
		time.Sleep(time.Second)
		synctest.Wait()
		takes(t, a, 10, nth(2, 2))
		a.Ack(2)
		time.Sleep(time.Hour)
		synctest.Wait()
		takes(t, a, 10, nth(1, 2))
	})
}

func TestMissingAckWaitIsHalfAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		appendN(t, topic, 1)
		a := join(t, topic, 0, 0)
		takes(t, a, 10, nth(1, 1))
		time.Sleep(30*time.Second - 1)
		synctest.Wait()
		takes(t, a, 10)
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		takes(t, a, 10, nth(1, 2))
	})
}

func TestClosedMemberGivesItsEventsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		a, b := join(t, topic, time.Hour, 100), join(t, topic, time.Hour, 100)
		appendN(t, topic, 4)
		takes(t, a, 3, nth(1, 1), nth(2, 1), nth(3, 1))
		a.Ack(2)
		takes(t, b, 1, nth(4, 1))
		w := inBackground(func() error { return b.Wait(t.Context()) })
		synctest.Wait()
		must(t, a.Close())
		must(t, <-w)
		equal(t, "ack after Close", a.Ack(1), false)
		takes(t, b, 10, nth(1, 2), nth(3, 2))
	})
}

func TestNakGivesAnEventBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		a := join(t, topic, time.Hour, 100)
		appendN(t, topic, 4)
		takes(t, a, 3, nth(1, 1), nth(2, 1), nth(3, 1))
		equal(t, "nak", a.Nak(3, 0), true)
		equal(t, "nak", a.Nak(1, time.Second), true)
		equal(t, "ack after nak", a.Ack(1), false)
		equal(t, "nak after nak", a.Nak(1, 0), false)
		equal(t, "in flight", a.Stats().InFlight, 1)
		equal(t, "of the group", groupOf(t, topic, "g").InFlight, 3)
		takes(t, a, 10, nth(3, 2), nth(4, 1))
		w := inBackground(func() error { return a.Wait(t.Context()) })
		time.Sleep(time.Second - 1)
		synctest.Wait()
		if _, ok := ended(w); ok {
			t.Fatal("Wait has returned before the delay was over")
		}
		time.Sleep(time.Nanosecond)
		must(t, <-w)
		takes(t, a, 10, nth(1, 2))
	})
}

func TestMemberHoldsNoMoreThanItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		a := join(t, topic, time.Hour, 2)
		appendN(t, topic, 5)
		takes(t, a, 10, nth(1, 1), nth(2, 1))
		takes(t, a, 10)
		w := inBackground(func() error { return a.Wait(t.Context()) })
		appendN(t, topic, 1)
		synctest.Wait()
		if _, ok := ended(w); ok {
			t.Fatal("Wait has returned, though the member may take nothing")
		}
		a.Ack(1)
		must(t, <-w)
		takes(t, a, 10, nth(3, 1))
		w = inBackground(func() error { return a.Wait(t.Context()) })
		synctest.Wait()
		a.Nak(2, time.Minute)
		must(t, <-w)
		takes(t, a, 10, nth(4, 1))
	})
}

func TestRemovedEventsAreNotDeliveredAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, &backend.Limits{Events: 5})
		a, b := join(t, topic, time.Second, 100), join(t, topic, time.Second, 100)
		appendN(t, topic, 4)
		takes(t, a, 3, nth(1, 1), nth(2, 1), nth(3, 1))
		a.Nak(1, 0)
		a.Nak(2, time.Hour)
		appendN(t, topic, 4) // 1 to 3 are gone
		equal(t, "in flight", groupOf(t, topic, "g"), backend.GroupStats{Name: "g", Pending: 5, InFlight: 2})
		time.Sleep(time.Second)
		synctest.Wait()
		equal(t, "in flight", groupOf(t, topic, "g").InFlight, 1)
		equal(t, "in flight", a.Stats().InFlight, 0)
		time.Sleep(time.Hour)
		synctest.Wait()
		equal(t, "in flight", groupOf(t, topic, "g").InFlight, 0)
		appendN(t, topic, 2) // nor what was never delivered
		takes(t, b, 10, nth(6, 1), nth(7, 1), nth(8, 1), nth(9, 1), nth(10, 1))
	})
}

// TestHeldBackEventsDoNotPileUp naks all that a topic with few events ever had.
func TestHeldBackEventsDoNotPileUp(t *testing.T) {
	topic := openTopic(t, &backend.Limits{Events: 10})
	a := join(t, topic, time.Hour, 100)
	for range 20_000 {
		appendAll(t, topic, "a")
		a.Nak(takeEvents(t, a, 1)[0].Seq, time.Hour)
		if n := groupOf(t, topic, "g").InFlight; n > sweepLeast {
			t.Fatalf("%d events are held back", n)
		}
	}
}

func TestDeleteGroupEndsItsMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := openTopic(t, nil)
		is(t, topic.DeleteGroup(t.Context(), "g"), backend.ErrNoGroup)
		a := join(t, topic, time.Hour, 1)
		appendN(t, topic, 2)
		takes(t, a, 1, nth(1, 1))
		w := inBackground(func() error { return a.Wait(t.Context()) })
		synctest.Wait()
		must(t, topic.DeleteGroup(t.Context(), "g"))
		is(t, <-w, backend.ErrNoGroup)
		_, err := backendtest.TakePage(a, 1, 1)
		is(t, err, backend.ErrNoGroup)
		is(t, a.Wait(t.Context()), backend.ErrNoGroup)
		equal(t, "ack", a.Ack(1), false)
		equal(t, "in flight", a.Stats().InFlight, 0)
		b := join(t, topic, time.Hour, 2)
		takes(t, b, 10, nth(1, 1), nth(2, 1))
		must(t, a.Close())
		equal(t, "in flight", groupOf(t, topic, "g").InFlight, 2)
		equal(t, "subscriptions", statsOf(t, topic).Subscriptions, 1)
	})
}
