package main

import (
	"strconv"
	"sync/atomic"
	"unsafe"

	"github.com/quiesce/quiesce/addon"
	"github.com/quiesce/quiesce/addon/door"
	"github.com/quiesce/quiesce/guard"
)

func init() {
	goRuntime.Define(addon.Static("addOps",
		addon.Params{addon.IntegerParam("token"), addon.StringParam("ops")}, addOps))
}

// addOps adds to the ops in flight of a handle that is open, as so many enters
// would: real ones up to the limit would take a minute. The number is a text, so
// that a test which calls all there is with the same nonsense is refused.
func addOps(a addon.Args) (addon.Value, error) {
	ops, err := strconv.ParseInt(a.String(1), 10, 64)
	if err != nil {
		return addon.Value{}, err
	}
	index := uint64(a.Integer(0)) >> 32
	chunk := at[atomic.Uintptr](door.Directory(), index/guard.ChunkSlots*8).Load()
	word := at[atomic.Uint64](chunk, index%guard.ChunkSlots*guard.SlotSize)
	word.Add(uint64(ops))
	return addon.Undefined(), nil
}

// at returns what lies that many bytes behind an address that is not Go's.
func at[T any](address uintptr, offset uint64) *T {
	address += uintptr(offset)
	return *(**T)(unsafe.Pointer(&address))
}
