package main

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/quiesce/quiesce/addon"
)

// A counter is the plain resource. It notices when it is used after Close.
type counter struct {
	value  atomic.Int64
	name   string
	closed atomic.Bool
}

var (
	counters       = addon.NewClass("Counter")
	countersOpened atomic.Int64
	countersClosed atomic.Int64
	useAfterClose  atomic.Int64

	closeOrderMu sync.Mutex
	closeOrder   []string
)

func newCounter(start int64, name string) *counter {
	c := &counter{name: name}
	c.value.Store(start)
	countersOpened.Add(1)
	return c
}

func (c *counter) Close() error {
	if c.closed.Swap(true) {
		panic("Counter: closed twice")
	}
	closeOrderMu.Lock()
	closeOrder = append(closeOrder, c.name)
	closeOrderMu.Unlock()
	countersClosed.Add(1)
	return nil
}

func (c *counter) add(n int64) int64 {
	if c.closed.Load() {
		useAfterClose.Add(1)
	}
	return c.value.Add(n)
}

func init() {
	start := addon.Params{addon.IntegerParam("start").Opt()}
	counters.Define(
		addon.Static("open", start, openCounter),
		addon.StaticAsync("openAsync", start, func(_ context.Context, a addon.Args) (addon.Value, error) {
			return openCounter(a)
		}),
		addon.Static("openCount", nil, func(addon.Args) (addon.Value, error) {
			return addon.Integer(countersOpened.Load() - countersClosed.Load()), nil
		}),
		addon.Static("closed", nil, func(addon.Args) (addon.Value, error) {
			return addon.Integer(countersClosed.Load()), nil
		}),
		addon.Static("usedAfterClose", nil, func(addon.Args) (addon.Value, error) {
			return addon.Integer(useAfterClose.Load()), nil
		}),
		addon.Static("closeOrder", nil, func(addon.Args) (addon.Value, error) {
			closeOrderMu.Lock()
			defer closeOrderMu.Unlock()
			return addon.String(strings.Join(closeOrder, ",")), nil
		}),
		addon.Sync("add", addon.Params{addon.IntegerParam("n")}, addToCounter),
		addon.Async("addAsync", addon.Params{addon.IntegerParam("n")},
			func(_ context.Context, c *counter, a addon.Args) (addon.Value, error) { return addToCounter(c, a) }),
		addon.Sync("value", nil, func(c *counter, _ addon.Args) (addon.Value, error) {
			return addon.Integer(c.add(0)), nil
		}),
		addon.Sync("name", nil, func(c *counter, _ addon.Args) (addon.Value, error) {
			return addon.String(c.name), nil
		}),
		addon.Sync("addFrom", addon.Params{addon.HandleParam("other", counters)}, addFrom),
		addon.Async("addFromAsync", addon.Params{addon.HandleParam("other", counters), addon.NumberParam("ms").Opt()},
			func(ctx context.Context, c *counter, a addon.Args) (addon.Value, error) {
				if a.Has(1) {
					if err := sleep(ctx, a.Number(1)); err != nil {
						return addon.Value{}, err
					}
				}
				return addFrom(c, a)
			}),
		addon.Sync("child", addon.Params{addon.StringParam("name")}, openChild),
		addon.Async("childAsync", addon.Params{addon.StringParam("name"), addon.NumberParam("ms").Opt()}, openChildAsync),
	)
}

func openCounter(a addon.Args) (addon.Value, error) {
	var start int64
	if a.Has(0) {
		start = a.Integer(0)
	}
	return counters.Open(newCounter(start, "")), nil
}

func addToCounter(c *counter, a addon.Args) (addon.Value, error) {
	return addon.Integer(c.add(a.Integer(0))), nil
}

func addFrom(c *counter, a addon.Args) (addon.Value, error) {
	return addon.Integer(c.add(a.Resource(0).(*counter).add(0))), nil
}

func openChild(c *counter, a addon.Args) (addon.Value, error) {
	return counters.Open(newCounter(c.add(0), a.String(0))), nil
}

// openChildAsync ignores its context: the child may come after the parent's
// free has begun.
func openChildAsync(_ context.Context, c *counter, a addon.Args) (addon.Value, error) {
	if a.Has(1) {
		_ = sleep(context.Background(), a.Number(1))
	}
	return openChild(c, a)
}
