//go:build quiesce_control_onstack

package addon

// #cgo CFLAGS: -DQS_CONTROL_NO_ONSTACK
import "C"
