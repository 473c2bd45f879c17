package guard

import "syscall"

// yieldThread gives the processor to whoever waits for it, for one turn at most.
// Go hands a woken goroutine to another thread, which Linux likes to put on the
// processor of the thread that woke it: a leaver that stays busy would keep the
// winner waiting for its whole time slice. Measured: docs/benchmark.md.
func yieldThread() { _, _, _ = syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0) }
