package memory

import (
	"strconv"
	"testing"
	"time"
)

func TestIdsAreBounded(t *testing.T) {
	var d ids
	now := time.Now()
	for i := range mostIDs + 1000 {
		d.add([]byte(strconv.Itoa(i)), uint64(i), now)
		d.forget(now)
	}
	if len(d.numbers) != mostIDs {
		t.Fatalf("%d ids", len(d.numbers))
	}
	if _, ok := d.find([]byte("999")); ok {
		t.Error("the oldest is known")
	}
	if seq, ok := d.find([]byte("1000")); !ok || seq != 1000 {
		t.Error("one of the last million is not known")
	}
	if most := 4 * mostIDs; cap(d.queue) > most {
		t.Errorf("the queue has room for %d, more than %d", cap(d.queue), most)
	}
}
