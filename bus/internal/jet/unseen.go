package jet

import "sync"

// mostUnseen bounds what is known of a group: those events that limits have removed
// meanwhile are never forgotten otherwise.
const mostUnseen = 64 << 10

// unseen knows how often events of a group came to a member that has given them back
// unseen. The server counts these deliveries too; who takes an event is told of the
// others only. It knows those of this process.
type unseen struct {
	mu     sync.Mutex
	groups map[string]map[uint64]uint32 // by groupKey
}

func (m *member) key() string { return groupKey(m.t.stream, m.consumer) }

// groupKey names a group among all of a bus.
func groupKey(stream, consumer string) string { return stream + " " + consumer }

func (u *unseen) add(key string, seq uint64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	g := u.groups[key]
	if g == nil || len(g) >= mostUnseen {
		g = map[uint64]uint32{}
		u.groups[key] = g
	}
	g[seq]++
}

// of returns how often that was.
func (u *unseen) of(key string, seq uint64) uint32 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.groups[key][seq]
}

// forget is for an event that is done.
func (u *unseen) forget(key string, seq uint64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if g := u.groups[key]; g != nil {
		delete(g, seq)
		if len(g) == 0 {
			delete(u.groups, key)
		}
	}
}

// drop is for a group that is no more.
func (u *unseen) drop(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.groups, key)
}
