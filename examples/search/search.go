// Package search is a full-text index in a folder. It puts
// github.com/blevesearch/bleve into a shape that Node can use.
package search

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/blevesearch/bleve/v2"
)

// An Index is a full-text index in a folder. Any number of threads may add to it
// and search it at the same time. A folder can be open only once, in all
// processes together.
//
//quiesce:class
type Index struct {
	index bleve.Index
}

// CreateOptions tell what kind of index to create.
type CreateOptions struct {
	// The language of titles and bodies, so that a word is found by its other
	// forms too. Without it, words are found as they are written.
	Language Language `json:"language,omitempty"`
}

// Create makes an index in a folder that has none yet, and opens it.
func Create(ctx context.Context, path string, options *CreateOptions) (*Index, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if options == nil {
		options = &CreateOptions{}
	}
	mapping, err := newMapping(options.Language)
	if err != nil {
		return nil, err
	}
	index, err := bleve.New(path, mapping)
	if err != nil {
		return nil, explain(path, err)
	}
	return &Index{index}, nil
}

// OpenOptions tell how to open an index.
type OpenOptions struct {
	// How long to wait for someone else to close the index. Without it, and with
	// 0, an index that someone else has open is an error at once.
	LockTimeout time.Duration `json:"lockTimeout,omitempty"`
}

// Open opens the index that is in a folder.
func Open(ctx context.Context, path string, options *OpenOptions) (*Index, error) {
	if options == nil {
		options = &OpenOptions{}
	}
	deadline := time.Now().Add(options.LockTimeout)
	for {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		index, err := tryOpen(path)
		if err == nil {
			return &Index{index}, nil
		}
		err = explain(path, err)
		if !errors.Is(err, ErrLocked) || !time.Now().Before(deadline) {
			return nil, err
		}
	}
}

// tryOpen waits for the lock only as long as the library's own pause is between
// two attempts: it knows no context.
func tryOpen(path string) (bleve.Index, error) {
	return bleve.OpenUsing(path, map[string]any{"bolt_timeout": "50ms"})
}

// Close closes the index and unlocks its folder. All that was added is there by
// then.
func (x *Index) Close() error {
	return x.index.Close()
}

// AddBatch adds documents, or replaces those with the same ids: all of them or,
// when it is cancelled or one is wrong, none. When it has returned they are found,
// and on the disk.
func (x *Index) AddBatch(ctx context.Context, documents []Document) error {
	batch := x.index.NewBatch()
	for i, document := range documents {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if document.ID == "" {
			return fmt.Errorf("%w: documents[%d] has no id", ErrDocument, i)
		}
		fields, err := document.fields()
		if err != nil {
			return fmt.Errorf("%w: documents[%d]: %w", ErrDocument, i, err)
		}
		if err := batch.Index(document.ID, fields); err != nil {
			return fmt.Errorf("documents[%d]: %w", i, err)
		}
	}
	return x.index.Batch(batch)
}

// Delete deletes documents by their ids. One that is not there is no error.
func (x *Index) Delete(ctx context.Context, ids ...string) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	batch := x.index.NewBatch()
	for _, id := range ids {
		batch.Delete(id)
	}
	return x.index.Batch(batch)
}

// Get returns the document with that id, or null if there is none.
func (x *Index) Get(ctx context.Context, id string) (*Document, error) {
	request := bleve.NewSearchRequest(bleve.NewDocIDQuery([]string{id}))
	request.Fields = storedFields(true)
	found, err := x.index.SearchInContext(ctx, request)
	if err != nil || len(found.Hits) == 0 {
		return nil, err
	}
	document, err := newDocument(found.Hits[0])
	return &document, err
}

// Count tells how many documents there are.
func (x *Index) Count() (int, error) {
	n, err := x.index.DocCount()
	return int(n), err
}

// Stats tell what is in an index, and what was done with it since it was opened.
type Stats struct {
	Documents int `json:"documents"`
	// How many documents were added or replaced.
	Updates  int `json:"updates"`
	Deletes  int `json:"deletes"`
	Batches  int `json:"batches"`
	Searches int `json:"searches"`
	// How many bytes and files the index has on the disk.
	Bytes int `json:"bytes"`
	Files int `json:"files"`
	// How often writing to the disk has failed in the background.
	Errors int `json:"errors"`
}

// Stats tells how the index is doing.
func (x *Index) Stats() (Stats, error) {
	documents, err := x.Count()
	if err != nil {
		return Stats{}, err
	}
	all := x.index.StatsMap()
	index, _ := all["index"].(map[string]any)
	number := func(from map[string]any, name string) int {
		n, _ := from[name].(uint64)
		return int(n)
	}
	return Stats{
		Documents: documents,
		Updates:   number(index, "updates"),
		Deletes:   number(index, "deletes"),
		Batches:   number(index, "batches"),
		Searches:  number(all, "searches"),
		Bytes:     number(index, "CurOnDiskBytes"),
		Files:     number(index, "CurOnDiskFiles"),
		Errors:    number(index, "errors"),
	}, nil
}
