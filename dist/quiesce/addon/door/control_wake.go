//go:build quiesce_control_wake

package door

// deliver is the negative control: whatever completes wakes the env's thread,
// as if its thread-safe function were there for ever.
func (e *Env) deliver(c completion, p *pending) {
	e.enqueue(c, p)
	e.native.Wake()
}
