package door

import (
	"io"
	"math"
	"strconv"
	"time"
	"unsafe"
)

// A tag tells what a Wire or a Value holds. The C shim has the same list.
type tag uint64

const (
	tagUndefined tag = iota
	tagNull
	tagBool
	tagNumber
	tagInt64
	tagString
	tagBytes
	tagHandle // Bits is a token, Length the number of its class
	tagError  // Data is a JSON description
	tagMade   // Bits is a JS value
	tagUint64
	tagDate     // Bits is a float64: ms since 1970
	tagCallback // Bits is the callback's number, Length the number of its env
)

// A Wire is one value on its way through the boundary, laid out as the shim's
// qs_value. Data is memory of C: of an argument until the call returns, of a
// result until the shim has freed it.
type Wire struct {
	Tag    uint64
	Bits   uint64 // of a result's room: the env of a sync call, or 0
	Data   uintptr
	Length uint64
}

// bytes returns the memory that Data names, without copying.
func (w *Wire) bytes() []byte {
	if w.Length == 0 {
		return nil
	}
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&w.Data)), w.Length)
}

// hasData reports whether Data and Length name memory.
func (w *Wire) hasData() bool { return tag(w.Tag) == tagString || tag(w.Tag) == tagBytes }

// A Value is the result of a method. Its zero value is undefined. It is small
// enough to be returned in registers.
type Value struct {
	tag  tag
	bits uint64         // of what has data, its length
	data unsafe.Pointer // a string, bytes, an error: its text; a handle: an *opening
}

// An opening is what a handle is to be opened with.
type opening struct {
	resource io.Closer
	class    *Class
	identity *Identity // nil for a resource that is new
}

func valueOf(t tag, text string) Value {
	return Value{tag: t, bits: uint64(len(text)), data: unsafe.Pointer(unsafe.StringData(text))}
}

func valueOfHandle(o *opening) Value { return Value{tag: tagHandle, data: unsafe.Pointer(o)} }

// isScalar reports whether the value is all in its bits.
func (v Value) isScalar() bool {
	const scalars = 1<<tagUndefined | 1<<tagNull | 1<<tagBool | 1<<tagNumber | 1<<tagInt64 | 1<<tagUint64 | 1<<tagDate
	return 1<<v.tag&scalars != 0
}

func (v Value) scalar() Wire { return Wire{Tag: uint64(v.tag), Bits: v.bits} }

// text returns the text of a value that has one.
func (v Value) text() string { return unsafe.String((*byte)(v.data), v.bits) }

// size returns how many bytes of text there are.
func (v Value) size() int {
	switch v.tag {
	case tagString, tagBytes, tagError:
		return int(v.bits)
	}
	return 0
}

// opening returns what a handle is opened with.
func (v Value) opening() *opening { return (*opening)(v.data) }

// Undefined returns the value undefined.
func Undefined() Value { return Value{} }

// Null returns the value null.
func Null() Value { return Value{tag: tagNull} }

// Bool returns a boolean.
func Bool(b bool) Value {
	if b {
		return Value{tag: tagBool, bits: 1}
	}
	return Value{tag: tagBool}
}

// Number returns a number.
func Number(f float64) Value { return Value{tag: tagNumber, bits: math.Float64bits(f)} }

// Integer returns a number. One beyond ±(2^53 - 1) would be rounded: such a
// call fails with a RangeError instead.
func Integer(i int64) Value {
	if uint64(i+maxSafeInteger) > 2*maxSafeInteger {
		return unsafeInteger(i)
	}
	return Value{tag: tagNumber, bits: math.Float64bits(float64(i))} // Number(): then this is inlined
}

// Unsigned returns a number, like Integer.
func Unsigned(u uint64) Value {
	if u > maxSafeInteger {
		return unsafeUnsigned(u)
	}
	return Value{tag: tagNumber, bits: math.Float64bits(float64(u))}
}

const maxSafeInteger = 1<<53 - 1

func unsafeInteger(i int64) Value { return beyond(strconv.FormatInt(i, 10)) }

func unsafeUnsigned(u uint64) Value { return beyond(strconv.FormatUint(u, 10)) }

func beyond(number string) Value { return outOfRange(number + " is beyond the safe integers") }

// outOfRange returns a value that makes the call fail with a RangeError.
func outOfRange(what string) Value { return valueOf(tagError, what) }

// Int64 returns a bigint.
func Int64(i int64) Value { return Value{tag: tagInt64, bits: uint64(i)} }

// Uint64 returns a bigint.
func Uint64(u uint64) Value { return Value{tag: tagUint64, bits: u} }

// Date returns a Date, without what t has below a millisecond. One that a Date
// cannot hold, beyond ±8.64e15 ms of 1970, makes the call fail with a RangeError.
func Date(t time.Time) Value {
	ms, ok := DateOf(t)
	if !ok {
		return outOfRange(t.String() + " is beyond what a Date can hold")
	}
	return Value{tag: tagDate, bits: math.Float64bits(ms)}
}

// DateOf returns what a Date of t holds, in ms since 1970; false if it cannot.
func DateOf(t time.Time) (ms float64, ok bool) {
	const most = 8.64e15 / 1000 // seconds
	if s := t.Unix(); s > most || s < -most || (s == most && t.Nanosecond() > 0) {
		return 0, false
	}
	return float64(t.UnixMilli()), true
}

// Duration returns a number of ms, with fractions.
func Duration(d time.Duration) Value { return Number(float64(d) / float64(time.Millisecond)) }

// String returns a string; bytes that are not UTF-8 become U+FFFD.
func String(s string) Value { return valueOf(tagString, s) }

// Bytes returns a Buffer with a copy of b. The door reads b until the call has
// been answered: it must not be changed any more.
func Bytes(b []byte) Value {
	return valueOf(tagBytes, unsafe.String(unsafe.SliceData(b), len(b)))
}
