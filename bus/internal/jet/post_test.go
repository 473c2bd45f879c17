package jet

import "testing"

// TestFlushWaitsForAPosterThatGoesOn: all that was posted is stored, but the goroutine
// that sends has not ended yet; it takes what is posted then, and a flush waits for it.
func TestFlushWaitsForAPosterThatGoesOn(t *testing.T) {
	t.Parallel()
	b := openDir(t, t.TempDir()).(*bus)
	defer closeAll(t, b)
	topic := topicOf(t, b, "t", nil).(*topic)
	topic.poster.running = true
	batch, count := batchOf("x")
	if _, err := topic.Post(batch, count); err != nil {
		t.Fatal(err)
	}
	flushed := make(chan error, 1)
	go func() { flushed <- b.Flush(t.Context()) }()
	eventually(t, "a flush that waits", func() bool {
		select {
		case err := <-flushed:
			t.Fatal("nothing is stored, and the flush is over: ", err)
		default:
		}
		topic.poster.mu.Lock()
		defer topic.poster.mu.Unlock()
		return topic.poster.changed.ch != nil
	})
	b.running.Go(topic.poster.run)
	must(t, <-flushed)
	if st, err := topic.Stats(t.Context()); err != nil || st.Last != 1 {
		t.Fatalf("%+v, %v", st, err)
	}
}
