//go:build quiesce_unguarded

package addon

// The control itself is door/unguarded.go; this is how its build is known.

// __attribute__((visibility("default"))) const char quiesce_control_unguarded = 1;
import "C"
