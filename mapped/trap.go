//go:build !quiesce_unguarded

package mapped

// trapFaults says that faults in the mapping become errors, and that a closed
// File refuses to touch its own.
const trapFaults = true
