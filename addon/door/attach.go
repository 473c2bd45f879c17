package door

import (
	"math"
	"time"

	"github.com/quiesce/quiesce/guard"
)

// guardClass is the class of the bare guards that JS opens: handles without a
// resource.
var guardClass = NewClass("Guard")

// OpenGuard opens a bare guard.
func OpenGuard(out *Wire) {
	h, err := table.Open(nil, guard.Options{Class: guardClass})
	if err != nil {
		failPlainly(out, err)
		return
	}
	*out = handleWire(h)
}

// Attach adds an attachment, if the handle is of the class; a class of -1 takes
// any. The handle is answered, and its attachment with it.
func Attach(token guard.Token, class int, out *Wire) {
	h, err := table.Lookup(token)
	switch {
	case err != nil || class < 0:
	case class >= len(classes):
		err = guard.ErrInvalid
	case classOf(h) != classes[class]:
		err = &classError{want: classes[class], got: classOf(h)}
	}
	if err == nil {
		h, err = table.Attach(token)
	}
	if err != nil {
		storeError(out, describeAttach(class, err))
		return
	}
	*out = handleWire(h)
}

func describeAttach(class int, err error) *description {
	name := "Handle"
	if class >= 0 && class < len(classes) {
		name = classes[class].name
	}
	d := describeChain(err, maxCauses)
	d.Message = name + ".attach(): " + d.Message
	if err == guard.ErrFreed {
		d.Message += "; share() keeps one for its receiver"
	}
	return d
}

// Detach gives an attachment back. It never blocks: finalizers and cleanup
// hooks call it. collected tells that a wrapper was collected; if that ends the
// handle, the env is told of the leak.
func Detach(env uint64, token guard.Token, collected bool) {
	h, err := table.Lookup(token)
	if err != nil {
		return
	}
	if collected {
		h.SetCollected()
	}
	freed := h.Freeing()
	if detach(env, h, collected) && collected && !freed {
		warnLeaked(env, h)
	}
}

// detach gives an attachment back and reports whether it was the last.
func detach(env uint64, h *guard.Handle, collected bool) (last bool) {
	by := "detach"
	if collected {
		by = "collect"
	}
	return table.DetachThen(h.Token(), tellsFree(env, h, by))
}

// detachCall gives back the attachment that an async call was. Where the call
// has outlived the wrappers it is the last one, and the leak is told now.
func detachCall(env uint64, h *guard.Handle) {
	freed := h.Freeing()
	if detach(env, h, h.Collected()) && h.Collected() && !freed {
		warnLeaked(env, h)
	}
}

func warnLeaked(env uint64, h *guard.Handle) {
	if classOf(h).quiet {
		return
	}
	leaked.Add(1)
	warn(env, warning{Kind: "leak", Class: classOf(h).name, Token: uint64(h.Token()), Site: h.Site()})
}

// maxTTL is the longest time that Go can count, 292 years, in ms.
const maxTTL = math.MaxInt64 / int64(time.Millisecond)

// Share keeps the handle open until somebody attaches, or for a time in ms.
func Share(env uint64, token guard.Token, ttl float64, out *Wire) {
	h, err := table.Lookup(token)
	if err == nil {
		ttl = min(ttl, float64(maxTTL))
		err = table.Share(token, time.Duration(ttl*float64(time.Millisecond)), func() {
			warn(env, warning{Kind: "share", Class: classOf(h).name, Token: uint64(token), Site: h.Site()})
		})
	}
	if err != nil {
		failPlainly(out, err)
		return
	}
	*out = Wire{}
}

// SetSite tells where the handle was opened.
func SetSite(token guard.Token, site string) {
	if h, err := table.Lookup(token); err == nil {
		h.SetSite(site)
	}
}

// Settle follows a decrement by the shim that left freeing set and no op.
func Settle(token guard.Token) { table.Settle(token) }

// RunsHot follows many enters by the shim that met others on one word.
func RunsHot(token guard.Token) { table.RunsHot(token) }

// Directory returns the address of the directory of slots, for the shim, or 0
// if there is no memory for it.
func Directory() uintptr {
	p, err := table.Directory()
	if err != nil {
		return 0
	}
	return uintptr(p)
}
