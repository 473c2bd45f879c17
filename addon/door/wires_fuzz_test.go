package door

import (
	"bytes"
	"encoding/binary"
	"math"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"github.com/quiesce/quiesce/guard"
)

// wiresIn reads wires of any tag from bytes. What they hold lies in those bytes,
// as the shim's lies in memory of C.
func wiresIn(b []byte) (list []Wire) {
	for len(b) >= 10 && len(list) < MaxParams {
		w := Wire{Tag: uint64(b[0] % 16), Bits: binary.LittleEndian.Uint64(b[2:])}
		n := int(b[1])
		b = b[10:]
		if n = min(n, len(b)); w.hasData() {
			w.Length = uint64(n)
			w.Data = uintptr(unsafe.Pointer(unsafe.SliceData(b)))
			b = b[n:]
		}
		list = append(list, w)
	}
	return list
}

func wireOf(tag tag, bits uint64, data string) []byte {
	b := binary.LittleEndian.AppendUint64([]byte{byte(tag), byte(len(data))}, bits)
	return append(b, data...)
}

// What an async call keeps is the same as what it was given, and none of it lies
// in the caller's memory any more.
func FuzzArguments(f *testing.F) {
	f.Add(bytes.Join([][]byte{wireOf(tagString, 0, "text"), wireOf(tagNumber, 1, ""), wireOf(tagBytes, 0, ""), wireOf(tagBytes, 9, "\xff")}, nil))
	f.Add(wireOf(tagHandle, math.MaxUint64, ""))
	f.Fuzz(func(t *testing.T, b []byte) {
		wires := wiresIn(b)
		kept := own(wires, &kept{})
		want := make([]Value, len(wires))
		for i := range wires {
			want[i] = Args{wires: wires}.Value(i)
		}
		clear(b)
		total := 0
		for i := range wires {
			if got := kept.Value(i); got.tag != want[i].tag || got.bits != want[i].bits || !bytes.Equal(textIn(got), textIn(want[i])) {
				t.Fatalf("argument %d was %+v and is %+v", i, want[i], got)
			}
			if wires[i].hasData() {
				total += len(kept.Peek(i))
			}
			if kept.Has(i) == (tag(wires[i].Tag) == tagUndefined) {
				t.Fatalf("argument %d: Has says %v", i, kept.Has(i))
			}
		}
		if kept.Has(len(wires)) || kept.Len() != len(wires) || len(kept.kept.owned) != total {
			t.Fatalf("%d arguments with %d bytes are kept as %d with %d", len(wires), total, kept.Len(), len(kept.kept.owned))
		}
	})
}

func textIn(v Value) []byte {
	if v.size() == 0 || v.data == nil { // the shim passes on no error
		return nil
	}
	return []byte(v.text())
}

var callMembers = []string{"Thing.use", "Thing.echo", "Thing.fail", "Thing.with", "Thing.with"}

// fit makes arguments that the shim would let through for the parameters of a
// member: of tokens, any at all.
func fit(name string, given []Wire) []Wire {
	args := make([]Wire, map[string]int{"Thing.echo": 1, "Thing.fail": 1, "Thing.with": 2}[name])
	for i := range args {
		if i < len(given) {
			args[i] = given[i]
		}
		switch name {
		case "Thing.echo":
			if !args[i].hasData() && args[i].Tag > uint64(tagInt64) {
				args[i].Tag = uint64(tagNumber)
			}
		case "Thing.fail":
			if args[i].Tag = uint64(tagString); args[i].Data == 0 {
				args[i].Length = 0
			}
		case "Thing.with":
			if args[i].Tag = uint64(tagHandle); i == 1 && i >= len(given) {
				args[i].Tag = uint64(tagUndefined)
			}
		}
	}
	return args
}

var callCodes = map[string]bool{"": true, "ERR_GO_PANIC": true, "ERR_HANDLE_FREED": true, "ERR_HANDLE_INVALID": true, "ERR_HANDLE_TYPE": true}

