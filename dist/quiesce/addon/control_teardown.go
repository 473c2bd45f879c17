//go:build quiesce_control_teardown

package addon

// #cgo CFLAGS: -DQS_CONTROL_NO_TEARDOWN
// __attribute__((visibility("default"))) const char quiesce_control_teardown = 1;
import "C"
