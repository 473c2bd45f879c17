//go:build quiesce_control_sigurg

package addon

// #cgo CFLAGS: -DQS_CONTROL_NO_SIGURG_CHAIN
// __attribute__((visibility("default"))) const char quiesce_control_sigurg = 1;
import "C"
