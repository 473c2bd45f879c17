package door

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/quiesce/quiesce/guard"
)

// enterThing returns the context of a call that is inside of a new handle.
func enterThing(t *testing.T) (*callContext, *pass, guard.Token) {
	t.Helper()
	token := openThing(t, &thing{})
	p := &pass{}
	if err := admit(p, token, things); err != nil {
		t.Fatal(err)
	}
	return &callContext{pass: p}, p, token
}

func wantCause(t *testing.T, ctx context.Context, want error) {
	t.Helper()
	select {
	case <-ctx.Done():
	default:
		t.Fatal("it goes on")
	}
	if err, cause := ctx.Err(), context.Cause(ctx); err != context.Canceled || cause != want {
		t.Errorf("%v, because of %v; want %v", err, cause, want)
	}
}

func TestContextOfACallThatIsLookedAtAfterItsEnd(t *testing.T) {
	for _, cause := range []error{errAborted, nil} {
		c, p, _ := enterThing(t)
		c.cancel(cause)
		c.cancel(errEnvEnded) // too late
		p.op.Leave()
		if cause == nil {
			cause = context.Canceled
		}
		wantCause(t, c, cause)
	}
}

func TestContextOfACallThatIsLookedAtBefore(t *testing.T) {
	c, p, _ := enterThing(t)
	defer p.op.Leave()
	if c.Err() != nil || context.Cause(c) != nil {
		t.Errorf("%v, because of %v", c.Err(), context.Cause(c))
	}
	done := c.Done()
	c.cancel(errAborted)
	c.cancel(nil)
	wantCause(t, c, errAborted)
	if c.Done() != done {
		t.Error("another channel")
	}
}

// Whether a call looks before its handle is freed or after: it hears why.
func TestContextOfACallEndsWithItsHandle(t *testing.T) {
	for _, early := range []bool{true, false} {
		c, p, token := enterThing(t)
		if early && c.Err() != nil {
			t.Fatal(c.Err())
		}
		defer p.op.Leave() // also where it hears of nothing
		freed := make(chan guard.Outcome, 1)
		table.FreeAsync(token, time.Minute, func(o guard.Outcome, _ error) { freed <- o })
		eventually(t, func() bool { return c.Err() != nil })
		wantCause(t, c, guard.ErrFreed)
		c.cancel(nil)
		p.op.Leave()
		if o := <-freed; o != guard.Drained { // within its minute
			t.Error(o)
		}
	}
}

// What derives from it is told without a goroutine that waits, as from any
// context of package context.
func TestContextsThatDeriveFromThatOfACall(t *testing.T) {
	c, p, _ := enterThing(t)
	defer p.op.Leave()
	before := runtime.NumGoroutine()
	var derived []context.Context
	for range 100 {
		ctx, cancel := context.WithTimeout(c, time.Hour)
		defer cancel()
		derived = append(derived, ctx)
	}
	if after := runtime.NumGoroutine(); after >= before+50 {
		t.Errorf("%d goroutines more", after-before)
	}
	c.cancel(errAborted)
	for _, ctx := range derived {
		wantCause(t, ctx, errAborted)
	}
}

func TestContextOfACallHasNoDeadlineAndNoValues(t *testing.T) {
	c, p, _ := enterThing(t)
	defer p.op.Leave()
	if _, ok := c.Deadline(); ok || c.Value("key") != nil {
		t.Error("it has")
	}
	if s := fmt.Sprint(c); !strings.HasSuffix(s, ".WithCancel") {
		t.Error(s)
	}
}

// Many look at once, and somebody ends it: all see one context, and its end.
func TestContextOfACallIsMadeOnce(t *testing.T) {
	for range 200 {
		c, p, _ := enterThing(t)
		seen := make(chan (<-chan struct{}), 4)
		for range cap(seen) {
			go func() { seen <- c.Done() }()
		}
		go c.cancel(errors.New("over"))
		first := <-seen
		for range cap(seen) - 1 {
			if <-seen != first {
				t.Fatal("two contexts")
			}
		}
		select {
		case <-first:
		case <-time.After(10 * time.Second):
			t.Fatal("its end was not heard")
		}
		p.op.Leave()
	}
}
