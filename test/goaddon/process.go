package main

import (
	"context"
	"os/exec"
	"sync"

	"github.com/quiesce/quiesce/addon"
)

var processes = addon.NewClass("Process")

var started sync.Map // pid -> *exec.Cmd

func init() {
	command := addon.Params{addon.StringParam("program"), addon.StringParam("argument")}
	processes.Define(
		addon.StaticAsync("start", command, startWith(addon.StartProcess)),
		addon.StaticAsync("startPlain", command, startWith((*exec.Cmd).Start)),
		addon.StaticAsync("wait", addon.Params{addon.IntegerParam("pid")}, waitFor),
	)
}

// startWith returns a function that starts a process and answers its pid.
func startWith(start func(*exec.Cmd) error) func(context.Context, addon.Args) (addon.Value, error) {
	return func(_ context.Context, a addon.Args) (addon.Value, error) {
		c := exec.Command(a.String(0), a.String(1))
		if err := start(c); err != nil {
			return addon.Value{}, err
		}
		started.Store(int64(c.Process.Pid), c)
		return addon.Integer(int64(c.Process.Pid)), nil
	}
}

// waitFor answers how a process ended, in Go's words.
func waitFor(_ context.Context, a addon.Args) (addon.Value, error) {
	c, ok := started.LoadAndDelete(a.Integer(0))
	if !ok {
		return addon.Null(), nil
	}
	command := c.(*exec.Cmd)
	_ = command.Wait()
	return addon.String(command.ProcessState.String()), nil
}
