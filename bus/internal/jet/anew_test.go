package jet

import "testing"

// However soon a topic is made again: nothing of the one before is in it.
func TestATopicThatIsMadeAnewIsEmpty(t *testing.T) {
	b := openDir(t, t.TempDir())
	defer closeAll(t, b)
	for i := range 60 {
		topic := topicOf(t, b, "t", nil)
		if s, err := topic.Stats(t.Context()); err != nil || s.Events != 0 || s.Last != 0 {
			t.Fatalf("the topic number %d has %d events, the last is %d; %v", i, s.Events, s.Last, err)
		}
		batch, n := numbered(0, 300)
		publish(t, topic, batch, n)
		must(t, b.Delete(t.Context(), "t"))
	}
}

// And however soon restores follow each other that are given up.
func TestARestoreIsGivenUpAgainAndAgain(t *testing.T) {
	b := openDir(t, t.TempDir())
	defer closeAll(t, b)
	topic := topicOf(t, b, "t", nil)
	for range 60 {
		r := restoring(t, topic, 1)
		must(t, r.Append(t.Context(), snapshot(1, 300), 300))
		closeAll(t, r)
	}
	r := restoring(t, topic, 1)
	must(t, r.Append(t.Context(), snapshot(1, 3), 3))
	must(t, r.Commit(t.Context()))
	closeAll(t, r)
	if s, err := topic.Stats(t.Context()); err != nil || s.Events != 3 || s.First != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}
