package shapes

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A Folder is a class whose methods take and return handles.
//
//quiesce:class
type Folder struct {
	life   life
	name   string
	parent *Folder

	mu   sync.Mutex
	subs map[string]*Folder
}

// A Note is of another class.
//
//quiesce:class
type Note struct {
	life life
	text string
}

func newFolder(name string, parent *Folder) *Folder {
	return &Folder{life: begin(), name: name, parent: parent, subs: map[string]*Folder{}}
}

// NewFolder makes a folder; without a name it makes none.
func NewFolder(name string) (*Folder, error) {
	if name == "!" {
		return nil, errors.New("no such name")
	}
	if name == "" {
		return nil, nil
	}
	return newFolder(name, nil), nil
}

// OpenFolderIn makes a folder that belongs to another.
func OpenFolderIn(parent *Folder, name string) *Folder {
	parent.life.use()
	if name == "" {
		return nil
	}
	return newFolder(name, parent)
}

// LoadFolder makes a folder later.
func LoadFolder(ctx context.Context, name string, ms int) (*Folder, error) {
	if err := wait(ctx, ms); err != nil {
		return nil, err
	}
	if name == "" {
		return nil, nil
	}
	return newFolder(name, nil), nil
}

// BorrowFolder returns the folder that it is given.
func BorrowFolder(f *Folder) *Folder { return f }

// FirstOf is a function that takes and returns handles.
//
//quiesce:function
func FirstOf(a, b *Folder) *Folder { return a }

// NoteOn takes a handle and returns one of another class.
//
//quiesce:function
func NoteOn(f *Folder, text string) *Note {
	f.life.use()
	return &Note{life: begin(), text: text}
}

// Name returns the name.
func (f *Folder) Name() string {
	f.life.use()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.name
}

// Path returns the names of the folder and of those that it is in. It uses them.
func (f *Folder) Path() string {
	if f.parent == nil {
		return f.Name()
	}
	return f.parent.Path() + "/" + f.Name()
}

// Sub makes a folder in this one; without a name it makes none.
func (f *Folder) Sub(name string) *Folder {
	f.life.use()
	if name == "" {
		return nil
	}
	return newFolder(name, f)
}

// SubLater makes a folder in this one later.
func (f *Folder) SubLater(ctx context.Context, name string, ms int) (*Folder, error) {
	if err := wait(ctx, ms); err != nil {
		return nil, err
	}
	return f.Sub(name), nil
}

// Same returns the same folder each time it is asked for a name.
func (f *Folder) Same(name string) *Folder {
	f.life.use()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.subs[name] == nil {
		f.subs[name] = newFolder(name, f)
	}
	return f.subs[name]
}

// SameLater is the same, by a promise.
func (f *Folder) SameLater(_ context.Context, name string) *Folder { return f.Same(name) }

// Itself returns the folder.
func (f *Folder) Itself() *Folder { f.life.use(); return f }

// Parent returns the folder that this one is in, or nil.
func (f *Folder) Parent() *Folder { f.life.use(); return f.parent }

// Note makes an object of another class, or fails.
func (f *Folder) Note(text string) (*Note, error) {
	f.life.use()
	if text == "" {
		return nil, errors.New("a note without a text")
	}
	return &Note{life: begin(), text: text}, nil
}

// Is tells whether the other folder is this one.
func (f *Folder) Is(other *Folder) bool {
	f.life.use()
	other.life.use()
	return f == other
}

// Compare waits some ms and compares the names, which uses both.
func (f *Folder) Compare(ctx context.Context, other *Folder, ms int) (bool, error) {
	err := wait(ctx, ms)
	return f.Name() == other.Name(), err
}

// Holds waits without looking at its context, and uses the other folder until the end.
func (f *Folder) Holds(_ context.Context, other *Folder, ms int) string {
	time.Sleep(time.Duration(ms) * time.Millisecond)
	return other.Name()
}

// Rename uses the folder in several steps.
func (f *Folder) Rename(name string) string {
	f.life.use()
	f.mu.Lock()
	defer f.mu.Unlock()
	old := f.name
	f.name = name
	f.life.use()
	return old
}

// Close is called once.
func (f *Folder) Close() error { f.life.end(); return nil }

// Text returns the text.
func (n *Note) Text() string { n.life.use(); return n.text }

// Close is called once.
func (n *Note) Close() { n.life.end() }

func wait(ctx context.Context, ms int) error {
	select {
	case <-time.After(time.Duration(ms) * time.Millisecond):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
