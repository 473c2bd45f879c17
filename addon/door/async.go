package door

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/quiesce/quiesce/guard"
)

// A pending is an async call from its start to its completion. It holds the
// pass that its JS thread took for it.
type pending struct {
	call    uint64
	env     *Env
	member  *Member
	token   guard.Token
	args    Args
	pass    pass
	started time.Time
	ctx     context.Context
	cancel  context.CancelCauseFunc
}

// Start is the crossing of an async member. It enters on the JS thread, so that
// a free that begins later waits for the call, and answers at once: undefined
// when the call has started and will complete under its number, else an error.
func Start(env, call uint64, number uint32, token guard.Token, args []Wire, out *Wire) {
	m := members[number]
	defer func() {
		if v := recover(); v != nil {
			fail(out, m, &guard.PanicError{Value: v, GoStack: string(debug.Stack())})
		}
	}()
	e := envOf(env)
	if e == nil {
		fail(out, m, errEnvEnded)
		return
	}
	p := &pending{call: call, env: e, member: m, token: token, started: time.Now()}
	p.args = own(args)
	if err := m.enter(&p.pass, token, &p.args); err != nil {
		p.leave()
		fail(out, m, err)
		return
	}
	p.ctx, p.cancel = context.WithCancelCause(p.pass.context())
	if !e.add(p) {
		p.leave()
		fail(out, m, errEnvEnded)
		return
	}
	*out = Wire{}
	go p.run()
}

func (e *Env) add(p *pending) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.pending[p.call] = p
	return true
}

// run runs the member and delivers before it leaves: who awaits the free of the
// handle hears of the call's end first.
func (p *pending) run() {
	var v Value
	err := error(&guard.PanicError{}) // what remains if the member calls runtime.Goexit
	defer func() {
		if r := recover(); r != nil {
			err = &guard.PanicError{Value: r, GoStack: string(debug.Stack())}
		}
		if err != nil {
			err = whyCancelled(p.ctx, err)
		}
		c := completion{call: p.call}
		answer(&c.result, p.member, &p.pass, v, err)
		p.env.deliver(c)
		p.leave()
	}()
	v, err = p.member.async(p.ctx, p.pass.resource, p.args)
}

func (p *pending) leave() {
	if p.cancel != nil {
		p.cancel(nil)
	}
	p.args.leave()
	p.pass.op.Leave()
}

// Abort cancels a call whose signal has aborted. A call that is over is left
// alone.
func Abort(env, call uint64) {
	e := envOf(env)
	if e == nil {
		return
	}
	e.mu.Lock()
	p := e.pending[call]
	e.mu.Unlock()
	if p != nil {
		p.cancel(errAborted)
	}
}
