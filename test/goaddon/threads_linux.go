package main

import (
	"context"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/quiesce/quiesce/addon"
	"golang.org/x/sys/unix"
)

func init() {
	goRuntime.Define(
		addon.StaticAsync("signalThreads",
			addon.Params{addon.StringParam("spared"), addon.IntegerParam("signal"), addon.NumberParam("ms")},
			signalThreads),
	)
}

// signalThreads aims a signal at every thread of the process but those that
// are spared (thread ids with commas between), again and again, and answers how
// many it has sent.
func signalThreads(ctx context.Context, a addon.Args) (addon.Value, error) {
	spared := map[string]bool{}
	for _, id := range strings.Split(a.String(0), ",") {
		spared[id] = true
	}
	var sent int64
	for end := time.Now().Add(milliseconds(a.Number(2))); time.Now().Before(end) && ctx.Err() == nil; {
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return addon.Value{}, err
		}
		for _, thread := range threads {
			if id, err := strconv.Atoi(thread.Name()); err == nil && !spared[thread.Name()] {
				if unix.Tgkill(os.Getpid(), id, syscall.Signal(a.Integer(1))) == nil {
					sent++
				}
			}
		}
	}
	return addon.Integer(sent), nil
}
