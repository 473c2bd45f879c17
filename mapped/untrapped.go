//go:build quiesce_unguarded

package mapped

// trapFaults is false in the build that shows what the protection is for: a
// fault in the mapping, a use after Close included, ends the process.
const trapFaults = false
