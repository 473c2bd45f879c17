package jet

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

// A logger keeps the last errors of an embedded server, and prints nothing: a
// closed pipe as stdout or stderr would end the process.
type logger struct {
	broken func(text string) // called when the server can write no more

	mu   sync.Mutex
	last []string
}

const keptErrors = 4

func (l *logger) keep(format string, args []any) {
	text := fmt.Sprintf(format, args...)
	l.mu.Lock()
	l.last = append(l.last, text)
	if len(l.last) > keptErrors {
		l.last = l.last[1:]
	}
	l.mu.Unlock()
	if strings.Contains(text, "critical write error") || strings.Contains(text, "JetStream out of") ||
		strings.Contains(text, "disabling JetStream") || strings.Contains(text, "no space left") {
		l.broken(text)
	}
}

func (l *logger) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = nil
}

// failure returns what the server has reported, as an error.
func (l *logger) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.last) == 0 {
		return errors.New("the server did not start in time")
	}
	return errors.New(strings.Join(l.last, "; "))
}

// Errorf implements server.Logger.
func (l *logger) Errorf(format string, args ...any) { l.keep(format, args) }

// Fatalf implements server.Logger. The server goes on after it.
func (l *logger) Fatalf(format string, args ...any) { l.keep(format, args) }

// Warnf implements server.Logger.
func (l *logger) Warnf(format string, args ...any) {
	if strings.Contains(format, "disabling JetStream") || strings.Contains(format, "%v") {
		l.keep(format, args)
	}
}

// Noticef implements server.Logger.
func (*logger) Noticef(string, ...any) {}

// Debugf implements server.Logger.
func (*logger) Debugf(string, ...any) {}

// Tracef implements server.Logger.
func (*logger) Tracef(string, ...any) {}
