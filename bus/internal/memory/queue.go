package memory

// A queue is a heap of deliveries. Each knows its place, so that it can be taken
// out of the middle.
type queue struct {
	items  []*delivery
	before func(a, b *delivery) bool
}

// first returns the first one, or nil.
func (q *queue) first() *delivery {
	if len(q.items) == 0 {
		return nil
	}
	return q.items[0]
}

func (q *queue) push(d *delivery) {
	d.place = len(q.items)
	q.items = append(q.items, d)
	q.up(d.place)
}

func (q *queue) remove(d *delivery) {
	i, last := d.place, len(q.items)-1
	q.swap(i, last)
	q.items[last] = nil
	q.items = q.items[:last]
	if i < last {
		q.down(i)
		q.up(i)
	}
}

func (q *queue) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !q.before(q.items[i], q.items[parent]) {
			return
		}
		q.swap(i, parent)
		i = parent
	}
}

func (q *queue) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(q.items) {
			return
		}
		if child+1 < len(q.items) && q.before(q.items[child+1], q.items[child]) {
			child++
		}
		if !q.before(q.items[child], q.items[i]) {
			return
		}
		q.swap(i, child)
		i = child
	}
}

func (q *queue) swap(i, j int) {
	q.items[i], q.items[j] = q.items[j], q.items[i]
	q.items[i].place, q.items[j].place = i, j
}
