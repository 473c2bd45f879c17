// Package percall is an addon whose methods are Go functions that use Node-API
// themselves, as bindings of it for Go have it: each call of Node-API crosses
// from Go to C and back.
package main

/*
#include <stdlib.h>
#include <node_api.h>
*/
import "C"

import (
	"sync/atomic"
	"unsafe"
)

var total atomic.Int64

func argument(env C.napi_env, info C.napi_callback_info) C.napi_value {
	n := C.size_t(1)
	var v C.napi_value
	C.napi_get_cb_info(env, info, &n, &v, nil, nil)
	return v
}

// goNothing is the bare crossing.
//
//export goNothing
func goNothing(C.napi_env, C.napi_callback_info) C.napi_value { return nil }

//export goValue
func goValue(C.double) C.double { return C.double(total.Load()) }

// goTakeOnce makes its own what it is passed, as a binding must whose functions
// may keep their arguments.
//
//export goTakeOnce
func goTakeOnce(number C.double, text *C.char, letters C.size_t, data unsafe.Pointer, length C.size_t) C.double {
	return number + C.double(len(C.GoStringN(text, C.int(letters)))+len(C.GoBytes(data, C.int(length))))
}

//export goTake
func goTake(env C.napi_env, info C.napi_callback_info) C.napi_value {
	n := C.size_t(3)
	var v [3]C.napi_value
	C.napi_get_cb_info(env, info, &n, &v[0], nil, nil)
	var number C.double
	C.napi_get_value_double(env, v[0], &number)
	text, data := textOf(env, v[1]), bytesOf(env, v[2])
	var result C.napi_value
	C.napi_create_double(env, number+C.double(len(text)+len(data)), &result)
	return result
}

func textOf(env C.napi_env, v C.napi_value) []byte {
	var length C.size_t
	C.napi_get_value_string_utf8(env, v, nil, 0, &length)
	text := make([]byte, length+1)
	C.napi_get_value_string_utf8(env, v, (*C.char)(unsafe.Pointer(&text[0])), length+1, &length)
	return text[:length]
}

func bytesOf(env C.napi_env, v C.napi_value) []byte {
	var kind C.napi_typedarray_type
	var length C.size_t
	var data unsafe.Pointer
	C.napi_get_typedarray_info(env, v, &kind, &length, &data, nil, nil)
	return unsafe.Slice((*byte)(data), int(length))
}

//export goAdd
func goAdd(env C.napi_env, info C.napi_callback_info) C.napi_value {
	var n C.double
	C.napi_get_value_double(env, argument(env, info), &n)
	var result C.napi_value
	C.napi_create_double(env, C.double(total.Add(int64(n))), &result)
	return result
}

//export goText
func goText(env C.napi_env, info C.napi_callback_info) C.napi_value {
	text := textOf(env, argument(env, info))
	var result C.napi_value
	C.napi_create_string_utf8(env, (*C.char)(unsafe.Pointer(unsafe.SliceData(text))), C.size_t(len(text)), &result)
	return result
}

//export goSum
func goSum(env C.napi_env, info C.napi_callback_info) C.napi_value {
	sum := 0
	for _, b := range bytesOf(env, argument(env, info)) {
		sum += int(b)
	}
	var result C.napi_value
	C.napi_create_double(env, C.double(sum), &result)
	return result
}

func main() {}
