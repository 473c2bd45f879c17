package jet

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/gofrs/flock"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// A dirLock keeps a directory for one bus of one process. The kernel lets go of it
// when the process ends, however it ends.
type dirLock struct {
	file *flock.Flock
	path string // of the directory, as held has it
}

// held has the directories that this process has open: a lock of a file says
// nothing about a second one in the same process on all systems.
var held = struct {
	sync.Mutex
	dirs map[string]bool
}{dirs: map[string]bool{}}

const lockName, pidName = "quiesce.lock", "quiesce.pid"

func lockDir(dir string) (*dirLock, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, dirError(dir, err)
	}
	path, err := filepath.Abs(dir)
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return nil, dirError(dir, err)
	}
	held.Lock()
	defer held.Unlock()
	if held.dirs[path] {
		return nil, backend.ErrDirInUse.With(nil, "the directory '%s' is open already, by this process: "+
			"pass its token to Bus.attach()", dir)
	}
	l := &dirLock{flock.New(filepath.Join(path, lockName), flock.SetPermissions(0o640)), path}
	if err := l.take(dir); err != nil {
		_ = l.file.Close() // it was not taken
		return nil, err
	}
	held.dirs[path] = true
	return l, nil
}

func (l *dirLock) take(dir string) error {
	ok, err := l.file.TryLock()
	if err != nil {
		return dirError(dir, err)
	}
	pid := filepath.Join(l.path, pidName)
	if !ok {
		return inUse(dir, pid)
	}
	// A file of its own: on Windows none but its holder can read a locked one.
	if err := os.WriteFile(pid, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o640); err != nil {
		return errors.Join(dirError(dir, err), l.file.Unlock())
	}
	return nil
}

func inUse(dir, pid string) error {
	who := "another process"
	if text, err := os.ReadFile(pid); err == nil && len(text) > 0 {
		who = "process " + strings.TrimSpace(string(text))
	}
	return backend.ErrDirInUse.With(nil, "the directory '%s' is open already, by %s: "+
		"only one process may have it; use a NATS server to share topics between processes", dir, who)
}

func (l *dirLock) free() error {
	held.Lock()
	defer held.Unlock()
	delete(held.dirs, l.path)
	return l.file.Close()
}
