package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"

	"github.com/quiesce/quiesce/addon"
	"golang.org/x/sys/unix"
)

var addressSpace unix.Rlimit // as it was before starve

func init() {
	goRuntime.Define(
		addon.Static("starve", addon.Params{addon.StringParam("spare")}, starve),
		addon.Static("feed", nil, func(addon.Args) (addon.Value, error) {
			return addon.Undefined(), unix.Setrlimit(unix.RLIMIT_AS, &addressSpace)
		}),
	)
}

// starve has every mapping fail from now on that takes the process further
// than so many bytes; a text, as in addOps. Go's collector is off, for what it needs may not be there.
func starve(a addon.Args) (addon.Value, error) {
	spare, err := strconv.ParseUint(a.String(0), 10, 64)
	if err != nil {
		return addon.Value{}, err
	}
	debug.SetGCPercent(-1)
	if err := unix.Getrlimit(unix.RLIMIT_AS, &addressSpace); err != nil {
		return addon.Value{}, err
	}
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return addon.Value{}, err
	}
	var pages uint64
	if _, err := fmt.Sscan(string(text), &pages); err != nil {
		return addon.Value{}, err
	}
	limit := addressSpace
	limit.Cur = pages*uint64(os.Getpagesize()) + spare
	return addon.Undefined(), unix.Setrlimit(unix.RLIMIT_AS, &limit)
}
