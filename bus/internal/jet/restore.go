package jet

import (
	"context"
	"errors"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// restore fills a stream. Each event is published with the number that the stream
// must have come to, so that the server refuses all that follows on a foreign one.
type restore struct {
	t     *topic
	first uint64
	next  uint64 // to be appended
	done  bool   // committed, or removed
	// strays are what was stored behind a foreign event: one that takes the place
	// of an event of ours has the number that the one after ours waits for.
	strays []uint64
}

// Restore implements backend.Topic.
func (t *topic) Restore(ctx context.Context, first uint64) (backend.Restore, error) {
	first = max(first, 1)
	info, err := t.b.streamInfo(ctx, t.stream)
	if err != nil {
		return nil, err
	}
	if info.State.Msgs > 0 {
		return nil, t.notEmpty()
	}
	last := info.State.LastSeq
	if last >= first { // numbers never go back in a stream
		if err := t.remake(ctx, info); err != nil {
			return nil, err
		}
		last = 0
	}
	if last+1 < first {
		if err := t.purge(ctx, first); err != nil {
			return nil, err
		}
	}
	return &restore{t: t, first: first, next: first}, t.checkLast(ctx, first-1)
}

func (t *topic) notEmpty() error {
	return backend.ErrNotEmpty.With(nil, "the topic '%s' has events: restore into a new one, or delete it before", t.name)
}

// remake puts a new stream in the place of one that is empty.
func (t *topic) remake(ctx context.Context, info *streamInfo) error {
	if err := t.b.lockNames(ctx); err != nil {
		return err
	}
	defer t.b.unlockNames()
	goesOn := func(err error) bool { return err == errGoesOn }
	return tryAgain(ctx, createTries, goesOn, func() error {
		if err := t.b.delete(ctx, t.name); err != nil {
			return err
		}
		made, err := t.createWith(ctx, info.Config)
		if err == nil && made.State.Msgs == 0 && made.State.LastSeq > 0 {
			return errGoesOn
		}
		return err
	})
}

// errGoesOn is that of a new stream which goes on with the numbers of the one
// before: see takeAway, which is for the files that are here.
var errGoesOn = backend.ErrBackend.With(nil, "the servers have not yet removed what was in the topic before")

// purge removes what is before the number, which becomes the first one. On a stream
// that has not come so far, the server's Compact sets the last number to the one
// before it.
func (t *topic) purge(ctx context.Context, first uint64) error {
	return t.b.api(ctx, "STREAM.PURGE."+t.stream, map[string]any{"seq": first}, nil)
}

func (t *topic) checkLast(ctx context.Context, last uint64) error {
	info, err := t.b.streamInfo(ctx, t.stream)
	if err == nil && info.State.LastSeq != last {
		return backend.ErrNotEmpty.With(nil, "someone has published to the topic '%s' during the restore", t.name)
	}
	return err
}

// Append implements backend.Restore.
func (r *restore) Append(ctx context.Context, page []byte, count int) error {
	if r.done {
		return backend.ErrSnapshot.With(nil, "the restore has ended")
	}
	seq := r.next
	for b := page; len(b) > 0; b = b[record.SizeAt(b):] {
		if got := record.SeqAt(b); got != seq {
			return backend.ErrSnapshot.With(nil, "the snapshot has event %d where %d must follow", got, seq)
		}
		seq++
	}
	j := r.t.newJob(page, count)
	base := r.next - 1
	j.expect = func(index int) uint64 { return base + uint64(index) }
	err := r.send(ctx, j)
	stored, strays := j.stored()
	r.next += stored
	r.strays = append(r.strays, strays...)
	if err != nil && isWrongLast(err) {
		err = backend.ErrNotEmpty.With(err, "someone has published to the topic '%s' during the restore", r.t.name)
	}
	return err
}

// send publishes a page. What was sent may be stored after its context has ended,
// and could not be removed then: so a page is seen to its end, for some time.
func (r *restore) send(ctx context.Context, j *job) error {
	toTheEnd, cancel := context.WithCancel(r.t.b.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(closeWait, cancel) })()
	if err := j.run(toTheEnd); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// Commit implements backend.Restore.
func (r *restore) Commit(ctx context.Context) error {
	if r.done {
		return backend.ErrSnapshot.With(nil, "the restore has ended")
	}
	err := r.t.checkLast(ctx, r.next-1)
	if err == nil {
		r.done = true
		return nil
	}
	if errors.Is(err, backend.ErrNotEmpty) {
		r.remove(ctx)
	}
	return err
}

// Close implements backend.Restore.
func (r *restore) Close() error {
	if !r.done {
		ctx, cancel := context.WithTimeout(r.t.b.ctx, askWait)
		defer cancel()
		r.remove(ctx)
	}
	return nil
}

// remove removes what was restored, and nothing that came after it.
func (r *restore) remove(ctx context.Context) {
	r.done = true
	if r.next > r.first {
		_ = r.t.purge(ctx, r.next) // tried again and again; there is no one to tell
	}
	for _, seq := range r.strays {
		_ = r.t.b.api(ctx, "STREAM.MSG.DELETE."+r.t.stream, map[string]any{"seq": seq, "no_erase": true}, nil)
	}
}

// firstOf waits until the first of the events that are sent again is stored: when
// that is refused for its number, all events before it being there, then there is a
// foreign one.
func (j *job) firstOf(ctx context.Context, index int) error {
	for {
		j.p.mu.Lock()
		if j.flying == 0 {
			defer j.p.mu.Unlock()
			if j.err == nil && j.seqs[index] == 0 && isWrongLast(j.last) {
				return j.last
			}
			return j.err
		}
		woken := j.woken.wait()
		j.p.mu.Unlock()
		if err := j.p.waitOr(ctx, j, woken); err != nil {
			return err
		}
	}
}

// stored returns how many events are stored of those at the start, and the numbers
// of others that are.
func (j *job) stored() (n uint64, others []uint64) {
	j.p.mu.Lock()
	defer j.p.mu.Unlock()
	for n < uint64(len(j.seqs)) && j.seqs[n] > 0 {
		n++
	}
	for _, seq := range j.seqs[n:] {
		if seq > 0 {
			others = append(others, seq)
		}
	}
	return n, others
}
