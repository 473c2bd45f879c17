// Package minify makes HTML, CSS, JavaScript, JSON, SVG and XML smaller. It puts
// github.com/tdewolff/minify into a shape that Node can use.
package minify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	library "github.com/tdewolff/minify/v2"
)

// A Minifier minifies with one configuration. Any number of threads may use it
// at the same time.
//
//quiesce:class
type Minifier struct {
	m        *library.M
	calls    atomic.Int64
	failures atomic.Int64
	bytesIn  atomic.Int64
	bytesOut atomic.Int64
}

// New makes a minifier. Without a configuration it makes everything as small as
// can be without a change in meaning.
func New(config *Config) (*Minifier, error) {
	if config == nil {
		config = &Config{}
	}
	m, err := config.library()
	if err != nil {
		return nil, err
	}
	return &Minifier{m: m}, nil
}

// String minifies text on the calling thread, which waits for it.
//
//quiesce:name minifySync
func (m *Minifier) String(mediaType, text string) (string, error) {
	return m.StringContext(context.Background(), mediaType, text)
}

// StringContext minifies text in the background.
//
//quiesce:name minify
func (m *Minifier) StringContext(ctx context.Context, mediaType, text string) (string, error) {
	out, err := m.BytesContext(ctx, mediaType, []byte(text))
	return string(out), err
}

// Bytes minifies UTF-8 on the calling thread, which waits for it.
//
//quiesce:name minifyBytesSync
func (m *Minifier) Bytes(mediaType string, data []byte) ([]byte, error) {
	return m.BytesContext(context.Background(), mediaType, data)
}

// BytesContext minifies UTF-8 in the background.
//
//quiesce:name minifyBytes
func (m *Minifier) BytesContext(ctx context.Context, mediaType string, data []byte) ([]byte, error) {
	m.calls.Add(1)
	out, err := run(ctx, m.m, mediaType, data)
	if err != nil {
		m.failures.Add(1)
		return nil, explain(mediaType, err)
	}
	m.bytesIn.Add(int64(len(data)))
	m.bytesOut.Add(int64(len(out)))
	return out, nil
}

// FileOptions tell how to minify a file.
type FileOptions struct {
	// The media type of the file. Without it the file's name tells.
	MediaType string `json:"mediaType,omitempty"`
}

// A FileResult is what became of a file.
type FileResult struct {
	// The media type that was used.
	MediaType string `json:"mediaType"`
	// The size of the file in bytes.
	Size int `json:"size"`
	// The minified content.
	Content []byte `json:"content"`
}

// File reads a file and minifies what is in it, in the background. The file
// itself is not changed.
//
//quiesce:name minifyFile
func (m *Minifier) File(ctx context.Context, path string, options *FileOptions) (FileResult, error) {
	mediaType := MediaTypeOf(path)
	if options != nil && options.MediaType != "" {
		mediaType = options.MediaType
	}
	if mediaType == "" {
		return FileResult{}, fmt.Errorf("%w: nothing is known about files like %q", ErrMediaType, path)
	}
	data, err := readFile(ctx, path)
	if err != nil {
		return FileResult{}, err
	}
	size := len(data)
	out, err := m.BytesContext(ctx, mediaType, data)
	if err != nil {
		return FileResult{}, fmt.Errorf("%s: %w", path, err)
	}
	return FileResult{MediaType: mediaType, Size: size, Content: out}, nil
}

// Check looks for the first mistake because of which a text cannot be minified.
// It returns null if there is none; most media types forgive everything.
func (m *Minifier) Check(mediaType, text string) (*Problem, error) {
	_, err := m.String(mediaType, text)
	if parsing, ok := errors.AsType[*ParseError](err); ok {
		return &parsing.Problem, nil
	}
	return nil, err
}

// Stats tell what a minifier has done.
type Stats struct {
	// How often it was called.
	Calls int `json:"calls"`
	// How many of the calls failed, or were given up.
	Failures int `json:"failures"`
	// The bytes that the others read.
	BytesIn int `json:"bytesIn"`
	// The bytes that they made of them.
	BytesOut int `json:"bytesOut"`
}

// Stats tells what this minifier has done so far, for all threads together.
func (m *Minifier) Stats() Stats {
	return Stats{
		Calls:    int(m.calls.Load()),
		Failures: int(m.failures.Load()),
		BytesIn:  int(m.bytesIn.Load()),
		BytesOut: int(m.bytesOut.Load()),
	}
}

func readFile(ctx context.Context, path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(&reader{ctx, file})
}
