package addon

/*
#include "bridge.h"
*/
import "C"

import (
	"unsafe"

	"github.com/quiesce/quiesce/addon/door"
	"github.com/quiesce/quiesce/guard"
)

func init() {
	door.Memory.Alloc = func(n uint64) uintptr { return uintptr(C.qs__alloc(C.uint64_t(n))) }
	door.Memory.Free = func(p uintptr) { C.qs__free(C.uintptr_t(p)) }
	door.Memory.Make = func(env uint64, tag uint64, text string) uint64 {
		data := (*C.char)(unsafe.Pointer(unsafe.StringData(text)))
		return uint64(C.qs__make(C.uintptr_t(env), C.uint64_t(tag), data, C.uint64_t(len(text))))
	}
	door.ThreadHolds = func(t guard.Token) bool { return C.qs__thread_holds(C.uint64_t(t)) != 0 }
	door.Clock = func() uint64 { return uint64(C.qs__clock()) }
}

// nativeOf joins an env of the shim to the door.
func nativeOf(env, tsfn, current unsafe.Pointer) door.Native {
	return door.Native{
		Wake:        func() { C.qs__wake(tsfn) },
		Current:     (*door.CurrentOp)(current),
		Holds:       func(yield func(door.Hold)) { eachHold(env, yield) },
		Attachments: func(yield func(guard.Token)) { eachAttachment(env, yield) },
	}
}

// eachHold reads the ledger of an env.
func eachHold(env unsafe.Pointer, yield func(door.Hold)) {
	holds := readAll(16, func(room []C.qs_hold) C.uint64_t {
		return C.qs__read_holds(env, &room[0], C.uint64_t(len(room)))
	})
	for _, h := range holds {
		yield(door.Hold{Token: guard.Token(h.token), Count: uint32(h.count), Times: uint64(h.times)})
	}
}

// eachAttachment reads the wrappers of an env.
func eachAttachment(env unsafe.Pointer, yield func(guard.Token)) {
	tokens := readAll(64, func(room []C.uint64_t) C.uint64_t {
		return C.qs__read_attachments(env, &room[0], C.uint64_t(len(room)))
	})
	for _, token := range tokens {
		yield(guard.Token(token))
	}
}

// readAll has read fill a room that grows until all fit; read returns how many
// there are.
func readAll[T any](n int, read func(room []T) C.uint64_t) []T {
	for {
		room := make([]T, n)
		found := int(read(room))
		if found <= n {
			return room[:found]
		}
		n = 2 * found
	}
}

// What C and Go must agree on, checked when this is compiled.
var (
	_ [unsafe.Sizeof(C.qs_value{})]byte             = [unsafe.Sizeof(door.Wire{})]byte{}
	_ [unsafe.Offsetof(C.qs_value{}.data)]byte      = [unsafe.Offsetof(door.Wire{}.Data)]byte{}
	_ [unsafe.Offsetof(C.qs_value{}.length)]byte    = [unsafe.Offsetof(door.Wire{}.Length)]byte{}
	_ [unsafe.Sizeof(C.qs_current{})]byte           = [unsafe.Sizeof(door.CurrentOp{})]byte{}
	_ [unsafe.Offsetof(C.qs_current{}.started)]byte = [unsafe.Offsetof(door.CurrentOp{}.Started)]byte{}
	_ [unsafe.Offsetof(C.qs_current{}.held)]byte    = [unsafe.Offsetof(door.CurrentOp{}.Held)]byte{}
	_ [C.QS_SLOT_SIZE]byte                          = [guard.SlotSize]byte{}
	_ [C.QS_STRIPES_OFFSET]byte                     = [guard.StripesOffset]byte{}
	_ [C.QS_STRIPE_SIZE]byte                        = [guard.StripeSize]byte{}
	_ [C.QS_HOT_AFTER]byte                          = [guard.HotAfter]byte{}
	_ [C.QS_CHUNK_SLOTS]byte                        = [guard.ChunkSlots]byte{}
	_ [C.QS_MAX_HANDLES]byte                        = [guard.MaxHandles]byte{}
	_ [C.QS_OPS_LIMIT]byte                          = [guard.OpsLimit]byte{}
	_ [C.QS_MAX_PARAMS]byte                         = [door.MaxParams]byte{}
	_ [C.QS_KIND_CALLBACK]byte                      = [door.KindCallback]byte{}
)
