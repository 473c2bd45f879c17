package typed

import (
	"context"
	"iter"
	"runtime/debug"
	"sync"

	"github.com/quiesce/quiesce/addon/door"
	"github.com/quiesce/quiesce/guard"
)

// How much of a stream may wait for JS to fetch it: the producer waits while
// there is more. One item may be larger.
const (
	maxItems = 256
	maxBytes = 256 << 10
)

var streams = door.NewClass("AsyncIterator").Quiet()

func init() {
	// next answers the items that are there, as an encoded list, or waits for the
	// first; null after the last.
	streams.Define(door.Async("next", nil, func(ctx context.Context, s *stream, _ door.Args) (door.Value, error) {
		return s.next(ctx)
	}))
}

// A stream is the resource behind a JS async iterator. As a child of the handle
// whose method made it, it holds an op of that handle until Close has returned,
// which waits for the producer: so the producer may use the parent's resource.
type stream struct {
	produce func() error // runs on a goroutine of its own, from the first next on
	ctx     context.Context
	cancel  context.CancelCauseFunc
	ended   chan struct{} // closed when produce has returned

	failed error // the producer's alone

	mu      sync.Mutex
	started bool
	closed  bool
	over    bool // what follows is err, or nothing
	err     error
	items   []byte
	count   uint32
	// Permits: something has come, and something was taken.
	arrived, taken chan struct{}
}

// Stream returns a value that JS sees as an async iterator over what start
// returns. start is called at the first fetch, on a goroutine of its own. Its
// context is cancelled when the iteration is given up or the handle is freed;
// the iteration has to end soon after.
func Stream[T any](start func(ctx context.Context) (iter.Seq2[T, error], error)) door.Value {
	s := &stream{
		ended:   make(chan struct{}),
		arrived: make(chan struct{}, 1),
		taken:   make(chan struct{}, 1),
	}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	s.produce = func() error { return produce(s, start) }
	return streams.Open(s)
}

func produce[T any](s *stream, start func(ctx context.Context) (iter.Seq2[T, error], error)) error {
	seq, err := start(s.ctx)
	if err != nil || seq == nil {
		return err
	}
	for v, err := range seq {
		if err != nil {
			s.failed = err // a producer that goes on all the same panics, and this is what is told
			return err
		}
		var item []byte
		if item, err = appendValue(nil, &v); err != nil {
			return at("an item", err)
		}
		if !s.put(item) {
			return nil
		}
	}
	return nil
}

// put waits for room; false once the iteration is given up.
func (s *stream) put(item []byte) bool {
	for {
		s.mu.Lock()
		if s.count == 0 || (s.count < maxItems && len(s.items)+len(item) <= maxBytes) {
			s.items = append(s.items, item...)
			s.count++
			s.mu.Unlock()
			signal(s.arrived)
			return s.ctx.Err() == nil
		}
		s.mu.Unlock()
		select {
		case <-s.taken:
		case <-s.ctx.Done():
			return false
		}
	}
}

func signal(permit chan struct{}) {
	select {
	case permit <- struct{}{}:
	default:
	}
}

func (s *stream) next(ctx context.Context) (door.Value, error) {
	s.start()
	for {
		if v, ok, err := s.take(); ok {
			return v, err
		}
		select {
		case <-s.arrived:
		case <-s.ended: // take finds that it is over
		case <-ctx.Done():
			return door.Value{}, context.Cause(ctx)
		}
	}
}

// start starts the producer, once.
func (s *stream) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started || s.closed {
		return
	}
	s.started = true
	go s.run()
}

func (s *stream) run() {
	err := error(&guard.PanicError{}) // what remains if it calls runtime.Goexit
	defer func() {
		if v := recover(); v != nil {
			err = &guard.PanicError{Value: v, GoStack: string(debug.Stack())}
		}
		if s.failed != nil {
			err = s.failed
		}
		s.mu.Lock()
		s.over, s.err = true, err
		s.mu.Unlock()
		close(s.ended)
	}()
	err = s.produce()
}

// take returns the items that are there; after them the error, once, and null.
func (s *stream) take() (v door.Value, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count > 0 {
		v = door.Bytes(appendList(s.count, s.items))
		s.items, s.count = s.items[:0], 0
		signal(s.taken)
		return v, true, nil
	}
	if s.over {
		err, s.err = s.err, nil
		return door.Null(), true, err
	}
	return v, false, nil
}

// Close gives the iteration up and waits for the producer.
func (s *stream) Close() error {
	s.cancel(guard.ErrFreed)
	s.mu.Lock()
	s.closed = true
	started := s.started
	s.mu.Unlock()
	if started {
		<-s.ended
	}
	return nil
}

// Seq turns an iter.Seq into what Stream takes.
func Seq[T any](seq iter.Seq[T]) iter.Seq2[T, error] {
	if seq == nil {
		return nil
	}
	return func(yield func(T, error) bool) {
		for v := range seq {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// Chan turns a channel into what Stream takes; nil has no items.
func Chan[T any](ctx context.Context, ch <-chan T) iter.Seq2[T, error] {
	if ch == nil {
		return nil
	}
	return func(yield func(T, error) bool) {
		for {
			select {
			case v, open := <-ch:
				if !open || !yield(v, nil) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}
