package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/quiesce/quiesce/addon"
)

// A panicker has nothing in it.
type panicker struct {
	numbers []int
	counts  map[string]int
}

func (*panicker) Close() error { return nil }

// A codedError has a code of its own and maybe a cause.
type codedError struct {
	code  string
	cause error
}

func (e *codedError) Error() string { return "a coded error" }
func (e *codedError) Code() string  { return e.code }
func (e *codedError) Unwrap() error { return e.cause }

// A hostile error panics when it is asked for its message, as a nil pointer in
// an error interface does.
type hostile struct{ text string }

func (h *hostile) Error() string { return h.text }

var panickers = addon.NewClass("Panicker")

func init() {
	how := addon.Params{addon.StringParam("how")}
	panickers.Define(
		addon.Static("open", nil, func(addon.Args) (addon.Value, error) { return panickers.Open(&panicker{}), nil }),
		addon.Static("panicStatic", how, func(a addon.Args) (addon.Value, error) { return (&panicker{}).panic(a) }),
		addon.Sync("panic", how, (*panicker).panic),
		addon.Async("panicAsync", how, func(_ context.Context, p *panicker, a addon.Args) (addon.Value, error) {
			return p.panic(a)
		}),
		addon.Sync("fine", nil, func(*panicker, addon.Args) (addon.Value, error) { return addon.String("fine"), nil }),
		addon.Async("goexitAsync", nil, func(context.Context, *panicker, addon.Args) (addon.Value, error) {
			runtime.Goexit()
			return addon.Value{}, nil
		}),
		addon.Sync("goexit", nil, func(*panicker, addon.Args) (addon.Value, error) {
			runtime.Goexit()
			return addon.Value{}, nil
		}),
	)
}

func (p *panicker) panic(a addon.Args) (addon.Value, error) {
	zero := len(p.numbers)
	switch how := a.String(0); how {
	case "string":
		panic("a string")
	case "number":
		panic(42)
	case "error":
		panic(errors.New("an error"))
	case "wrapped":
		panic(fmt.Errorf("outer: %w", errors.New("inner")))
	case "coded":
		panic(&codedError{code: "E_CODED"})
	case "hostile":
		panic((*hostile)(nil))
	case "nothing":
		panic(nil)
	case "nil":
		var none *panicker
		return addon.Integer(int64(none.numbers[0])), nil
	case "map":
		p.counts[how]++
	case "divide":
		return addon.Integer(int64(1 / zero)), nil
	case "index":
		return addon.Integer(int64(p.numbers[zero+1])), nil
	case "slice":
		return addon.Integer(int64(len(make([]int, 3)[zero+4:]))), nil
	case "assert":
		return addon.String(any(zero).(string)), nil
	case "closed":
		c := make(chan int)
		close(c)
		close(c)
	case "again":
		defer panic("a second panic")
		panic("a first panic")
	}
	return addon.Value{}, errors.New("no such panic")
}
