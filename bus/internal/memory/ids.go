package memory

import "time"

// remember is how long the id of an event is known, unless there come more than
// mostIDs: memory has to have a limit.
const (
	remember = 2 * time.Minute
	mostIDs  = 1 << 20
)

// ids knows the events of the last two minutes that had an id.
type ids struct {
	numbers map[string]uint64
	queue   []idAt // in the order of their times, from front on
	front   int
}

type idAt struct {
	id string
	at time.Time
}

func (d *ids) empty() bool { return d.front == len(d.queue) }

// find returns the number of the event with that id.
func (d *ids) find(id []byte) (uint64, bool) {
	seq, ok := d.numbers[string(id)]
	return seq, ok
}

func (d *ids) add(id []byte, seq uint64, now time.Time) {
	if d.numbers == nil {
		d.numbers = map[string]uint64{}
	}
	if len(d.queue)-d.front >= mostIDs {
		d.forgetFirst()
	}
	key := string(id)
	d.numbers[key] = seq
	d.queue = append(d.queue, idAt{key, now})
}

// forget forgets what is older than two minutes.
func (d *ids) forget(now time.Time) {
	for d.front < len(d.queue) && now.Sub(d.queue[d.front].at) >= remember {
		d.forgetFirst()
	}
	if d.empty() {
		*d = ids{} // a map keeps its size for ever
	} else if d.front > len(d.queue)/2 {
		rest := copy(d.queue, d.queue[d.front:])
		clear(d.queue[rest:])
		d.queue, d.front = d.queue[:rest], 0
	}
}

func (d *ids) forgetFirst() {
	delete(d.numbers, d.queue[d.front].id)
	d.queue[d.front] = idAt{}
	d.front++
}
