//go:build quiesce_control_onstack

package addon

// #cgo CFLAGS: -DQS_CONTROL_NO_ONSTACK
// __attribute__((visibility("default"))) const char quiesce_control_onstack = 1;
import "C"
