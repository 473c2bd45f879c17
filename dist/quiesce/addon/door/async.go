package door

import (
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
	kept    kept
	pass    pass
	started time.Time
	context callContext
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
	p.context.pass = &p.pass
	p.args = own(args, &p.kept)
	err := m.enter(&p.pass, token, &p.args)
	if err == nil {
		err = p.attach()
	}
	if err != nil {
		m.refuseCallbacks(&p.args)
		p.detach()
		p.leave()
		fail(out, m, err)
		return
	}
	e.add(p)
	*out = Wire{}
	go p.run()
}

// add is called on the env's thread, and so not after CloseEnv.
func (e *Env) add(p *pending) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pending[p.call] = p
	if !p.member.static {
		e.inFlight++
	}
}

// forget undoes add, under the env's lock.
func (e *Env) forget(p *pending) {
	delete(e.pending, p.call)
	if !p.member.static {
		e.inFlight--
	}
}

// run runs the member, leaves and delivers, the two as one step: see deliver.
func (p *pending) run() {
	var v Value
	err := error(&guard.PanicError{}) // what remains if the member calls runtime.Goexit
	defer func() {
		if r := recover(); r != nil {
			err = &guard.PanicError{Value: r, GoStack: string(debug.Stack())}
		}
		if err != nil {
			err = whyCancelled(&p.context, err)
		}
		c := completion{call: p.call}
		answer(&c.result, p.member, parentOf(&p.pass, &p.args), v, err)
		bindCallbacks(&p.args, &c.result)
		p.detach()
		p.env.deliver(c, p)
	}()
	v, err = p.member.async(&p.context, p.pass.resource, p.args)
}

// attach makes the call an attachment of the handles that it uses: it goes on
// when their wrappers have been collected.
func (p *pending) attach() error {
	for pass := range p.passes {
		if pass.op.Handle() == nil { // a constructor's, or an argument that was left out
			continue
		}
		if !pass.op.Attach() {
			return guard.ErrFreed
		}
		pass.attached = true
	}
	return nil
}

// detach gives back the attachments that attach has made.
func (p *pending) detach() {
	p.context.cancel(nil)
	for pass := range p.passes {
		if pass.attached {
			detachCall(p.env.number, pass.op.Handle())
		}
	}
}

// leave ends the call's ops, as far as they were entered. It calls nothing that
// takes the env's lock.
func (p *pending) leave() {
	for pass := range p.passes {
		pass.op.Leave()
	}
}

// passes yields the call's own handle and those of its arguments.
func (p *pending) passes(yield func(*pass) bool) {
	if !yield(&p.pass) {
		return
	}
	for i := range p.kept.handles {
		if !yield(&p.kept.handles[i]) {
			return
		}
	}
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
		p.context.cancel(errAborted)
	}
}
