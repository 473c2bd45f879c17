package shapes

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"
)

// Show tells what Go sees of arguments of 12 types.
//
//quiesce:function
func Show(b bool, s string, f32 float32, f64 float64, i8 int8, i16 int16, i32 int32, u8 uint8, u16 uint16, u32 uint32, i int, u uint) string {
	return fmt.Sprint(b, "|", s, "|", f32, "|", f64, "|", i8, "|", i16, "|", i32, "|", u8, "|", u16, "|", u32, "|", i, "|", u)
}

// ShowMore tells what Go sees of arguments of the other types.
//
//quiesce:function
func ShowMore(i64 int64, u64 uint64, bytes []byte, at time.Time, took time.Duration, lang Lang, level Level, id ID, stamp Stamp, blob Blob, on Switch, ratio Ratio) string {
	return fmt.Sprint(i64, "|", u64, "|", bytes, "|", at.UTC().Format(time.RFC3339Nano), "|", int64(took), "|",
		lang, "|", level, "|", id, "|", stamp, "|", []byte(blob), "|", on, "|", ratio)
}

// ShowLater is the same of some that an async function is given.
//
//quiesce:function
func ShowLater(ctx context.Context, s string, f32 float32, i8 int8, u32 uint32, u uint, i64 int64, u64 uint64, bytes []byte, at time.Time, took time.Duration, on Switch) (string, error) {
	return fmt.Sprint(s, "|", f32, "|", i8, "|", u32, "|", u, "|", i64, "|", u64, "|", bytes, "|",
		at.UTC().Format(time.RFC3339Nano), "|", int64(took), "|", on), ctx.Err()
}

// IsNil tells whether Go sees a nil slice, and its length and capacity.
//
//quiesce:function
func IsNil(bytes []byte) string {
	return fmt.Sprint(bytes == nil, len(bytes), cap(bytes) >= len(bytes))
}

// ZoneOf tells the time zone of a time: Local, or not.
//
//quiesce:function
func ZoneOf(at time.Time) string { return at.Location().String() }

// The functions that follow return what a text says: also what JavaScript cannot hold.

//quiesce:function
func IntOf(text string) (int, error) { return strconv.Atoi(text) }

//quiesce:function
func IntLater(_ context.Context, text string) (int, error) { return strconv.Atoi(text) }

//quiesce:function
func UintOf(text string) (uint, error) {
	u, err := strconv.ParseUint(text, 10, 64)
	return uint(u), err
}

//quiesce:function
func Int64Of(text string) (int64, error) { return strconv.ParseInt(text, 10, 64) }

//quiesce:function
func Uint64Of(text string) (uint64, error) { return strconv.ParseUint(text, 10, 64) }

// NumberOf returns a number though it is an int64, and takes one.
//
//quiesce:function
//quiesce:number
func NumberOf(text string, plus int64) (int64, error) {
	i, err := strconv.ParseInt(text, 10, 64)
	return i + plus, err
}

//quiesce:function
//quiesce:number
func UnsignedOf(text string, plus uint64) (uint64, error) {
	u, err := strconv.ParseUint(text, 10, 64)
	return u + plus, err
}

//quiesce:function
func IDOf(text string) (ID, error) {
	i, err := strconv.ParseInt(text, 10, 64)
	return ID(i), err
}

//quiesce:function
func Float32Of(text string) (float32, error) {
	f, err := strconv.ParseFloat(text, 32)
	return float32(f), err
}

//quiesce:function
func TextOf(bytes []byte) string { return string(bytes) }

//quiesce:function
func BytesOf(text string) []byte { return []byte(text) }

// SeesChange reports whether the first byte changes within some ms: as it does for
// one who sees the caller's memory, which another thread writes to.
//
//quiesce:function
//quiesce:borrow
func SeesChange(bytes []byte, ms int) bool {
	return sees(bytes, ms)
}

// SeesChangeInCopy is the same without borrowing.
//
//quiesce:function
func SeesChangeInCopy(bytes []byte, ms int) bool {
	return sees(bytes, ms)
}

