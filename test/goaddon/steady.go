package main

import (
	"time"

	"github.com/quiesce/quiesce/addon"
)

func init() {
	echo.Define(addon.Static("isSteady", addon.Params{addon.BytesParam("bytes"), addon.NumberParam("ms")}, isSteady))
}

// isSteady takes the bytes once and reports whether the first one stays as it
// is for a time, whatever others write meanwhile.
func isSteady(a addon.Args) (addon.Value, error) {
	b := a.Bytes(0)
	first := b[0]
	for end := time.Now().Add(milliseconds(a.Number(1))); time.Now().Before(end); {
		if b[0] != first {
			return addon.Bool(false), nil
		}
	}
	return addon.Bool(true), nil
}
