package search

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp/syntax"
	"time"

	"github.com/blevesearch/bleve/v2"
	_ "github.com/blevesearch/bleve/v2/search/highlight/highlighter/ansi" // registers itself
)

// A Highlight is how the words that were found are marked in a fragment.
type Highlight string

const (
	HTML Highlight = "html" // <mark>
	ANSI Highlight = "ansi" // for a terminal
)

// SearchOptions tell which of the hits to return, and what of them.
type SearchOptions struct {
	// How many hits to return: 10 if it is left out. 0 only counts them.
	Limit *int `json:"limit,omitempty"`
	// How many hits to leave out before the first.
	Offset int `json:"offset,omitempty"`
	// The order of the hits: names of fields, and _id and _score; a minus turns one
	// round. The default is the best first.
	Sort []string `json:"sort,omitempty"`
	// Return fragments of the text with the words that were found.
	Highlight Highlight `json:"highlight,omitempty"`
	// Return the bodies of the documents too.
	Bodies bool `json:"bodies,omitempty"`
}

// A Result is what a search has found.
type Result struct {
	// How many documents match.
	Total int `json:"total"`
	// How long it took.
	Took time.Duration `json:"took"`
	// The best score of all.
	MaxScore float64 `json:"maxScore"`
	// The documents asked for.
	Hits []Hit `json:"hits"`
}

// A Hit is a document that matches.
type Hit struct {
	Document
	// How well it matches, compared with the other hits of the same search.
	Score float64 `json:"score"`
	// For each field with a word that was found a piece of its text.
	Fragments map[string][]string `json:"fragments,omitempty"`
}

// Search finds documents by a query such as
//
//	+guard -mutex title:"state word"^2 tags:go modified:>"2024-01-31"
//
// A plus means must, a minus must not; a field is title, body, tags, modified or
// meta.NAME. [All of it].
//
// [All of it]: https://blevesearch.com/docs/Query-String-Query/
func (x *Index) Search(ctx context.Context, text string, options *SearchOptions) (Result, error) {
	if options == nil {
		options = &SearchOptions{}
	}
	request, err := options.request(text)
	if err != nil {
		return Result{}, err
	}
	found, err := x.search(ctx, request)
	if err != nil {
		return Result{}, err
	}
	list, err := hits(found)
	return Result{int(found.Total), found.Took, found.MaxScore, list}, err
}

// AllOptions tell what to return of each hit.
type AllOptions struct {
	// Return fragments of the text with the words that were found.
	Highlight Highlight `json:"highlight,omitempty"`
	// Return the bodies of the documents too.
	Bodies bool `json:"bodies,omitempty"`
}

// pageSize is how many hits All looks for at a time.
const pageSize = 200

// All iterates over all documents that a query finds, in the order of their ids.
// It looks for a page of them at a time. A document that is there, and matches,
// from the beginning to the end comes exactly once, whatever others add or
// delete meanwhile.
func (x *Index) All(ctx context.Context, text string, options *AllOptions) iter.Seq2[Hit, error] {
	if options == nil {
		options = &AllOptions{}
	}
	size := pageSize
	page := SearchOptions{Limit: &size, Sort: []string{"_id"}, Highlight: options.Highlight, Bodies: options.Bodies}
	return func(yield func(Hit, error) bool) {
		if err := x.all(ctx, text, &page, yield); err != nil {
			yield(Hit{}, err)
		}
	}
}

func (x *Index) all(ctx context.Context, text string, page *SearchOptions, yield func(Hit, error) bool) error {
	request, err := page.request(text)
	if err != nil {
		return err
	}
	for {
		list, err := x.page(ctx, request)
		if err != nil {
			return err
		}
		for _, hit := range list {
			if !yield(hit, nil) {
				return nil
			}
		}
		if len(list) < pageSize {
			return nil
		}
		request.SetSearchAfter([]string{list[pageSize-1].ID})
	}
}

func (x *Index) page(ctx context.Context, request *bleve.SearchRequest) ([]Hit, error) {
	found, err := x.search(ctx, request)
	if err != nil {
		return nil, err
	}
	return hits(found)
}

func (o *SearchOptions) request(text string) (*bleve.SearchRequest, error) {
	q := bleve.NewQueryStringQuery(text)
	if err := q.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrQuery, err)
	}
	limit := 10
	if o.Limit != nil {
		limit = *o.Limit
	}
	if limit < 0 || o.Offset < 0 {
		return nil, fmt.Errorf("%w: limit %d, offset %d", ErrOptions, limit, o.Offset)
	}
	request := bleve.NewSearchRequestOptions(q, limit, o.Offset, false)
	request.Fields = storedFields(o.Bodies)
	if len(o.Sort) > 0 {
		request.SortBy(o.Sort)
	}
	switch o.Highlight {
	case "":
	case HTML, ANSI:
		request.Highlight = bleve.NewHighlightWithStyle(string(o.Highlight))
	default:
		return nil, fmt.Errorf("%w: highlight %q", ErrOptions, o.Highlight)
	}
	return request, nil
}

// search runs a request. That a regular expression is wrong shows only here.
func (x *Index) search(ctx context.Context, request *bleve.SearchRequest) (*bleve.SearchResult, error) {
	found, err := x.index.SearchInContext(ctx, request)
	if why := context.Cause(ctx); err != nil && why != nil {
		return nil, why
	}
	if _, ok := errors.AsType[*syntax.Error](err); ok {
		return nil, fmt.Errorf("%w: %v", ErrQuery, err)
	}
	return found, err
}

func hits(found *bleve.SearchResult) ([]Hit, error) {
	list := make([]Hit, len(found.Hits))
	for i, match := range found.Hits {
		document, err := newDocument(match)
		if err != nil {
			return nil, err
		}
		list[i] = Hit{document, match.Score, match.Fragments}
	}
	return list, nil
}
