// Package diag collects what is wrong with an author's package and prints it as
// a compiler does.
package diag

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Message is one error or note. A position without a file stands for none.
type Message struct {
	Pos  token.Position
	Text string
	Note bool // the build goes on
}

// A List is what was found so far.
type List struct {
	messages []Message
	known    map[string]bool
}

// Errorf adds an error. The same one at the same place is added once.
func (l *List) Errorf(pos token.Position, format string, args ...any) {
	l.add(Message{Pos: pos, Text: fmt.Sprintf(format, args...)})
}

// Notef adds a note.
func (l *List) Notef(pos token.Position, format string, args ...any) {
	l.add(Message{Pos: pos, Text: fmt.Sprintf(format, args...), Note: true})
}

func (l *List) add(m Message) {
	key := fmt.Sprintf("%v\x00%v\x00%v", m.Pos, m.Note, m.Text)
	if l.known[key] {
		return
	}
	if l.known == nil {
		l.known = map[string]bool{}
	}
	l.known[key] = true
	l.messages = append(l.messages, m)
}

// Errors returns the number of errors.
func (l *List) Errors() int {
	n := 0
	for _, m := range l.messages {
		if !m.Note {
			n++
		}
	}
	return n
}

// Sorted returns the messages in the order of their places; the order in which
// they came decides within one place.
func (l *List) Sorted() []Message {
	sorted := slices.Clone(l.messages)
	slices.SortStableFunc(sorted, func(x, y Message) int {
		return cmp.Or(
			strings.Compare(x.Pos.Filename, y.Pos.Filename),
			cmp.Compare(x.Pos.Line, y.Pos.Line),
			cmp.Compare(x.Pos.Column, y.Pos.Column),
		)
	})
	return sorted
}

// Print writes all messages, each with its source line, and the number of
// errors. Files are named relative to the folder dir where that is shorter.
func (l *List) Print(w io.Writer, dir string) error {
	sources := map[string][]string{}
	var out strings.Builder
	for _, m := range l.Sorted() {
		fmt.Fprintln(&out, headline(m, dir))
		line, err := sourceLine(sources, m.Pos)
		if err != nil {
			return err
		}
		if line != "" {
			fmt.Fprintf(&out, "%s\n%s^\n", line, indent(line, m.Pos.Column))
		}
	}
	switch n := l.Errors(); n {
	case 0:
	case 1:
		fmt.Fprintln(&out, "1 error")
	default:
		fmt.Fprintf(&out, "%d errors\n", n)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func headline(m Message, dir string) string {
	text := m.Text
	if m.Note {
		text = "note: " + text
	}
	if !m.Pos.IsValid() {
		return text
	}
	m.Pos.Filename = shortest(m.Pos.Filename, dir)
	return m.Pos.String() + ": " + text
}

func shortest(name, dir string) string {
	if relative, err := filepath.Rel(dir, name); err == nil && len(relative) < len(name) {
		return relative
	}
	return name
}

// sourceLine returns the line of a place; none when the file is not there, as
// with one that Go has made.
func sourceLine(sources map[string][]string, pos token.Position) (string, error) {
	if pos.Line == 0 || pos.Column == 0 {
		return "", nil
	}
	lines, ok := sources[pos.Filename]
	if !ok {
		text, err := os.ReadFile(pos.Filename)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		lines = strings.Split(string(text), "\n")
		sources[pos.Filename] = lines
	}
	if pos.Line > len(lines) || pos.Column > len(lines[pos.Line-1])+1 {
		return "", nil
	}
	return strings.TrimRight(lines[pos.Line-1], "\r"), nil
}

// indent returns what is as wide as the line is before the column.
func indent(line string, column int) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, line[:min(column-1, len(line))])
}
