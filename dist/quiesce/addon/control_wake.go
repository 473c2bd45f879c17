//go:build quiesce_control_wake

package addon

// The control itself is door/control_wake.go; this is how its build is known.

// __attribute__((visibility("default"))) const char quiesce_control_wake = 1;
import "C"
