package minify

import (
	"bytes"
	"context"
	"io"

	library "github.com/tdewolff/minify/v2"
	"github.com/tdewolff/parse/v2/buffer"
)

// run minifies data, which the library uses as its working memory.
func run(ctx context.Context, m *library.M, mediaType string, data []byte) (out []byte, err error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	w := &writer{ctx: ctx}
	w.Grow(len(data))
	defer func() {
		switch v := recover().(type) {
		case nil:
		case stopped:
			out, err = nil, v.cause
		default:
			panic(v)
		}
	}()
	err = m.Minify(mediaType, w, buffer.NewReader(data))
	return w.Bytes(), err
}

// A reader ends when its context does.
type reader struct {
	ctx context.Context
	io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// A writer collects the output. The library would not look at an error of it
// before the work is done, so it stops the work by a panic that only run sees.
type writer struct {
	ctx context.Context
	bytes.Buffer
}

type stopped struct{ cause error }

func (w *writer) Write(p []byte) (int, error) {
	if w.ctx.Err() != nil {
		panic(stopped{context.Cause(w.ctx)})
	}
	return w.Buffer.Write(p)
}
