// Command addon is the Node addon that Quiesce ships: the bare guard and the
// mapped file. It is built with -buildmode=c-shared.
package main

import (
	"context"

	"github.com/quiesce/quiesce/addon"
	"github.com/quiesce/quiesce/mapped"
)

var file = addon.NewClass("MappedFile")

func init() {
	file.Define(
		addon.StaticAsync("open", addon.Params{addon.StringParam("path")}, open),
		addon.Sync("size", nil, size),
		addon.Sync("read", addon.Params{addon.IntegerParam("offset"), addon.IntegerParam("length")}, read),
		addon.Async("count", addon.Params{addon.DataParam("pattern")}, count),
		addon.Async("indexOf", addon.Params{addon.DataParam("pattern"), addon.IntegerParam("from")}, indexOf),
		addon.Async("lines", addon.Params{addon.IntegerParam("from"), addon.IntegerParam("count")}, lines),
	)
}

func open(ctx context.Context, a addon.Args) (addon.Value, error) {
	f, err := mapped.Open(ctx, a.String(0))
	if err != nil {
		return addon.Value{}, err
	}
	return file.Open(f), nil
}

func size(f *mapped.File, _ addon.Args) (addon.Value, error) {
	return addon.Integer(f.Size()), nil
}

func read(f *mapped.File, a addon.Args) (addon.Value, error) {
	b, err := f.Read(a.Integer(0), a.Integer(1))
	return addon.Bytes(b), err
}

func count(ctx context.Context, f *mapped.File, a addon.Args) (addon.Value, error) {
	n, err := f.Count(ctx, a.Bytes(0))
	return addon.Integer(n), err
}

func indexOf(ctx context.Context, f *mapped.File, a addon.Args) (addon.Value, error) {
	i, err := f.Index(ctx, a.Bytes(0), a.Integer(1))
	return addon.Integer(i), err
}

func lines(ctx context.Context, f *mapped.File, a addon.Args) (addon.Value, error) {
	b, err := f.Lines(ctx, a.Integer(0), a.Integer(1))
	return addon.Bytes(b), err
}

func main() {} // Node calls the members; main is never run
