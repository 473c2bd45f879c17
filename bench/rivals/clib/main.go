// Package clib is a Go library for C, as one calls it through a foreign
// function interface.
package main

/*
#include <stdint.h>
#include <stdlib.h>
*/
import "C"

import (
	"sync/atomic"
	"unsafe"
)

var total atomic.Int64

// Add adds a number and returns the sum.
//
//export Add
func Add(n C.double) C.double { return C.double(total.Add(int64(n))) }

// Text returns the text, in memory that its caller frees.
//
//export Text
func Text(s *C.char) *C.char { return C.CString(C.GoString(s)) }

// Sum adds up bytes.
//
//export Sum
func Sum(p *C.uint8_t, n C.size_t) C.double {
	sum := 0
	for _, b := range unsafe.Slice((*byte)(unsafe.Pointer(p)), int(n)) {
		sum += int(b)
	}
	return C.double(sum)
}

// Take returns the sum of the number and of the lengths of the others.
//
//export Take
func Take(n C.double, s *C.char, p *C.uint8_t, length C.size_t) C.double {
	text, data := C.GoString(s), unsafe.Slice((*byte)(unsafe.Pointer(p)), int(length))
	return n + C.double(len(text)+len(data))
}

func main() {}
