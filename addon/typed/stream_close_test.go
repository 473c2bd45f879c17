package typed

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quiesce/quiesce/addon/door"
	"github.com/quiesce/quiesce/guard"
)

func goexit() { runtime.Goexit() }

// The producer may use the parent's resource until Close has returned.
func TestCloseCancelsTheProducerAndWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended time.Time
		s := produced(func(ctx context.Context, yield func(int, error) bool) {
			defer func() {
				time.Sleep(time.Second)
				ended = time.Now()
			}()
			<-ctx.Done()
			if cause := context.Cause(ctx); cause != guard.ErrFreed {
				t.Error(cause)
			}
			if yield(1, nil) {
				t.Error("it may go on after Close")
			}
		})
		s.start()
		synctest.Wait()
		begun := time.Now()
		if err := s.Close(); err != nil || ended.Sub(begun) != time.Second || time.Now() != ended {
			t.Errorf("begun %v, ended %v, %v", begun, ended, err)
		}
	})
}

func TestCloseWakesAProducerThatWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, n := count("x")
		s.start()
		synctest.Wait()
		if err := s.Close(); err != nil || n.Load() != 257 {
			t.Errorf("%d items, %v", n.Load(), err)
		}
	})
}

func TestAStreamThatIsClosedFirstNeverStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := streamOf(func(context.Context) (iter.Seq2[int, error], error) {
			t.Error("started")
			return nil, nil
		})
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		s.start()
		synctest.Wait()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestAStreamIsNotStartedBeforeTheFirstFetchAndOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		starts := 0
		s := streamOf(func(context.Context) (iter.Seq2[int, error], error) { starts++; return nil, nil })
		synctest.Wait()
		if starts != 0 {
			t.Error("started though nobody has asked")
		}
		wantEnd(t, s)
		if starts != 1 {
			t.Errorf("started %d times", starts)
		}
		_ = s.Close()
	})
}

func TestAFetchThatIsCancelledLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := produced(func(_ context.Context, yield func(int, error) bool) {
			time.Sleep(time.Hour)
			yield(1, nil)
		})
		cause := errors.New("aborted")
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(time.Second, func() { cancel(cause) })
		begun := time.Now()
		if _, err := s.next(ctx); err != cause || time.Since(begun) != time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		if items, _, err := batch(t, s); len(items) != 1 || err != nil || time.Since(begun) != time.Hour {
			t.Errorf("%d items, %v after %v", len(items), err, time.Since(begun))
		}
		wantEnd(t, s)
		_ = s.Close()
	})
}

func TestSeqStopsWhereItsConsumerStops(t *testing.T) {
	stopped := 0
	seq := Seq(func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
		}
		stopped++
	})
	sum := 0
	for i, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		if sum += i; i == 4 {
			break
		}
	}
	if sum != 10 || stopped != 1 {
		t.Errorf("sum %d, stopped %d times", sum, stopped)
	}
}

func TestChanEndsWhenItIsClosedOrCancelledOrGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		if Chan[int](ctx, nil) != nil {
			t.Error("a nil channel has items")
		}
		collect := func(ctx context.Context, ch <-chan int, most int) (list []int) {
			for i, err := range Chan(ctx, ch) {
				if err != nil {
					t.Error(err)
				}
				if list = append(list, i); len(list) == most {
					break
				}
			}
			return list
		}
		ch := make(chan int, 5)
		for i := range 5 {
			ch <- i
		}
		if got := collect(ctx, ch, 2); len(got) != 2 {
			t.Errorf("%v", got)
		}
		close(ch)
		if got := collect(ctx, ch, 9); len(got) != 3 || got[2] != 4 {
			t.Errorf("%v", got)
		}
		if got := collect(ctx, ch, 9); len(got) != 0 {
			t.Errorf("a closed channel had %v", got)
		}
		time.AfterFunc(time.Minute, cancel)
		begun := time.Now()
		if got := collect(ctx, make(chan int), 9); len(got) != 0 || time.Since(begun) != time.Minute {
			t.Errorf("%v after %v", got, time.Since(begun))
		}
	})
}

// A reader is a resource whose method makes a stream.
type reader struct {
	inside, wrong, closed chan struct{}
}

func (r *reader) Close() error {
	select {
	case <-r.inside:
	default:
		close(r.wrong) // under the producer
	}
	close(r.closed)
	return nil
}

var readers = door.NewClass("Reader")

var openedReader *reader

func init() {
	readers.Define(
		door.Static("open", nil, func(door.Args) (door.Value, error) { return readers.Open(openedReader), nil }),
		door.Sync("read", nil, func(r *reader, _ door.Args) (door.Value, error) {
			return Stream(func(ctx context.Context) (iter.Seq2[int, error], error) {
				return func(yield func(int, error) bool) {
					yield(1, nil)
					<-ctx.Done()
					time.Sleep(20 * time.Millisecond)
					close(r.inside) // it has left
				}, nil
			}), nil
		}).Yields(SchemaOf[int]()),
	)
}

func TestFreeingTheHandleEndsItsStreamsFirst(t *testing.T) {
	openedReader = &reader{make(chan struct{}), make(chan struct{}), make(chan struct{})}
	opened, err := callMember(t, "Reader.open", 0)
	if err != nil {
		t.Fatal(err)
	}
	streamed, err := callMember(t, "Reader.read", opened.Bits)
	if err != nil {
		t.Fatal(err)
	}
	e := newEnv(t)
	e.start(t, "AsyncIterator.next", streamed.Bits)
	if w := e.take(t); w.Tag&^tagAllocated != tagBytes || string(taken(&w)) != "\x91\x01" {
		t.Fatalf("%+v", w)
	}
	e.start(t, "AsyncIterator.next", streamed.Bits)
	var out door.Wire
	door.FreeSync(0, guard.Token(opened.Bits), 10_000, &out)
	select {
	case <-openedReader.wrong:
		t.Error("closed under the producer")
	case <-openedReader.closed:
	}
	w := e.take(t)
	wantCode(t, failure(&w), "ERR_HANDLE_FREED")
}
