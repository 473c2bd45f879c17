package addon

import "github.com/quiesce/quiesce/addon/door"

// AnyParam takes undefined, null, a boolean, number, bigint, string or bytes.
func AnyParam(name string) Param { return Param{Name: name, Kind: door.KindAny} }

// BoolParam takes a boolean.
func BoolParam(name string) Param { return Param{Name: name, Kind: door.KindBool} }

// NumberParam takes any number, NaN and the infinities included.
func NumberParam(name string) Param { return Param{Name: name, Kind: door.KindNumber} }

// IntegerParam takes a number without fraction within ±(2^53 - 1).
func IntegerParam(name string) Param { return Param{Name: name, Kind: door.KindInteger} }

// Int64Param takes a bigint within 64 bits, or a number that is a safe integer.
func Int64Param(name string) Param { return Param{Name: name, Kind: door.KindInt64} }

// Float32Param takes a number that is no further from 0 than a float32 can be,
// or NaN or an infinity.
func Float32Param(name string) Param { return Param{Name: name, Kind: door.KindFloat32} }

// Int8Param takes a number without fraction within 8 bits.
func Int8Param(name string) Param { return Param{Name: name, Kind: door.KindInt8} }

// Int16Param takes a number without fraction within 16 bits.
func Int16Param(name string) Param { return Param{Name: name, Kind: door.KindInt16} }

// Int32Param takes a number without fraction within 32 bits.
func Int32Param(name string) Param { return Param{Name: name, Kind: door.KindInt32} }

// Uint8Param takes a number without fraction from 0 to 255.
func Uint8Param(name string) Param { return Param{Name: name, Kind: door.KindUint8} }

// Uint16Param takes a number without fraction from 0 to 65535.
func Uint16Param(name string) Param { return Param{Name: name, Kind: door.KindUint16} }

// Uint32Param takes a number without fraction from 0 to 2^32 - 1.
func Uint32Param(name string) Param { return Param{Name: name, Kind: door.KindUint32} }

// UintParam takes a number without fraction from 0 to 2^53 - 1.
func UintParam(name string) Param { return Param{Name: name, Kind: door.KindUint} }

// Uint64Param takes a bigint from 0 to 2^64 - 1, or a number that is a safe
// integer.
func Uint64Param(name string) Param { return Param{Name: name, Kind: door.KindUint64} }

// DateParam takes a Date that is valid.
func DateParam(name string) Param { return Param{Name: name, Kind: door.KindDate} }

// DurationParam takes a number of ms, with fractions, up to Go's 292 years.
func DurationParam(name string) Param { return Param{Name: name, Kind: door.KindDuration} }

// StringParam takes a string.
func StringParam(name string) Param { return Param{Name: name, Kind: door.KindString} }

// BytesParam takes an ArrayBuffer, a SharedArrayBuffer, or a view of one.
func BytesParam(name string) Param { return Param{Name: name, Kind: door.KindBytes} }

// DataParam takes a string, as UTF-8, or bytes.
func DataParam(name string) Param { return Param{Name: name, Kind: door.KindData} }

// HandleParam takes a handle of the class. It is entered for the call.
func HandleParam(name string, c *Class) Param {
	return Param{Name: name, Kind: door.KindHandle, Class: c}
}
