//go:build quiesce_unguarded

package door

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/quiesce/quiesce/guard"
)

// This is the negative control: a binding without a guard, as most are. An op
// finds its resource by the token and uses it, whatever becomes of it. The
// demo and the benchmark run it beside the real one; it is never shipped.

var resources [guard.MaxHandles]atomic.Pointer[io.Closer]

func remember(h *guard.Handle, resource io.Closer) {
	resources[h.Token()>>32].Store(&resource)
}

func admit(p *pass, token guard.Token, _ *Class) error {
	resource := resources[token>>32%guard.MaxHandles].Load()
	if resource == nil {
		return guard.ErrInvalid
	}
	p.resource = *resource
	return nil
}

func (p *pass) context() context.Context { return context.Background() }