func sees(bytes []byte, ms int) bool {
	if len(bytes) < 4 {
		return false
	}
	first := (*uint32)(unsafe.Pointer(unsafe.SliceData(bytes)))
	before := atomic.LoadUint32(first)
	for end := time.Now().Add(time.Duration(ms) * time.Millisecond); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if atomic.LoadUint32(first) != before {
			return true
		}
	}
	return false
}

// Borrowed returns borrowed bytes: they are copied into the result.
//
//quiesce:function
//quiesce:borrow
func Borrowed(bytes []byte) []byte { return bytes }

// Fill writes to borrowed bytes: the caller sees it.
//
//quiesce:function
//quiesce:borrow
func Fill(bytes []byte, value uint8) {
	for i := range bytes {
		bytes[i] = value
	}
}

// ManyBytes returns n bytes, or nil.
//
//quiesce:function
func ManyBytes(n int) []byte {
	if n < 0 {
		return nil
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

// SumLater adds bytes up after some ms: nobody may have changed them meanwhile.
//
//quiesce:function
func SumLater(ctx context.Context, bytes []byte, ms int) (int, error) {
	select {
	case <-time.After(time.Duration(ms) * time.Millisecond):
	case <-ctx.Done():
	}
	sum := 0
	for _, b := range bytes {
		sum += int(b)
	}
	return sum, ctx.Err()
}

//quiesce:function
func TimeOf(text string) (time.Time, error) { return time.Parse(time.RFC3339Nano, text) }

//quiesce:function
func YearOf(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }

//quiesce:function
func DurationOf(ns int64) time.Duration { return time.Duration(ns) }

// Totals has numbers that may be beyond what JavaScript can hold.
type Totals struct {
	Name   string           `json:"name"`
	Total  int              `json:"total"`
	Size   uint             `json:"size"`
	ByWord map[string]ID    `json:"byWord"`
	Days   []time.Time      `json:"days"`
	Tagged int64            `json:"tagged" quiesce:"number"`
	Marked []uint64         `json:"marked" quiesce:"number"`
	Big    int64            `json:"big"`
	Grid   [2][2]int        `json:"grid"`
	Inner  *Totals          `json:"inner"`
	Spent  []*time.Duration `json:"spent"`
}

// TotalsWith returns a list of three; in the last of them the number stands at the place.
//
//quiesce:function
func TotalsWith(place, text string) ([]Totals, error) {
	u, err := strconv.ParseUint(strings.TrimPrefix(text, "-"), 10, 64)
	i := int64(u)
	if strings.HasPrefix(text, "-") {
		i = -i
	}
	t := Totals{Name: place}
	switch place {
	case "total":
		t.Total = int(i)
	case "size":
		t.Size = uint(u)
	case "byWord":
		t.ByWord = map[string]ID{"a": 1, "b c": ID(i)}
	case "days":
		t.Days = []time.Time{time.UnixMilli(0), time.Unix(i, 0)}
	case "tagged":
		t.Tagged = i
	case "marked":
		t.Marked = []uint64{1, u}
	case "big":
		t.Big = i
	case "grid":
		t.Grid[1][0] = int(i)
	case "inner":
		t.Inner = &Totals{Total: int(i)}
	}
	return []Totals{{}, {}, t}, err
}

// CountTo gives numbers up to one that JavaScript may not be able to hold.
//
//quiesce:function
func CountTo(last int) iter.Seq[Totals] {
	return func(yield func(Totals) bool) {
		for i := range 3 {
			if !yield(Totals{Total: i}) {
				return
			}
		}
		yield(Totals{Total: last * 2})
	}
}

// CallBeyond calls a function with a number that JavaScript may not be able to hold.
//
//quiesce:function
func CallBeyond(half int, f func(total int)) { f(half * 2) }

// CallBeyondIn is the same within an object.
//
//quiesce:function
func CallBeyondIn(half int, f func(t Totals)) { f(Totals{Total: half * 2}) }
