//go:build !quiesce_control_copy

package door

import "slices"

// copied returns a copy, which is never nil.
func copied(b []byte) []byte { return append(make([]byte, 0, len(b)), b...) }

// own copies arguments whose memory ends with the crossing.
func own(wires []Wire, k *kept) Args {
	total := 0
	for i := range wires {
		if wires[i].hasData() {
			total += int(wires[i].Length)
		}
	}
	a := Args{slices.Clone(wires), k}
	k.owned = make([]byte, 0, total+1)
	for i := range wires {
		if wires[i].hasData() {
			a.wires[i].Data = uintptr(len(k.owned))
			k.owned = append(k.owned, wires[i].bytes()...)
		}
	}
	return a
}
