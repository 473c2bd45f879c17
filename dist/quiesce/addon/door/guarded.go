//go:build !quiesce_unguarded

package door

import (
	"context"
	"io"

	"github.com/quiesce/quiesce/guard"
)

// admit enters the handle. Who calls it leaves, also when it fails.
func admit(p *pass, token guard.Token, want *Class) (err error) {
	if p.op, err = table.Enter(token); err != nil {
		return err
	}
	if h := p.op.Handle(); h.Class() != want {
		return &classError{want: want, got: classOf(h)}
	}
	p.resource = p.op.Resource()
	return nil
}

// context returns the context of the handle that was entered; a constructor
// has none.
func (p *pass) context() context.Context {
	if p.op.Handle() == nil {
		return context.Background()
	}
	return p.op.Context()
}

// remember is for the unguarded build only.
func remember(*guard.Handle, io.Closer) {}
