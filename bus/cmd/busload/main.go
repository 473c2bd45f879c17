// Command busload drives a bus in a directory from Go, as bench/bus/directory.mjs
// does from JavaScript, so that the two can be compared:
//
//	go run ./cmd/busload DIR
//
// It takes commands by stdin, one a line, and answers each by `ok` when it is
// done: `batches N` publishes N events in batches of 1000, `singles N` one after
// the other, each when the one before is stored; `take N` subscribes, and reads
// the first N events. It ends when stdin does.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/jet"
	"github.com/quiesce/quiesce/bus/internal/record"
)

// As in bench/bus/directory.mjs.
const (
	batchEvents     = 1000
	batchesInFlight = 4
	eventBytes      = 128
)

// As lib/bus has them.
const (
	inFlight  = 4096
	mostTaken = 1024
	pageBytes = 128 << 10
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "Usage: busload DIR")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string) error {
	bus, err := jet.OpenDir(ctx, jet.DirOptions{Dir: dir})
	if err != nil {
		return err
	}
	defer bus.Close()
	topic, err := bus.Topic(ctx, "load", nil)
	if err != nil {
		return err
	}
	defer topic.Close()
	return serve(ctx, &load{topic: topic, event: make([]byte, eventBytes)})
}

func serve(ctx context.Context, l *load) error {
	commands := map[string]func(context.Context, int) error{
		"batches": l.batches, "singles": l.singles, "take": l.take,
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var what string
		var n int
		if _, err := fmt.Sscan(lines.Text(), &what, &n); err != nil {
			return fmt.Errorf("%q is no command: %w", lines.Text(), err)
		}
		command := commands[what]
		if command == nil {
			return fmt.Errorf("there is no command %q", what)
		}
		if err := command(ctx, n); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		fmt.Println("ok")
	}
	return lines.Err()
}

type load struct {
	topic backend.Topic
	event []byte
}

// publish encodes the events anew each time, as lib/bus does.
func (l *load) publish(ctx context.Context, count int) error {
	var batch []byte
	for range count {
		batch = record.Append(batch, &record.Event{Data: l.event})
	}
	seqs, err := l.topic.Publish(ctx, batch, count)
	if err == nil && len(seqs) != count {
		err = fmt.Errorf("%d numbers for %d events", len(seqs), count)
	}
	return err
}

func (l *load) batches(ctx context.Context, n int) error {
	var left atomic.Int64
	left.Store(int64(n))
	done := make(chan error, batchesInFlight)
	for range batchesInFlight {
		go func() {
			for {
				count := min(left.Add(-batchEvents)+batchEvents, batchEvents)
				if count <= 0 {
					done <- nil
					return
				}
				if err := l.publish(ctx, int(count)); err != nil {
					done <- err
					return
				}
			}
		}()
	}
	var err error
	for range batchesInFlight {
		if e := <-done; e != nil {
			err = e
		}
	}
	return err
}

func (l *load) singles(ctx context.Context, n int) error {
	for range n {
		if err := l.publish(ctx, 1); err != nil {
			return err
		}
	}
	return nil
}

func (l *load) take(ctx context.Context, n int) error {
	s, err := l.topic.Subscribe(ctx, backend.Options{From: backend.First, MaxInFlight: inFlight})
	if err != nil {
		return err
	}
	defer s.Close()
	into := make([]byte, pageBytes)
	for got, bytes := 0, 0; got < n; {
		size, err := s.Take(into, min(mostTaken, n-got))
		if err != nil {
			return err
		}
		page := into[:max(size, 0)]
		if len(page) == 0 {
			if err := s.Wait(ctx); err != nil {
				return err
			}
		}
		for ; len(page) > 0; page = page[record.SizeAt(page):] {
			bytes += len(record.DeliveredAt(page).Data)
			got++
		}
		if bytes != got*eventBytes {
			return fmt.Errorf("%d bytes in %d events", bytes, got)
		}
	}
	return nil
}
