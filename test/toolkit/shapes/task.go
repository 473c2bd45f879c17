package shapes

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// A Task has methods that take a context, options and rest parameters.
//
//quiesce:class
type Task struct {
	life    life
	mu      sync.Mutex
	running int
	causes  []string
}

// TaskOptions are choices for a task.
type TaskOptions struct {
	Label string   `json:"label,omitempty"`
	Limit int      `json:"limit,omitempty"`
	Words []string `json:"words,omitempty"`
	At    *Point   `json:"at,omitempty"`
}

// StrictOptions have a property that must be there.
type StrictOptions struct {
	Must string `json:"must"`
}

// NewTask makes a task.
func NewTask(opts *TaskOptions) *Task { return &Task{life: begin()} }

func (t *Task) enter() func(ctx context.Context) {
	t.life.use()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running++
	return func(ctx context.Context) {
		t.life.use()
		t.mu.Lock()
		defer t.mu.Unlock()
		t.running--
		if cause := context.Cause(ctx); cause != nil {
			t.causes = append(t.causes, cause.Error())
		}
	}
}

// Running tells how many methods run.
func (t *Task) Running() int { t.mu.Lock(); defer t.mu.Unlock(); return t.running }

// Causes tells why contexts were cancelled, in their order.
func (t *Task) Causes() []string { t.mu.Lock(); defer t.mu.Unlock(); return t.causes }

// Wait ends when its context does.
func (t *Task) Wait(ctx context.Context) error {
	defer t.enter()(ctx)
	<-ctx.Done()
	return ctx.Err()
}

// WaitCause does too, and returns the cause.
func (t *Task) WaitCause(ctx context.Context) (int, error) {
	defer t.enter()(ctx)
	<-ctx.Done()
	return 0, context.Cause(ctx)
}

// WaitWrapped does too, and wraps what it returns.
func (t *Task) WaitWrapped(ctx context.Context) error {
	defer t.enter()(ctx)
	<-ctx.Done()
	return errors.Join(errors.New("waiting"), ctx.Err())
}

// WaitOther does too, and returns an error of its own.
func (t *Task) WaitOther(ctx context.Context) error {
	defer t.enter()(ctx)
	<-ctx.Done()
	return ErrEmpty
}

// Anyway succeeds though its context has ended.
func (t *Task) Anyway(ctx context.Context) string {
	defer t.enter()(ctx)
	<-ctx.Done()
	return "anyway"
}

// Stubborn does not look at its context.
func (t *Task) Stubborn(ctx context.Context, ms int) string {
	defer t.enter()(ctx)
	time.Sleep(time.Duration(ms) * time.Millisecond)
	return "stubborn"
}

// Block is sync, and blocks its thread.
func (t *Task) Block(ms int) string {
	defer t.enter()(context.Background())
	time.Sleep(time.Duration(ms) * time.Millisecond)
	return "blocked"
}

// Sleep returns after some ms.
func (t *Task) Sleep(ctx context.Context, ms int) (string, error) {
	defer t.enter()(ctx)
	return "slept", wait(ctx, ms)
}

// Run has options, and a signal among them.
func (t *Task) Run(ctx context.Context, name string, opts *TaskOptions) (string, error) {
	if name == "wait" {
		return "", t.Wait(ctx)
	}
	return name + show(opts), ctx.Err()
}

// RunStrict has options of which one must be there.
func (t *Task) RunStrict(ctx context.Context, opts *StrictOptions) (string, error) {
	if opts == nil {
		return "nil", nil
	}
	if opts.Must == "wait" {
		return "", t.Wait(ctx)
	}
	return opts.Must, nil
}

// Configure has options, and no context.
func (t *Task) Configure(name string, opts *TaskOptions) string { return name + show(opts) }

func show(opts *TaskOptions) string {
	if opts == nil {
		return ":nil"
	}
	s, _ := text(opts)
	return ":" + s
}

// Join has rest parameters.
func (t *Task) Join(sep string, parts ...string) string { return strings.Join(parts, sep) }

// JoinLater has rest parameters, and a signal after them.
func (t *Task) JoinLater(ctx context.Context, sep string, parts ...string) (string, error) {
	if sep == "wait" {
		return "", t.Wait(ctx)
	}
	return strings.Join(parts, sep), ctx.Err()
}

// AddUp has nothing but rest parameters.
func (t *Task) AddUp(ns ...int64) int64 {
	var sum int64
	for _, n := range ns {
		sum += n
	}
	return sum
}

// AddUpLater is the same by a promise.
func (t *Task) AddUpLater(_ context.Context, ns ...int) int {
	sum := 0
	for _, n := range ns {
		sum += n
	}
	return sum
}

// Twice has numbers though they are an int64.
//
//quiesce:number
func (t *Task) Twice(n int64) int64 { return 2 * n }

// TwiceLater is the same by a promise, of a uint64.
//
//quiesce:number
func (t *Task) TwiceLater(_ context.Context, n uint64) (uint64, error) { return 2 * n, nil }

// Words has objects as rest parameters.
func (t *Task) Words(entries ...Entry) []string {
	words := []string{}
	for _, e := range entries {
		words = append(words, e.Word)
	}
	return words
}

// Blobs has bytes as rest parameters.
func (t *Task) Blobs(blobs ...[]byte) []int {
	var lengths []int
	for _, b := range blobs {
		lengths = append(lengths, len(b))
	}
	return lengths
}

// Points takes a pointer that is not the last parameter: it is an argument like any other.
func (t *Task) Points(p *Point, scale float64) *Point {
	if p == nil {
		return nil
	}
	return &Point{p.X * scale, p.Y * scale}
}

// Close waits for nothing.
func (t *Task) Close() error { t.life.end(); return nil }

// Greet is a function with options.
//
//quiesce:function
func Greet(name string, opts *TaskOptions) string { return name + show(opts) }

// GreetLater is a function with options, and a signal among them.
//
//quiesce:function
func GreetLater(ctx context.Context, name string, opts *TaskOptions) (string, error) {
	if name == "wait" {
		<-ctx.Done()
	}
	return name + show(opts), ctx.Err()
}
