//go:build quiesce_control_copy

package addon

// The control itself is door/control_copy.go; this is how its build is known.

// __attribute__((visibility("default"))) const char quiesce_control_copy = 1;
import "C"
