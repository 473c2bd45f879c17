package shapes

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A Source produces items in all ways.
//
//quiesce:class
type Source struct {
	life     life
	produced atomic.Int64
	running  atomic.Int64
	senders  sync.WaitGroup
	mu       sync.Mutex
	causes   []string
}

// NewSource makes a source.
func NewSource() *Source { return &Source{life: begin()} }

// Produced tells how many items were asked for by all iterations.
func (s *Source) Produced() int { return int(s.produced.Load()) }

// Running tells how many iterations run.
func (s *Source) Running() int { return int(s.running.Load()) }

// Causes tells why the contexts of iterations were cancelled.
func (s *Source) Causes() []string { s.mu.Lock(); defer s.mu.Unlock(); return s.causes }

// run is what all iterations do around their items.
func (s *Source) run(ctx context.Context) func() {
	s.life.use()
	s.running.Add(1)
	return func() {
		s.life.use()
		if cause := context.Cause(ctx); cause != nil {
			s.mu.Lock()
			s.causes = append(s.causes, cause.Error())
			s.mu.Unlock()
		}
		s.running.Add(-1)
	}
}

// Numbers gives the numbers below n; for a negative one they never end.
func (s *Source) Numbers(n int) iter.Seq[int] { return s.NumbersOf(context.Background(), n) }

// NumbersOf is the same with a context, at which it does not look: a yield tells it to end.
func (s *Source) NumbersOf(ctx context.Context, n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer s.run(ctx)()
		for i := 0; i != n; i++ {
			s.produced.Add(1)
			if !yield(i) {
				return
			}
		}
	}
}

// Entries gives n entries, then fails in some way.
func (s *Source) Entries(n int, how string) iter.Seq2[Entry, error] {
	return s.EntriesOf(context.Background(), n, how)
}

// EntriesOf is the same with a context: `wait` waits for its end.
func (s *Source) EntriesOf(ctx context.Context, n int, how string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		defer s.run(ctx)()
		for i := range n {
			s.produced.Add(1)
			if !yield(Entry{"word", i}, nil) {
				return
			}
		}
		if how == "wait" {
			<-ctx.Done()
			yield(Entry{}, ctx.Err())
		} else if err := fail(how); err != nil {
			yield(Entry{"not seen", -1}, err)
		}
	}
}

// TryEntries may fail before it begins.
func (s *Source) TryEntries(how string) (iter.Seq[Entry], error) {
	return func(yield func(Entry) bool) { yield(Entry{"one", 1}) }, fail(how)
}

// TryEntriesOf may fail both before it begins and afterwards.
func (s *Source) TryEntriesOf(ctx context.Context, how, then string) (iter.Seq2[*Entry, error], error) {
	return func(yield func(*Entry, error) bool) {
		_ = yield(&Entry{"one", 1}, nil) && yield(nil, nil) && yield(nil, fail(then))
	}, fail(how)
}

// Sent gives the numbers below n by a channel.
func (s *Source) Sent(n int) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for i := range n {
			c <- i
		}
	}()
	return c
}

// SentOf is the same with a context; for a negative n they never end.
func (s *Source) SentOf(ctx context.Context, n int) (<-chan Entry, error) {
	if n == 0 {
		return nil, ErrEmpty
	}
	c := make(chan Entry)
	s.senders.Add(1)
	go func() {
		defer s.senders.Done()
		defer close(c)
		defer s.run(ctx)()
		for i := 0; i != n; i++ {
			s.produced.Add(1)
			select {
			case c <- Entry{"sent", i}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return c, nil
}

// NeverSent returns a channel in which nothing comes, and which nobody closes.
func (s *Source) NeverSent() <-chan string { return make(chan string) }

// NilSeq returns nil, as the three that follow.
func (s *Source) NilSeq() iter.Seq[int] { return nil }

func (s *Source) NilSeq2() iter.Seq2[int, error] { return nil }

func (s *Source) NilChan() <-chan int { return nil }

func (s *Source) NilChanOf(context.Context) <-chan int { return nil }

// Silent waits for the end of its context and gives nothing.
func (s *Source) Silent(ctx context.Context) iter.Seq[string] {
	return func(func(string) bool) {
		defer s.run(ctx)()
		<-ctx.Done()
	}
}

// Deaf gives an item, and then does not look at its context for some ms.
func (s *Source) Deaf(ctx context.Context, ms int) iter.Seq[string] {
	return func(yield func(string) bool) {
		defer s.run(ctx)()
		yield("one")
		time.Sleep(time.Duration(ms) * time.Millisecond)
	}
}

// Rude goes on when its yield returned false.
func (s *Source) Rude(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			yield(i)
		}
	}
}

// Panics panics after n items.
func (s *Source) Panics(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			yield(i)
		}
		panic("in an iterator")
	}
}

// PanicsAtOnce panics before there is an iterator.
func (s *Source) PanicsAtOnce() iter.Seq[int] { panic("before an iterator") }

// Quits ends the goroutine that it runs on.
func (s *Source) Quits() iter.Seq[int] {
	return func(yield func(int) bool) {
		yield(1)
		quit()
	}
}

// Chunks gives n times so many bytes; for a negative n they never end.
func (s *Source) Chunks(n, size int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		defer s.run(context.Background())()
		for i := 0; i != n; i++ {
			s.produced.Add(1)
			if !yield([]byte(strings.Repeat("x", size))) {
				return
			}
		}
	}
}

// SlowNumbers gives the numbers below n, one in so many ms.
func (s *Source) SlowNumbers(ctx context.Context, n, ms int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		defer s.run(ctx)()
		for i := range n {
			if err := wait(ctx, ms); err != nil {
				yield(0, err)
				return
			}
			if !yield(i, nil) {
				return
			}
		}
	}
}

// Split gives the words of its arguments.
func (s *Source) Split(ctx context.Context, sep string, texts ...string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, text := range texts {
			for _, word := range strings.Split(text, sep) {
				if !yield(word) {
					return
				}
			}
		}
	}
}

// Filter gives what its options ask for.
func (s *Source) Filter(ctx context.Context, list []Entry, opts *TaskOptions) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		defer s.run(ctx)()
		if opts == nil {
			yield(Entry{}, errors.New("no options"))
			return
		}
		for i, e := range list {
			if i < opts.Limit && !yield(e, nil) {
				return
			}
		}
		if opts.Label == "wait" {
			<-ctx.Done()
		}
	}
}

// Stamps gives numbers of 64 bits.
func (s *Source) Stamps(from Stamp) iter.Seq[Stamp] {
	return func(yield func(Stamp) bool) { _ = yield(from) && yield(from+1) }
}

// Close waits for those that send to channels. It must not be called before all other iterations have ended.
func (s *Source) Close() error {
	s.senders.Wait()
	if s.running.Load() != 0 {
		misused.Add(1)
	}
	s.life.end()
	return nil
}

// Range is a function that produces items.
//
//quiesce:function
func Range(from, to int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := from; i < to; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

// RangeOf is the same with a context, by a channel.
//
//quiesce:function
func RangeOf(ctx context.Context, from, to int) (<-chan int, error) {
	if to < from {
		return nil, ErrEmpty
	}
	return (&Source{}).Sent(to - from), nil
}
