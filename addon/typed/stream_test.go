package typed

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/quiesce/quiesce/guard"
)

func streamOf[T any](start func(ctx context.Context) (iter.Seq2[T, error], error)) *stream {
	return (*(*io.Closer)(dataOf(Stream(start)))).(*stream)
}

// produced makes a stream of what the function yields.
func produced[T any](f func(ctx context.Context, yield func(T, error) bool)) *stream {
	return streamOf(func(ctx context.Context) (iter.Seq2[T, error], error) {
		return func(yield func(T, error) bool) { f(ctx, yield) }, nil
	})
}

// batch returns the next items as they are encoded; false after the last.
func batch(t testing.TB, s *stream) (items [][]byte, more bool, err error) {
	t.Helper()
	v, err := s.next(t.Context())
	if err != nil {
		return nil, true, err
	}
	text, more := encodedOf(v)
	if !more {
		return nil, false, nil
	}
	n, b, err := msgp.ReadArrayHeaderBytes([]byte(text))
	if err != nil || n == 0 {
		t.Fatalf("%d items, %v", n, err)
	}
	for range n {
		rest, err := msgp.Skip(b)
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, b[:len(b)-len(rest)])
		b = rest
	}
	if len(b) > 0 {
		t.Fatalf("%x is left", b)
	}
	return items, true, nil
}

func wantEnd(t testing.TB, s *stream) {
	t.Helper()
	for range 2 {
		if items, more, err := batch(t, s); more || err != nil {
			t.Errorf("after the end: %x, %v", items, err)
		}
	}
}

func TestItemsComeInOrderAndInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := produced(func(_ context.Context, yield func(int, error) bool) {
			for i := range 100 {
				yield(i, nil)
				if i == 49 {
					time.Sleep(time.Second)
				}
			}
		})
		s.start()
		synctest.Wait()
		var got []int
		for _, want := range []int{50, 50} { // what is there comes at once
			items, more, err := batch(t, s)
			if len(items) != want || !more || err != nil {
				t.Fatalf("%d items, %v, %v", len(items), more, err)
			}
			for _, item := range items {
				i, _, _ := msgp.ReadIntBytes(item)
				got = append(got, i)
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
		}
		if len(got) != 100 || !slices.IsSorted(got) {
			t.Errorf("%v", got)
		}
		wantEnd(t, s)
		_ = s.Close()
	})
}

// count makes an endless stream of such texts, and tells how many it has made.
func count(text string) (*stream, *atomic.Int64) {
	n := new(atomic.Int64)
	return produced(func(_ context.Context, yield func(string, error) bool) {
		for n.Add(1); yield(text, nil); n.Add(1) {
		}
	}), n
}

func TestAProducerWaitsWhile256ItemsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, n := count("x")
		defer s.Close()
		s.start()
		for fetched := 0; fetched < 1000; {
			synctest.Wait()
			if made := int(n.Load()); made != fetched+257 { // one more, that has no room yet
				t.Fatalf("%d items were made when %d had been fetched", made, fetched)
			}
			items, _, err := batch(t, s)
			if len(items) != 256 || err != nil {
				t.Fatalf("%d items, %v", len(items), err)
			}
			fetched += len(items)
		}
	})
}

func TestAProducerWaitsWhile256KiBWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct{ size, items int }{
			{64<<10 - 3, 4}, {64<<10 - 2, 3}, {100 << 10, 2}, {256<<10 - 5, 1}, {1 << 20, 1}, // a header is of 3 or 5 bytes
		} {
			s, n := count(strings.Repeat("x", c.size))
			s.start()
			synctest.Wait()
			made := int(n.Load())
			items, _, err := batch(t, s)
			if len(items) != c.items || made != c.items+1 || err != nil {
				t.Errorf("of %d bytes each: %d items fetched, %d made, %v", c.size, len(items), made, err)
			}
			_ = s.Close()
		}
	})
}

func TestAnErrorComesAfterTheItemsOnceAndThenTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := errors.New("failed")
		s := produced(func(_ context.Context, yield func(int, error) bool) {
			yield(1, nil)
			yield(2, nil)
			if yield(3, failed) {
				t.Error("it was asked for more after its error")
			}
		})
		s.start()
		synctest.Wait()
		if items, _, err := batch(t, s); len(items) != 2 || err != nil {
			t.Errorf("%d items, %v", len(items), err)
		}
		if _, _, err := batch(t, s); err != failed {
			t.Error(err)
		}
		wantEnd(t, s)
		_ = s.Close()
	})
}

// A range over it would panic; what is told is its error.
func TestAProducerThatGoesOnAfterItsErrorIsThatError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := errors.New("failed")
		s := produced(func(_ context.Context, yield func(int, error) bool) {
			yield(1, failed)
			yield(2, nil)
		})
		if _, _, err := batch(t, s); err != failed {
			t.Error(err)
		}
		wantEnd(t, s)
		_ = s.Close()
	})
}

func TestAProducerThatPanicsOrEndsItsGoroutineIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("cause")
		for want, end := range map[string]func(){
			"panic: cause":              func() { panic(cause) },
			"runtime.Goexit was called": goexit,
		} {
			closed := false
			s := produced(func(_ context.Context, yield func(int, error) bool) {
				defer func() { closed = true }()
				yield(1, nil)
				end()
			})
			s.start()
			synctest.Wait()
			if items, _, err := batch(t, s); len(items) != 1 || err != nil {
				t.Errorf("%d items, %v", len(items), err)
			}
			_, _, err := batch(t, s)
			var p *guard.PanicError
			if !errors.As(err, &p) || err.Error() != want || (p.Value != nil) != strings.Contains(p.GoStack, "stream_test.go") {
				t.Errorf("%s: %+v", want, err)
			}
			wantEnd(t, s)
			_ = s.Close() // must not wait for what has ended
			if !closed {
				t.Error("its deferred calls have not run")
			}
		}
	})
}

func TestAnItemThatJSCannotHoldIsARangeErrorAfterTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type entry struct{ Total int }
		made := 0
		s := produced(func(_ context.Context, yield func([]entry, error) bool) {
			for made++; yield([]entry{{made}}, nil) && made < 3; made++ {
			}
			yield([]entry{{}, {safe + 1}}, nil)
			made++
		})
		s.start()
		synctest.Wait()
		if items, _, err := batch(t, s); len(items) != 3 || err != nil {
			t.Errorf("%d items, %v", len(items), err)
		}
		_, _, err := batch(t, s)
		wantRangeError(t, err, "an item[1].Total")
		wantEnd(t, s)
		_ = s.Close()
	})
}

func TestNothingToIterateOverIsAnEndAndAStartThatFailsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := errors.New("failed")
		fails := streamOf(func(context.Context) (iter.Seq2[int, error], error) { return nil, failed })
		if _, _, err := batch(t, fails); err != failed {
			t.Error(err)
		}
		wantEnd(t, fails)
		empty := streamOf(func(context.Context) (iter.Seq2[int, error], error) { return nil, nil })
		wantEnd(t, empty)
		none := streamOf(func(context.Context) (iter.Seq2[int, error], error) { return Seq[int](nil), nil })
		wantEnd(t, none)
		for _, s := range []*stream{fails, empty, none} {
			_ = s.Close()
		}
	})
}
