package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/quiesce/quiesce/addon"
)

var echo = addon.NewClass("Echo")

// Each kind is echoed by four functions: string(), stringAsync(), and both
// with an optional parameter, which answer "absent" to none.
var echoed = []struct {
	param addon.Param
	echo  func(a addon.Args) addon.Value
}{
	{addon.AnyParam("any"), func(a addon.Args) addon.Value { return a.Value(0) }},
	{addon.BoolParam("bool"), func(a addon.Args) addon.Value { return addon.Bool(a.Bool(0)) }},
	{addon.NumberParam("number"), func(a addon.Args) addon.Value { return addon.Number(a.Number(0)) }},
	{addon.IntegerParam("integer"), func(a addon.Args) addon.Value { return addon.Integer(a.Integer(0)) }},
	{addon.Int64Param("int64"), func(a addon.Args) addon.Value { return addon.Int64(a.Int64(0)) }},
	{addon.StringParam("string"), func(a addon.Args) addon.Value { return addon.String(a.String(0)) }},
	{addon.BytesParam("bytes"), func(a addon.Args) addon.Value { return addon.Bytes(a.Bytes(0)) }},
	{addon.DataParam("data"), func(a addon.Args) addon.Value { return addon.Bytes(a.Bytes(0)) }},
}

func init() {
	for _, e := range echoed {
		name := e.param.Name
		present := func(a addon.Args) (addon.Value, error) { return e.echo(a), nil }
		optional := func(a addon.Args) (addon.Value, error) {
			if !a.Has(0) {
				return addon.String("absent"), nil
			}
			return e.echo(a), nil
		}
		defineBoth(name, addon.Params{e.param}, present)
		defineBoth(name+"Optional", addon.Params{e.param.Opt()}, optional)
	}
	defineBoth("zero", addon.Params{addon.StringParam("how")}, zero)
	defineBoth("unsafeInteger", nil, func(addon.Args) (addon.Value, error) { return addon.Integer(1 << 60), nil })
	defineBoth("minInteger", nil, func(addon.Args) (addon.Value, error) { return addon.Integer(math.MinInt64), nil })
	defineBoth("invalidUTF8", nil, func(addon.Args) (addon.Value, error) { return addon.String("a\xffb\xc3"), nil })
	defineBoth("stringOf", addon.Params{addon.IntegerParam("length")}, func(a addon.Args) (addon.Value, error) {
		return addon.String(strings.Repeat("x", int(a.Integer(0)))), nil
	})
	defineBoth("bytesOf", addon.Params{addon.IntegerParam("length")}, func(a addon.Args) (addon.Value, error) {
		return addon.Bytes(bytes.Repeat([]byte{7}, int(a.Integer(0)))), nil
	})
	defineBoth("twelve", twelveParams(), twelve)
	defineBoth("sum", addon.Params{addon.BytesParam("bytes")}, sum)
	echo.Define(
		addon.StaticAsync("later", addon.Params{addon.DataParam("data"), addon.NumberParam("ms")},
			func(ctx context.Context, a addon.Args) (addon.Value, error) {
				err := sleep(ctx, a.Number(1))
				return addon.Bytes(a.Bytes(0)), err
			}),
		addon.Static("seen", addon.Params{addon.BytesParam("bytes"), addon.IntegerParam("rounds")}, seen),
	)
}

// defineBoth defines a function and one that answers the same by a promise.
func defineBoth(name string, p addon.Params, f func(addon.Args) (addon.Value, error)) {
	echo.Define(
		addon.Static(name, p, f),
		addon.StaticAsync(name+"Async", p, func(_ context.Context, a addon.Args) (addon.Value, error) { return f(a) }),
	)
}

// zero returns the zero value of a kind, or fails.
func zero(a addon.Args) (addon.Value, error) {
	switch a.String(0) {
	case "value":
		return addon.Value{}, nil
	case "undefined":
		return addon.Undefined(), nil
	case "null":
		return addon.Null(), nil
	case "bool":
		return addon.Bool(false), nil
	case "number":
		return addon.Number(0), nil
	case "integer":
		return addon.Integer(0), nil
	case "int64":
		return addon.Int64(0), nil
	case "string":
		return addon.String(""), nil
	case "bytes":
		return addon.Bytes(nil), nil
	}
	return addon.Value{}, fmt.Errorf("no such kind")
}

func twelveParams() (list addon.Params) {
	for i := range 12 {
		list = append(list, addon.StringParam(fmt.Sprint("p", i)))
	}
	return list
}

func twelve(a addon.Args) (addon.Value, error) {
	parts := make([]string, a.Len())
	for i := range parts {
		parts[i] = a.String(i)
	}
	return addon.String(strings.Join(parts, "|")), nil
}

func sum(a addon.Args) (addon.Value, error) {
	total := 0
	for _, b := range a.Bytes(0) {
		total += int(b)
	}
	return addon.Integer(int64(total)), nil
}

// seen takes the bytes again and again while somebody else may write them, and
// returns how many different first bytes there were.
func seen(a addon.Args) (addon.Value, error) {
	var first [256]bool
	n := 0
	for range a.Integer(1) {
		if b := a.Bytes(0); len(b) > 0 && !first[b[0]] {
			first[b[0]] = true
			n++
		}
	}
	return addon.Integer(int64(n)), nil
}
