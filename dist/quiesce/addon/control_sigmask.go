//go:build quiesce_control_sigmask

package addon

// #cgo CFLAGS: -DQS_CONTROL_NO_SIGMASK
// __attribute__((visibility("default"))) const char quiesce_control_sigmask = 1;
import "C"
