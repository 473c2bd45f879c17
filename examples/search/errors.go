package search

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/blevesearch/bleve/v2"
	bolt "go.etcd.io/bbolt/errors"
)

// ErrExists tells that there is an index in the folder already.
//
//quiesce:code ERR_INDEX_EXISTS
var ErrExists = errors.New("there is an index already")

// ErrNotFound tells that there is no index in the folder.
//
//quiesce:code ERR_INDEX_NOT_FOUND
var ErrNotFound = errors.New("there is no index")

// ErrLocked tells that someone else has the index open, here or in another
// process.
//
//quiesce:code ERR_INDEX_LOCKED
var ErrLocked = errors.New("someone else has the index open")

// ErrCorrupt tells that the files of the index are not what they should be.
//
//quiesce:code ERR_INDEX_CORRUPT
var ErrCorrupt = errors.New("the index is corrupt")

// ErrQuery tells that a query cannot be understood.
//
//quiesce:code ERR_QUERY
var ErrQuery = errors.New("wrong query")

// ErrDocument tells that a document cannot be added.
//
//quiesce:code ERR_DOCUMENT
var ErrDocument = errors.New("wrong document")

// ErrOptions tells that an option has a value that it cannot have.
//
//quiesce:code ERR_OPTIONS
var ErrOptions = errors.New("wrong options")

// kinds are the errors of the libraries that have one of their own here.
var kinds = map[error]error{
	bleve.ErrorIndexPathExists:       ErrExists,
	bleve.ErrorIndexPathDoesNotExist: ErrNotFound,
	bleve.ErrorIndexMetaMissing:      ErrNotFound,
	bolt.ErrTimeout:                  ErrLocked,
}

// explain makes an error of this package of one of the libraries', unless it is
// one of the operating system. What else they say, they say of wrong files.
func explain(path string, err error) error {
	for theirs, ours := range kinds {
		if errors.Is(err, theirs) {
			return fmt.Errorf("%s: %w", path, ours)
		}
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return err
	}
	return fmt.Errorf("%s: %w: %v", path, ErrCorrupt, err)
}
