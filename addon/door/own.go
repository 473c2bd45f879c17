//go:build !quiesce_control_copy

package door

// copied returns a copy, which is never nil.
func copied(b []byte) []byte { return append(make([]byte, 0, len(b)), b...) }

// own copies arguments whose memory ends with the crossing.
func own(wires []Wire) Args {
	total := 0
	for i := range wires {
		if wires[i].hasData() {
			total += int(wires[i].Length)
		}
	}
	a := Args{wires: make([]Wire, len(wires)), owned: make([]byte, 0, total+1)}
	copy(a.wires, wires)
	for i := range wires {
		if wires[i].hasData() {
			a.wires[i].Data = uintptr(len(a.owned))
			a.owned = append(a.owned, wires[i].bytes()...)
		}
	}
	return a
}
