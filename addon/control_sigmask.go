//go:build quiesce_control_sigmask

package addon

// #cgo CFLAGS: -DQS_CONTROL_NO_SIGMASK
import "C"
