package addon

/*
#cgo CFLAGS: -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -fvisibility=hidden
#cgo CFLAGS: -I${SRCDIR}/../node_modules/node-api-headers/include
#cgo linux LDFLAGS: -Wl,-unresolved-symbols=ignore-all
#cgo darwin LDFLAGS: -Wl,-undefined,dynamic_lookup
#cgo windows LDFLAGS: -static -lpthread
#include "bridge.h"
*/
import "C"

import (
	"unsafe"

	"github.com/quiesce/quiesce/addon/door"
	"github.com/quiesce/quiesce/guard"
)

// Each function below is one line of the door, for the shim. They run on the
// JS thread of an env; shim.h tells which of them block.

func wires(p *C.qs_value, n C.uint32_t) []door.Wire {
	return unsafe.Slice((*door.Wire)(unsafe.Pointer(p)), n)
}

func wire(p *C.qs_value) *door.Wire { return (*door.Wire)(unsafe.Pointer(p)) }

// quiesceCall takes a sync call across. Go (seen in 1.26) sends a thread no
// further preemption signal before it has acknowledged the last one, and a
// signal that reaches the thread in C is ignored, never acknowledged: a tight
// loop there would then hold up every GC. So the signal is raised again in Go.
//
//export quiesceCall
func quiesceCall(member C.uint32_t, token C.uint64_t, args *C.qs_value, argc C.uint32_t, out *C.qs_value, preempted *C.uint32_t) {
	if *preempted != 0 {
		C.qs__raise_preemption()
		*preempted = 0
	}
	door.Call(uint32(member), guard.Token(token), wires(args, argc), wire(out))
}

//export quiesceStart
func quiesceStart(env, call C.uint64_t, member C.uint32_t, token C.uint64_t, args *C.qs_value, argc C.uint32_t, out *C.qs_value) {
	door.Start(uint64(env), uint64(call), uint32(member), guard.Token(token), wires(args, argc), wire(out))
}

//export quiesceAbort
func quiesceAbort(env, call C.uint64_t) { door.Abort(uint64(env), uint64(call)) }

//export quiesceTake
func quiesceTake(env C.uint64_t, calls *C.uint64_t, results *C.qs_value, room C.uint32_t) C.uint32_t {
	list := unsafe.Slice((*uint64)(unsafe.Pointer(calls)), room)
	return C.uint32_t(door.Take(uint64(env), list, wires(results, room)))
}

//export quiesceMayCall
func quiesceMayCall(env, number C.uint64_t) C.int32_t {
	return C.int32_t(flag(door.MayCall(uint64(env), uint64(number))))
}

//export quiesceNewEnv
func quiesceNewEnv(env, tsfn, current unsafe.Pointer) C.uint64_t {
	return C.uint64_t(door.NewEnv(nativeOf(env, tsfn, current)))
}

//export quiesceCloseEnv
func quiesceCloseEnv(env C.uint64_t) { door.CloseEnv(uint64(env)) }

//export quiesceOpenGuard
func quiesceOpenGuard(out *C.qs_value) { door.OpenGuard(wire(out)) }

//export quiesceAttach
func quiesceAttach(token C.uint64_t, class C.int32_t, out *C.qs_value) {
	door.Attach(guard.Token(token), int(class), wire(out))
}

//export quiesceDetach
func quiesceDetach(env, token C.uint64_t, collected C.int32_t) {
	door.Detach(uint64(env), guard.Token(token), collected != 0)
}

//export quiesceShare
func quiesceShare(env, token C.uint64_t, ttl C.double, out *C.qs_value) {
	door.Share(uint64(env), guard.Token(token), float64(ttl), wire(out))
}

//export quiesceSetSite
func quiesceSetSite(token C.uint64_t, site *C.char, length C.uint64_t) {
	door.SetSite(guard.Token(token), C.GoStringN(site, C.int(length)))
}

//export quiesceSettle
func quiesceSettle(token C.uint64_t) { door.Settle(guard.Token(token)) }

//export quiesceRunsHot
func quiesceRunsHot(token C.uint64_t) { door.RunsHot(guard.Token(token)) }

//export quiesceTrace
func quiesceTrace() { door.Tracing.Store(true) }

//export quiesceFree
func quiesceFree(env, call, token C.uint64_t, ms C.double, out *C.qs_value) {
	door.Free(uint64(env), uint64(call), guard.Token(token), float64(ms), wire(out))
}

//export quiesceFreeSync
func quiesceFreeSync(env, token C.uint64_t, ms C.double, out *C.qs_value) {
	door.FreeSync(uint64(env), guard.Token(token), float64(ms), wire(out))
}

//export quiesceFreeAll
func quiesceFreeAll(env, call C.uint64_t, ms C.double, out *C.qs_value) {
	door.FreeAll(uint64(env), uint64(call), float64(ms), wire(out))
}

// The reports, in the order of module.c.
var reports = [...]func(*door.Wire){door.Describe, door.Handles, door.Stats, door.Ops}

//export quiesceReport
func quiesceReport(what C.uint32_t, out *C.qs_value) { reports[what](wire(out)) }

//export quiesceSurvey
func quiesceSurvey(limit C.uint64_t, out *C.qs_value) { door.Survey(uint64(limit), wire(out)) }

//export quiesceListen
func quiesceListen(env C.uint64_t, what C.uint32_t) { door.Listen(uint64(env), uint32(what)) }

//export quiesceSetThread
func quiesceSetThread(env C.uint64_t, thread C.int64_t) { door.SetThread(uint64(env), int64(thread)) }

//export quiesceDirectory
func quiesceDirectory() C.uintptr_t { return C.uintptr_t(door.Directory()) }

//export quiesceMembers
func quiesceMembers() C.uint32_t { return C.uint32_t(door.Members()) }

//export quiesceShape
func quiesceShape(member C.uint32_t, out *C.qs_shape) {
	s := door.ShapeOf(int(member))
	out.number = member
	out.is_static, out.is_async = flag(s.Static), flag(s.Async)
	out.required, out.params = C.uint8_t(s.Required), C.uint8_t(len(s.Kinds))
	for i, kind := range s.Kinds {
		out.kinds[i] = C.uint8_t(kind)
	}
}

func flag(b bool) C.uint8_t {
	if b {
		return 1
	}
	return 0
}
