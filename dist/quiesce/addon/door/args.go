package door

import (
	"io"
	"math"
	"strings"
	"time"
	"unsafe"
)

// Args are the arguments of one call. The shim has checked them against the
// method's parameters, so each accessor is for the kind that was declared.
// An optional argument that was left out is undefined: see Has.
type Args struct {
	wires []Wire
	kept  *kept // nil for most sync calls: what is passed on is small then
}

// kept is what a call has of its arguments beside their wires.
type kept struct {
	// owned holds the bytes of an async call, which outlive the caller's; a
	// wire's Data then is an offset into it. Of a sync call it is nil.
	owned     []byte
	handles   []pass // entered for the call, by number of argument
	callbacks []*Callback
}

func (a *Args) keep() *kept {
	if a.kept == nil {
		a.kept = &kept{}
	}
	return a.kept
}

// entered returns the passes of the handles among the arguments, if there are
// any that are.
func (a *Args) entered() []pass {
	if a.kept == nil {
		return nil
	}
	return a.kept.handles
}

// taken returns the callbacks among the arguments, if there may be any.
func (a *Args) taken() []*Callback {
	if a.kept == nil {
		return nil
	}
	return a.kept.callbacks
}

func (a *Args) isOwned() bool { return a.kept != nil && a.kept.owned != nil }

// Len returns the number of arguments, the optional ones included.
func (a Args) Len() int { return len(a.wires) }

// Has reports whether argument i was given and is not undefined.
func (a Args) Has(i int) bool { return i < len(a.wires) && tag(a.wires[i].Tag) != tagUndefined }

// IsNull reports whether argument i is null; only one of kind Any may be.
func (a Args) IsNull(i int) bool { return tag(a.wires[i].Tag) == tagNull }

// Bool returns a boolean argument.
func (a Args) Bool(i int) bool { return a.wires[i].Bits != 0 }

// Number returns a number argument.
func (a Args) Number(i int) float64 { return math.Float64frombits(a.wires[i].Bits) }

// Integer returns an integer argument, within ±(2^53 - 1).
func (a Args) Integer(i int) int64 { return int64(a.Number(i)) }

// Int64 returns a bigint argument.
func (a Args) Int64(i int) int64 { return int64(a.wires[i].Bits) }

// Uint64 returns an argument of kind Uint64.
func (a Args) Uint64(i int) uint64 { return a.wires[i].Bits }

// Time returns a Date argument, in the local time zone.
func (a Args) Time(i int) time.Time { return time.UnixMilli(int64(a.Number(i))) }

// Duration returns an argument of kind Duration, rounded to nanoseconds.
func (a Args) Duration(i int) time.Duration { return DurationOf(a.Number(i)) }

// DurationOf turns ms into a duration, rounded to nanoseconds. One beyond what
// Go can hold, 292 years, becomes the longest that it can.
func DurationOf(ms float64) time.Duration {
	ns := math.RoundToEven(ms * float64(time.Millisecond))
	if ns >= math.MaxInt64 { // as a float64 this is 2^63
		return math.MaxInt64
	}
	return time.Duration(max(ns, math.MinInt64))
}

// String returns a string argument.
func (a Args) String(i int) string {
	b := a.view(i)
	if a.isOwned() {
		return unsafe.String(unsafe.SliceData(b), len(b))
	}
	return string(b)
}

// Bytes returns a copy of a bytes argument, or the UTF-8 of a Data argument
// that is a string. The method may keep and change it.
func (a Args) Bytes(i int) []byte {
	b := a.view(i)
	if a.isOwned() {
		return b
	}
	return copied(b)
}

// Peek returns an encoded argument, or bytes, without copying: they may not be
// changed, and only be read until the method returns. Bytes of a SharedArrayBuffer
// may change meanwhile.
func (a Args) Peek(i int) []byte { return a.view(i) }

// Resource returns the resource of a handle argument. It is entered until the
// method returns.
func (a Args) Resource(i int) io.Closer { return a.kept.handles[i].resource }

// Callback returns an argument of kind Callback. The method may keep it.
func (a Args) Callback(i int) *Callback { return a.kept.callbacks[i] }

// Value returns an argument of kind Any as it came.
func (a Args) Value(i int) Value {
	w := &a.wires[i]
	if w.hasData() {
		return valueOf(tag(w.Tag), strings.Clone(a.String(i)))
	}
	return Value{tag: tag(w.Tag), bits: w.Bits}
}

func (a Args) view(i int) []byte {
	w := &a.wires[i]
	if a.isOwned() {
		end := uint64(w.Data) + w.Length
		return a.kept.owned[w.Data:end:end]
	}
	return w.bytes()
}
