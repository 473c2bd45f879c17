package addon

/*
#include "bridge.h"
*/
import "C"

import (
	"os/exec"
	"runtime"
	"syscall"
)

// StartProcess starts the command with a clean signal mask and Linux's ordinary
// timer slack. Go's threads block all signals in a Node process (see signals.c),
// and a process that is started without this inherits that, and would ignore
// SIGTERM.
func StartProcess(command *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if errno := C.qs__unmask_signals(); errno != 0 {
		return syscall.Errno(errno)
	}
	defer C.qs__remask_signals()
	C.qs__lengthen_slack()
	defer C.qs__reshorten_slack()
	return command.Start()
}
