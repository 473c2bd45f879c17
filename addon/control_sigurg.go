//go:build quiesce_control_sigurg

package addon

// #cgo CFLAGS: -DQS_CONTROL_NO_SIGURG_CHAIN
import "C"
