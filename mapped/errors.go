package mapped

import (
	"fmt"
	"strconv"
	"strings"
)

// RangeError reports a numeric argument outside its range.
type RangeError struct {
	Argument string // its name
	Must     string // the range, as in "It must be >= 0"
	Received int64
}

// Code returns "ERR_OUT_OF_RANGE", as Node's own do.
func (e *RangeError) Code() string { return "ERR_OUT_OF_RANGE" }

// Name returns "RangeError", the JS class of the error.
func (e *RangeError) Name() string { return "RangeError" }

func (e *RangeError) Error() string {
	return fmt.Sprintf("The value of %q is out of range. It must be %s. Received %s",
		e.Argument, e.Must, received(e.Received))
}

func outOfRange(argument string, value int64, must string, args ...any) error {
	return &RangeError{Argument: argument, Must: fmt.Sprintf(must, args...), Received: value}
}

// received writes n as Node's messages do: with separators beyond 2^32.
func received(n int64) string {
	s := strconv.FormatInt(n, 10)
	if n >= -1<<32 && n <= 1<<32 {
		return s
	}
	digits := strings.TrimPrefix(s, "-")
	out := s[:len(s)-len(digits)]
	for len(digits) > 3 {
		head := (len(digits)-1)%3 + 1
		out, digits = out+digits[:head]+"_", digits[head:]
	}
	return out + digits
}

// ArgumentError reports an argument of the right type that has no meaning.
type ArgumentError struct {
	Argument string // its name
	Must     string // what is asked of it, as in "must not be empty"
}

// Code returns "ERR_INVALID_ARG_VALUE", as Node's own do.
func (e *ArgumentError) Code() string { return "ERR_INVALID_ARG_VALUE" }

// Name returns "TypeError", the JS class of the error.
func (e *ArgumentError) Name() string { return "TypeError" }

func (e *ArgumentError) Error() string {
	return fmt.Sprintf("The argument %q %s", e.Argument, e.Must)
}
