package addon

import (
	"time"

	"github.com/quiesce/quiesce/addon/door"
)

// Undefined returns the value undefined.
func Undefined() Value { return door.Undefined() }

// Null returns the value null.
func Null() Value { return door.Null() }

// Bool returns a boolean.
func Bool(b bool) Value { return door.Bool(b) }

// Number returns a number.
func Number(f float64) Value { return door.Number(f) }

// Integer returns a number; one beyond ±(2^53 - 1) makes the call fail with a
// RangeError instead of being rounded.
func Integer(i int64) Value { return door.Integer(i) }

// Unsigned returns a number, like Integer.
func Unsigned(u uint64) Value { return door.Unsigned(u) }

// Uint64 returns a bigint.
func Uint64(u uint64) Value { return door.Uint64(u) }

// Date returns a Date, without what t has below a millisecond. One that a Date
// cannot hold makes the call fail with a RangeError.
func Date(t time.Time) Value { return door.Date(t) }

// Duration returns a number of ms, with fractions.
func Duration(d time.Duration) Value { return door.Duration(d) }

// Int64 returns a bigint.
func Int64(i int64) Value { return door.Int64(i) }

// String returns a string; bytes that are not UTF-8 become U+FFFD.
func String(s string) Value { return door.String(s) }

// Bytes returns a Buffer with a copy of b, which must not be changed any more.
func Bytes(b []byte) Value { return door.Bytes(b) }
