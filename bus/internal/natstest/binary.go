//go:build unix

// Package natstest runs real nats-server processes on loopback, alone or as a
// cluster, for the tests of this module and, by cmd/servers, for those in
// JavaScript. They can be killed, paused and started again.
package natstest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
)

// Binary returns the path of a nats-server of the version in go.mod. It is built
// once, which takes a while, into the user's cache; processes share it.
func Binary() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "quiesce-nats-server")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "nats-server-"+server.VERSION)
	lock := flock.New(path + ".lock")
	if err := lock.Lock(); err != nil {
		return "", err
	}
	defer lock.Close()
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return path, build(path)
}

// build names the file only when it is whole.
func build(path string) error {
	out, err := exec.Command("go", "build", "-o", path+".new", "github.com/nats-io/nats-server/v2").CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build of nats-server: %w\n%s", err, out)
	}
	return os.Rename(path+".new", path)
}
