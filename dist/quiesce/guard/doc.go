// Package guard lets many threads use an object that any of them may free.
//
// An op enters the guard before it touches the object and leaves afterwards.
// Begin-free lets exactly one caller win, refuses every later enter, waits for
// the ops in flight up to a deadline, and only then releases the object. When
// the deadline passes first, the last op to leave releases it.
//
// [Guard] is the protocol alone, for a program that keeps its own objects. A
// [Table] adds what a binding to another language needs: tokens that can be
// stale or forged without harm, attachments, contexts that a free cancels,
// parents with children, and slots that are recycled under a new generation.
//
// The package is plain Go without cgo. All of its functions may be called from
// any goroutine at any time.
package guard
