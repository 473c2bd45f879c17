package door

import (
	"unsafe"

	"github.com/quiesce/quiesce/guard"
)

// Memory is C's: results that do not fit the shim's own room are copied there.
// The shim frees what it has taken, the door what it drops.
var Memory struct {
	// Alloc returns n bytes, or 0 if there are none.
	Alloc func(n uint64) uintptr
	Free  func(p uintptr)
	// Make copies a string or bytes straight into a JS value of the env. The
	// caller is in a sync call from that env.
	Make func(env, tag uint64, text string) uint64
}

// tagAllocated marks a Wire whose Data is from Memory.
const tagAllocated = 1 << 8

// answer writes what a member returned. A resource becomes a handle: a child
// of the one that was passed, or one of its own.
func answer(out *Wire, m *Member, parent *pass, v Value, err error) {
	if err != nil {
		fail(out, m, err)
		return
	}
	switch v.tag {
	case tagString, tagBytes:
		if env := out.Bits; env != 0 && v.bits > out.Length {
			*out = Wire{Tag: uint64(tagMade), Bits: Memory.Make(env, uint64(v.tag), v.text())}
		} else if !store(out, v.tag, v.text()) {
			fail(out, m, noMemoryError(len(v.text())))
		}
	case tagHandle:
		w, err := open(parent, v.opening())
		if err != nil {
			fail(out, m, err)
			return
		}
		*out = w
	case tagError:
		fail(out, m, RangeError("the result "+v.text()))
	default:
		*out = v.scalar()
	}
}

// handleWire passes on one attachment of the handle.
func handleWire(h *guard.Handle) Wire {
	if h == nil {
		return Wire{}
	}
	return Wire{Tag: uint64(tagHandle), Bits: uint64(h.Token()), Length: uint64(classOf(h).number)}
}

// fail answers with an error. Without memory for its description the error
// still arrives, as one without a description.
func fail(out *Wire, m *Member, err error) {
	storeError(out, describe(m, err))
}

// failPlainly answers with the error of something that is no member.
func failPlainly(out *Wire, err error) { storeError(out, describeChain(err, maxCauses)) }

func storeError(out *Wire, d *description) {
	text := mustEncode(d)
	if !store(out, tagError, unsafe.String(unsafe.SliceData(text), len(text))) {
		*out = Wire{Tag: uint64(tagError)}
	}
}

// store copies text to the room in out, or to memory of its own.
func store(out *Wire, t tag, text string) bool {
	n := uint64(len(text))
	if n > out.Length {
		p := Memory.Alloc(n)
		if p == 0 {
			return false
		}
		out.Data = p
		t |= tagAllocated
	}
	out.Tag, out.Bits, out.Length = uint64(t), 0, n
	copy(out.bytes(), text)
	return true
}

// drop gives back what a result holds that nobody will take.
func drop(w *Wire) {
	if w.Tag&tagAllocated != 0 {
		Memory.Free(w.Data)
	}
	if tag(w.Tag) == tagHandle {
		table.Detach(guard.Token(w.Bits))
	}
	*w = Wire{}
}
