package door

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"
)

var (
	errSentinel = errors.New("a sentinel")
	errOther    = errors.New("another")
	errUnnamed  = errors.New("a sentinel") // of the same words
	errSystem   = &fs.PathError{Op: "remove", Path: "p", Err: syscall.ENOTEMPTY}
)

// A kindError is the sentinel by its own word.
type kindError struct{ is error }

func (e kindError) Error() string        { return "of a kind" }
func (e kindError) Is(target error) bool { return target == e.is }

type panickyIs struct{}

func (panickyIs) Error() string { return "asked" }
func (panickyIs) Is(error) bool { panic("on request") }

func init() {
	ErrorCode(errSentinel, "ERR_SENTINEL")
	ErrorCode(errOther, "ERR_OTHER")
	ErrorCode(syscall.ENOTEMPTY, "ERR_NOT_EMPTY")
	things.Define(
		Sync("sentinel", nil, func(*thing, Args) (Value, error) { return Value{}, fmt.Errorf("outer: %w", errSentinel) }),
		Async("panicky", nil, func(context.Context, *thing, Args) (Value, error) { return Value{}, panickyIs{} }),
	)
}

func TestASentinelGivesItsCodeToWhateverWrapsIt(t *testing.T) {
	wrapped := fmt.Errorf("outer: %w", fmt.Errorf("inner: %w", errSentinel))
	coded := &codedError{code: "E_OWN", cause: errSentinel}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"itself":                        {errSentinel, "ERR_SENTINEL"},
		"wrapped":                       {wrapped, "ERR_SENTINEL"},
		"joined":                        {errors.Join(errUnnamed, wrapped), "ERR_SENTINEL"},
		"wrapped with others":           {fmt.Errorf("%w, %w", errUnnamed, errOther), "ERR_OTHER"},
		"both: the one defined first":   {errors.Join(errOther, errSentinel), "ERR_SENTINEL"},
		"by its own word":               {kindError{errOther}, "ERR_OTHER"},
		"a Code method goes first":      {coded, "E_OWN"},
		"a Code method that is wrapped": {fmt.Errorf("w: %w", coded), "E_OWN"},
		"above a Code method":           {fmt.Errorf("%w: %w", errSentinel, &codedError{code: "E_OWN"}), "E_OWN"},
		"of the same words":             {errUnnamed, ""},
		"a number of the system":        {errSystem, "ERR_NOT_EMPTY"},
	} {
		d := describeChain(c.err, maxCauses)
		if d.Code != c.want || d.Message != c.err.Error() {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestEachErrorOfAChainHasTheCodeOfItsOwn(t *testing.T) {
	d := describeChain(fmt.Errorf("outer: %w", &codedError{"E_INNER", fmt.Errorf("deep: %w", errSentinel)}), maxCauses)
	if d.Code != "E_INNER" || d.Cause.Code != "E_INNER" || d.Cause.Cause.Code != "ERR_SENTINEL" || d.Cause.Cause.Cause.Code != "ERR_SENTINEL" {
		t.Errorf("%s", mustEncode(d))
	}
	d = describeChain(errors.Join(errUnnamed, errOther, errSentinel), maxCauses)
	if d.Code != "ERR_SENTINEL" || d.Errors[0].Code != "" || d.Errors[1].Code != "ERR_OTHER" || d.Errors[2].Code != "ERR_SENTINEL" {
		t.Errorf("%s", mustEncode(d))
	}
}

func TestASentinelReachesTheCallerByItsCode(t *testing.T) {
	token := openThing(t, &thing{})
	out := call(t, "Thing.sentinel", token)
	if d := described(t, &out.Wire); d.Code != "ERR_SENTINEL" || d.Message != "outer: a sentinel" || d.Cause.Code != "ERR_SENTINEL" {
		t.Errorf("%s", mustEncode(d))
	}
}

// An author's Is may panic; the error still arrives, and the op is over.
func TestAnIsThatPanicsIsTold(t *testing.T) {
	e := newJSEnv(t)
	token := openThing(t, &thing{})
	e.start(t, "Thing.panicky", token)
	c := e.takeAll(t, 1)[0]
	if d := described(t, &c.result); d.Code != "ERR_GO_PANIC" || ops(t, token) != 0 {
		t.Errorf("%d ops, %s", ops(t, token), mustEncode(d))
	}
}
