package jet

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

func testGroupPosition(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, n := numbered(1, 10)
	publish(t, topic, batch, n)
	a := subscribe(t, topic, group("g"))
	for _, e := range collect(t, a, 4) {
		a.Ack(e.Seq)
	}
	closeAll(t, a)
	o := group("g")
	o.From = backend.New
	b := subscribe(t, topic, o)
	defer closeAll(t, b)
	wantSeqs(t, collect(t, b, 6), 5)
}

func testNewAckWait(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, n := numbered(1, 1)
	publish(t, topic, batch, n)
	closeAll(t, subscribe(t, topic, group("g")))
	o := group("g")
	o.AckWait = 200 * time.Millisecond
	s := subscribe(t, topic, o)
	defer closeAll(t, s)
	collect(t, s, 1)
	if e := collect(t, s, 1)[0]; e.Deliveries != 2 {
		t.Fatalf("delivery %d", e.Deliveries)
	}
}

func testGroupGone(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	wantError(t, topic.DeleteGroup(t.Context(), "g"), backend.ErrNoGroup)
	waiting, idle := subscribe(t, topic, group("g")), subscribe(t, topic, group("g"))
	defer closeAll(t, waiting, idle)
	none(t, waiting)
	time.AfterFunc(50*time.Millisecond, func() {
		if err := topic.DeleteGroup(context.Background(), "g"); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, s := range []backend.Subscription{waiting, idle} {
		_, err := next(ctx, s, 1)
		wantError(t, err, backend.ErrNoGroup)
		if err = s.Wait(ctx); err != nil && !errors.Is(err, backend.ErrNoGroup) {
			t.Fatal(err)
		}
	}
}

func testGroupStats(t *testing.T, p *place) {
	topic := p.topic(t, nil)
	batch, n := numbered(1, 10)
	publish(t, topic, batch, n)
	b, a := subscribe(t, topic, group("b")), subscribe(t, topic, group("a.a"))
	plain := subscribe(t, topic, backend.Options{From: backend.First})
	defer closeAll(t, a, b, plain)
	collect(t, a, 4)
	a.Ack(1)
	a.Nak(2, 0)
	more := int64(0) // events that came before the nak had its effect
	for collect(t, a, 1)[0].Seq != 2 {
		more++
	}
	var s backend.Stats
	eventually(t, "the ack counts", func() bool {
		var err error
		if s, err = topic.Stats(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(s.Groups) == 2 && s.Groups[0].InFlight == 3+more
	})
	if s.Subscriptions != 3 || s.Events != 10 || s.First != 1 || s.Last != 10 || s.Bytes == 0 {
		t.Fatalf("%+v", s)
	}
	want := []backend.GroupStats{{Name: "a.a", Pending: 6 - more, InFlight: 3 + more, Redelivered: 1}, {Name: "b", Pending: 10}}
	if !slices.Equal(s.Groups, want) {
		t.Fatalf("%+v", s.Groups)
	}
}
