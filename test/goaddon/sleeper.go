package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/quiesce/quiesce/addon"
)

// A sleeper has ops and a Close that last as long as one likes.
type sleeper struct {
	closeFor time.Duration
	closeHow string
}

var (
	sleepers       = addon.NewClass("Sleeper")
	sleepersClosed atomic.Int64
	sleepsEnded    atomic.Int64
)

var errCloseFailed = errors.New("Close failed")

// Close waits and then ends as it was told at open.
func (s *sleeper) Close() error {
	time.Sleep(s.closeFor)
	sleepersClosed.Add(1)
	switch s.closeHow {
	case "error":
		return errCloseFailed
	case "path":
		return &os.PathError{Op: "close", Path: "some/file", Err: syscall.EIO}
	case "hostile":
		return (*hostile)(nil)
	case "panic":
		panic("Close panicked")
	case "goexit":
		runtime.Goexit()
	}
	return nil
}

func init() {
	ms := addon.Params{addon.NumberParam("ms")}
	closeLike := addon.Params{addon.NumberParam("closeMs").Opt(), addon.StringParam("closeHow").Opt()}
	sleepers.Define(
		addon.Static("open", closeLike, openSleeper),
		addon.Static("closed", nil, func(addon.Args) (addon.Value, error) {
			return addon.Integer(sleepersClosed.Load()), nil
		}),
		addon.Static("ended", nil, func(addon.Args) (addon.Value, error) {
			return addon.Integer(sleepsEnded.Load()), nil
		}),
		addon.Async("sleep", ms, func(ctx context.Context, _ *sleeper, a addon.Args) (addon.Value, error) {
			defer sleepsEnded.Add(1)
			return addon.Undefined(), sleep(ctx, a.Number(0))
		}),
		addon.Async("stubborn", ms, func(_ context.Context, _ *sleeper, a addon.Args) (addon.Value, error) {
			defer sleepsEnded.Add(1)
			time.Sleep(milliseconds(a.Number(0)))
			return addon.String("done"), nil
		}),
		addon.Async("look", ms, look),
		addon.Sync("block", ms, func(_ *sleeper, a addon.Args) (addon.Value, error) {
			time.Sleep(milliseconds(a.Number(0)))
			return addon.Undefined(), nil
		}),
		addon.Sync("spin", ms, func(_ *sleeper, a addon.Args) (addon.Value, error) {
			spin(a.Number(0))
			return addon.Undefined(), nil
		}),
		addon.Async("spinAsync", ms, func(_ context.Context, _ *sleeper, a addon.Args) (addon.Value, error) {
			spin(a.Number(0))
			return addon.Undefined(), nil
		}),
		addon.Sync("child", closeLike, func(_ *sleeper, a addon.Args) (addon.Value, error) { return openSleeper(a) }),
	)
}

func openSleeper(a addon.Args) (addon.Value, error) {
	s := &sleeper{}
	if a.Has(0) {
		s.closeFor = milliseconds(a.Number(0))
	}
	if a.Has(1) {
		s.closeHow = a.String(1)
	}
	return sleepers.Open(s), nil
}

func sleep(ctx context.Context, ms float64) error {
	select {
	case <-time.After(milliseconds(ms)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// look waits, and then looks at its context for the first time.
func look(ctx context.Context, _ *sleeper, a addon.Args) (addon.Value, error) {
	time.Sleep(milliseconds(a.Number(0)))
	return addon.Bool(ctx.Err() != nil), nil
}

// spin keeps a thread busy by a loop without calls: nothing but a signal can
// preempt it.
func spin(ms float64) {
	var over atomic.Bool
	timer := time.AfterFunc(milliseconds(ms), func() { over.Store(true) })
	defer timer.Stop()
	for !over.Load() {
	}
}
