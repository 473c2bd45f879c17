// Command goaddon is the addon of the JS tests: classes that count, wait,
// panic and fail on request. Built with -buildmode=c-shared; see
// scripts/variants.mjs.
package main

import "time"

func main() {} // Node calls the members; main is never run

// milliseconds turns an argument into a duration.
func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
