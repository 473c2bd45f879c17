//go:build unix

package natstest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// A Server is one process, or was, or will be. It keeps its ports and its files.
type Server struct {
	Name string
	URL  string
	Dir  string // with its configuration, log and store

	binary  string
	process *os.Process
	ended   chan struct{}
}

// Start starts the process; it returns when it accepts connections.
func (s *Server) Start() error {
	if s.process != nil {
		return errors.New("natstest: " + s.Name + " runs already")
	}
	cmd := exec.Command(s.binary, "-c", filepath.Join(s.Dir, "server.conf"))
	started, ended := make(chan error), make(chan struct{})
	go func() {
		// The kernel kills the child when the thread that started it ends.
		runtime.LockOSThread()
		dieWithParent(cmd)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // most are killed
		}
		close(ended)
	}()
	if err := <-started; err != nil {
		return err
	}
	s.process, s.ended = cmd.Process, ended
	return s.accepts()
}

// accepts waits until the server accepts connections.
func (s *Server) accepts() error {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		select {
		case <-s.ended:
			s.process = nil
			log, _ := os.ReadFile(filepath.Join(s.Dir, "server.log"))
			return fmt.Errorf("natstest: %s has ended\n%s", s.Name, log)
		default:
		}
		if c, err := net.Dial("tcp", s.URL[len("nats://"):]); err == nil {
			return c.Close()
		}
	}
	return errors.New("natstest: " + s.Name + " does not accept connections")
}

// Kill ends the process by kill -9, and returns when it has ended.
func (s *Server) Kill() error { return s.end(syscall.SIGKILL) }

// Stop asks the process to end, and returns when it has.
func (s *Server) Stop() error { return s.end(syscall.SIGTERM) }

func (s *Server) end(sig syscall.Signal) error {
	if s.process == nil {
		return nil
	}
	err := s.process.Signal(sig)
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	<-s.ended
	s.process = nil
	return err
}

// Pause stops the process by SIGSTOP: its connections stay, and nothing answers.
func (s *Server) Pause() error { return s.process.Signal(syscall.SIGSTOP) }

// Resume has it go on.
func (s *Server) Resume() error { return s.process.Signal(syscall.SIGCONT) }