// Whatever 64-bit numbers come as tokens, of the call and of its arguments: the
// answer is a value or an error with a code, and every enter is given back.
func FuzzCall(f *testing.F) {
	for i := range callMembers {
		f.Add(uint8(i), uint8(0), uint64(0), wireOf(tagString, 0, "plain"))
		f.Add(uint8(i), uint8(2), uint64(1)<<33, wireOf(tagHandle, 0, ""))
	}
	live, other, freed := &thing{}, &thing{}, &thing{}
	handles := []guard.Token{openThing(f, live), openThing(f, other), openThing(f, freed)}
	handles = append(handles, guard.Token(call(f, "Other.open", 0).Bits))
	if _, err := table.Free(handles[2], time.Second); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, which, near uint8, bits uint64, b []byte) {
		name := callMembers[int(which)%len(callMembers)]
		given := wiresIn(b)
		for i := range given {
			if given[i].Tag == uint64(tagHandle) && given[i].Bits%3 > 0 {
				given[i].Bits = uint64(handles[given[i].Bits%4]) ^ given[i].Bits>>60
			}
		}
		args := fit(name, given)
		before := memory.live()
		out := newAnswer()
		Call(member(t, name), handles[near%4]^guard.Token(bits), args, &out.Wire)
		runtime.KeepAlive(b)
		if kind := tag(out.Tag &^ tagAllocated); kind == tagError {
			if d := described(t, &out.Wire); !callCodes[d.Code] || d.Message == "" {
				t.Fatalf("%s: %+v", name, d)
			}
		} else if name == "Thing.echo" && (kind != tag(args[0].Tag) || text(&out.Wire) != string(args[0].bytes())) {
			t.Fatalf("%+v came back as %+v", args[0], out.Wire)
		}
		for _, token := range []guard.Token{handles[0], handles[1], handles[3]} {
			if n := ops(t, token); n != 0 {
				t.Fatalf("%s left %d ops in flight", name, n)
			}
		}
		if memory.live() != before || memory.wrong.Load() != 0 {
			t.Fatalf("%s: memory was not given back, or twice", name)
		}
		if freed.used.Load() != 0 || freed.closed.Load() != 1 || live.closed.Load() != 0 {
			t.Fatalf("%s reached a resource after its Close, or closed one", name)
		}
	})
}

// Times, durations and integers keep their value, or are refused.
func FuzzNumbers(f *testing.F) {
	for _, x := range []float64{0, -0.5, 1e-7, 8.64e15, -8.64e15, 9223372036854.775, math.MaxFloat64, math.Inf(-1), math.NaN(), 1 << 53} {
		f.Add(math.Float64bits(x), int64(x))
	}
	f.Fuzz(func(t *testing.T, bits uint64, i int64) {
		x := math.Float64frombits(bits)
		args := Args{wires: []Wire{{Tag: uint64(tagNumber), Bits: bits}}}
		if d := args.Duration(0); math.Abs(x) <= 9223372036854.775 {
			if back := math.Float64frombits(Duration(d).bits); math.Abs(back-x) > 1e-6+math.Abs(x)*1e-15 {
				t.Errorf("%v ms are %v, which is %v ms", x, d, back)
			}
		}
		if math.Abs(x) <= 8.64e15 && x == math.Trunc(x) {
			if back, ok := DateOf(args.Time(0)); !ok || back != x {
				t.Errorf("the Date of %v ms is one of %v, %v", x, back, ok)
			}
		}
		date, ok := DateOf(time.UnixMilli(i))
		if fits := i >= -8.64e15 && i <= 8.64e15; ok != fits || (ok && date != float64(i)) {
			t.Errorf("%d ms: %v, %v", i, date, ok)
		}
		for name, v := range map[string]Value{"Integer": Integer(i), "Unsigned": Unsigned(uint64(i))} {
			isSafe := uint64(i) <= maxSafeInteger || (name == "Integer" && i < 0 && i >= -maxSafeInteger)
			if back := math.Float64frombits(v.bits); (v.tag == tagNumber) != isSafe || (isSafe && back != float64(i)) {
				t.Errorf("%s of %d is %+v", name, i, v)
			}
		}
	})
}
