//go:build quiesce_control_giveback

package addon

// #cgo CFLAGS: -DQS_CONTROL_NO_GIVE_BACK
// __attribute__((visibility("default"))) const char quiesce_control_giveback = 1;
import "C"
