package bus

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/record"
	"github.com/quiesce/quiesce/bus/internal/snapshot"
)

// How much of a topic one frame of a snapshot has.
const (
	frameEvents = 8192
	frameBytes  = 64 << 10
)

// Snapshot yields the bytes of a snapshot of what the topic has now.
func (t *Topic) Snapshot(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		stats, err := t.topic.Stats(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		var w snapshot.Writer
		if !yield(w.Begin(snapshot.Header{Topic: t.name, First: stats.First, Last: stats.Last}), nil) {
			return
		}
		for next := stats.First; next <= stats.Last; {
			page, err := t.page(ctx, next, stats.Last)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(w.Frame(page), nil) {
				return
			}
			next = lastOf(page) + 1
		}
		yield(w.End(), nil)
	}
}

// page reads on from the event next, which must be there.
func (t *Topic) page(ctx context.Context, next, last uint64) ([]byte, error) {
	count := min(frameEvents, last-next+1)
	page, err := t.topic.Read(ctx, next, int(count), frameBytes)
	if err != nil {
		return nil, err
	}
	if len(page) == 0 {
		return nil, backend.Lost(next, last+1)
	}
	if first := record.SeqAt(page); first != next {
		return nil, backend.Lost(next, first)
	}
	return page, nil
}

func lastOf(page []byte) (seq uint64) {
	for b := page; len(b) > 0; b = b[record.SizeAt(b):] {
		seq = record.SeqAt(b)
	}
	return seq
}

// A Restore reads a snapshot into a topic that has no events.
//
//quiesce:class
type Restore struct {
	topic *Topic

	mu      sync.Mutex // one Write or Commit at a time
	reader  snapshot.Reader
	restore backend.Restore // from the header on
	failed  error
	over    bool
}

// StartRestore begins to restore a topic.
func (t *Topic) StartRestore() *Restore { return &Restore{topic: t} }

// Write takes bytes of a snapshot.
func (r *Restore) Write(ctx context.Context, chunk []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return ErrClosed
	}
	if r.failed != nil {
		return r.failed
	}
	r.reader.OnHeader = func(h snapshot.Header) (err error) {
		r.restore, err = r.topic.topic.Restore(ctx, h.First)
		return err
	}
	r.reader.OnPage = func(page []byte, count int) error {
		if err := r.topic.checkRestored(page); err != nil {
			return err
		}
		return r.restore.Append(ctx, page, count)
	}
	r.failed = r.reader.Write(chunk)
	return r.failed
}

// checkRestored refuses what could not have been published.
func (t *Topic) checkRestored(page []byte) error {
	for b := page; len(b) > 0; b = b[record.SizeAt(b):] {
		e := record.DeliveredAt(b)
		if size := len(e.Headers) + len(e.Data); size > t.maxEvent {
			return t.tooLarge(size)
		}
		if len(e.Headers) > 0 {
			if err := checkHeaders(e.Headers); err != nil {
				return backend.ErrSnapshot.With(err, "event %d of the snapshot: %v", e.Seq, err)
			}
		}
	}
	return nil
}

// Wait returns when the restore is freed, or the context ends otherwise.
func (r *Restore) Wait(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// Commit ends the restore, and returns how many events there were.
func (r *Restore) Commit(ctx context.Context) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return 0, ErrClosed
	}
	if r.failed != nil {
		return 0, r.failed
	}
	events, err := r.reader.End()
	if err != nil {
		return 0, err
	}
	r.over = true
	return int(events), r.restore.Commit(ctx)
}

// Close removes what was restored, unless Commit has succeeded.
func (r *Restore) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	if r.restore == nil {
		return nil
	}
	if err := r.restore.Close(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
