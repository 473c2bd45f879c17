package shapes

import (
	"context"
	"iter"
	"time"
)

// A Probe passes values of one type in all the ways that a value can go. It has no fields: such objects may share one
// address.
type Probe[T any] struct{}

// Roads has a value at every place of a composite value.
type Roads[T any] struct {
	Plain   T            `json:"plain"`
	Pointer *T           `json:"pointer"`
	List    []T          `json:"list"`
	Array   [1]T         `json:"array"`
	Map     map[string]T `json:"map"`
}

// Echo returns what it is given.
func (*Probe[T]) Echo(v T) T { return v }

// EchoLater returns what it is given, by a promise.
func (*Probe[T]) EchoLater(ctx context.Context, v T) (T, error) { return v, ctx.Err() }

// EchoRoads returns what it is given.
func (*Probe[T]) EchoRoads(v Roads[T]) Roads[T] { return v }

// EchoPointer returns what it is given.
func (*Probe[T]) EchoPointer(v *T) *T { return v }

// EchoRest returns its arguments.
func (*Probe[T]) EchoRest(v ...T) []T { return v }

// Call calls a function with a value.
func (*Probe[T]) Call(v T, f func(v T)) { f(v) }

// CallTwice calls a function with a value, two times at once.
func (*Probe[T]) CallTwice(v T, f func(a, b T)) { f(v, v) }

// Yield gives a value once.
func (*Probe[T]) Yield(v T) iter.Seq[T] {
	return func(yield func(T) bool) { yield(v) }
}

// Send gives a value once.
func (*Probe[T]) Send(v T) <-chan T {
	c := make(chan T, 1)
	c <- v
	close(c)
	return c
}

// Types whose underlying type is a single value.
type (
	// A Lang is a language.
	Lang string
	// A Level tells how loud something is.
	Level int8
	// An ID names something.
	//
	//quiesce:number
	ID int64
	// A Serial counts something.
	//
	//quiesce:number
	Serial uint64
	// A Stamp is no number in JavaScript.
	Stamp int64
	// A Blob is bytes.
	Blob []byte
	// A Switch is on or off.
	Switch bool
	// A Ratio is a part of one.
	Ratio float32
)

// The languages that are known.
const (
	English Lang = "en"
	German  Lang = "de"
)

// The levels.
const (
	Quiet Level = iota
	Loud
)

// A Probe of each type.
type (
	//quiesce:class
	BoolProbe = Probe[bool]
	//quiesce:class
	StringProbe = Probe[string]
	//quiesce:class
	Float32Probe = Probe[float32]
	//quiesce:class
	Float64Probe = Probe[float64]
	//quiesce:class
	Int8Probe = Probe[int8]
	//quiesce:class
	Int16Probe = Probe[int16]
	//quiesce:class
	Int32Probe = Probe[int32]
	//quiesce:class
	Uint8Probe = Probe[uint8]
	//quiesce:class
	Uint16Probe = Probe[uint16]
	//quiesce:class
	Uint32Probe = Probe[uint32]
	//quiesce:class
	IntProbe = Probe[int]
	//quiesce:class
	UintProbe = Probe[uint]
	//quiesce:class
	Int64Probe = Probe[int64]
	//quiesce:class
	Uint64Probe = Probe[uint64]
	//quiesce:class
	BytesProbe = Probe[[]byte]
	//quiesce:class
	BlobProbe = Probe[Blob]
	//quiesce:class
	TimeProbe = Probe[time.Time]
	//quiesce:class
	DurationProbe = Probe[time.Duration]
	//quiesce:class
	LangProbe = Probe[Lang]
	//quiesce:class
	LevelProbe = Probe[Level]
	//quiesce:class
	IDProbe = Probe[ID]
	//quiesce:class
	SerialProbe = Probe[Serial]
	//quiesce:class
	StampProbe = Probe[Stamp]
	//quiesce:class
	SwitchProbe = Probe[Switch]
	//quiesce:class
	RatioProbe = Probe[Ratio]
)

// Their constructors.
func NewBoolProbe() *BoolProbe         { return &BoolProbe{} }
func NewStringProbe() *StringProbe     { return &StringProbe{} }
func NewFloat32Probe() *Float32Probe   { return &Float32Probe{} }
func NewFloat64Probe() *Float64Probe   { return &Float64Probe{} }
func NewInt8Probe() *Int8Probe         { return &Int8Probe{} }
func NewInt16Probe() *Int16Probe       { return &Int16Probe{} }
func NewInt32Probe() *Int32Probe       { return &Int32Probe{} }
func NewUint8Probe() *Uint8Probe       { return &Uint8Probe{} }
func NewUint16Probe() *Uint16Probe     { return &Uint16Probe{} }
func NewUint32Probe() *Uint32Probe     { return &Uint32Probe{} }
func NewIntProbe() *IntProbe           { return &IntProbe{} }
func NewUintProbe() *UintProbe         { return &UintProbe{} }
func NewInt64Probe() *Int64Probe       { return &Int64Probe{} }
func NewUint64Probe() *Uint64Probe     { return &Uint64Probe{} }
func NewBytesProbe() *BytesProbe       { return &BytesProbe{} }
func NewBlobProbe() *BlobProbe         { return &BlobProbe{} }
func NewTimeProbe() *TimeProbe         { return &TimeProbe{} }
func NewDurationProbe() *DurationProbe { return &DurationProbe{} }
func NewLangProbe() *LangProbe         { return &LangProbe{} }
func NewLevelProbe() *LevelProbe       { return &LevelProbe{} }
func NewIDProbe() *IDProbe             { return &IDProbe{} }
func NewSerialProbe() *SerialProbe     { return &SerialProbe{} }
func NewStampProbe() *StampProbe       { return &StampProbe{} }
func NewSwitchProbe() *SwitchProbe     { return &SwitchProbe{} }
func NewRatioProbe() *RatioProbe       { return &RatioProbe{} }
