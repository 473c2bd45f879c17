//go:build !quiesce_control_wake

package door

// deliver queues a completion, or drops it when the env has ended. The ops of
// an async call leave in the same step: whoever hears of its end finds that it
// has left, and whoever awaits a free hears of the call's end first.
func (e *Env) deliver(c completion, p *pending) {
	if !e.enqueue(c, p) {
		return
	}
	if op, ok := e.wake.TryEnter(); ok {
		e.native.Wake()
		op.Leave()
	}
}
