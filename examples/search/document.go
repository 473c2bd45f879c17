package search

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/standard"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/es"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
)

// A Language is that of a text.
type Language string

// The languages that are known.
const (
	English Language = "en"
	French  Language = "fr"
	German  Language = "de"
	Spanish Language = "es"
)

var analyzers = map[Language]string{
	"":      standard.Name,
	English: en.AnalyzerName,
	French:  fr.AnalyzerName,
	German:  de.AnalyzerName,
	Spanish: es.AnalyzerName,
}

// A Document is what can be found.
type Document struct {
	// What the document is known by.
	ID    string `json:"id"`
	Title string `json:"title,omitempty"`
	// The text. A hit has it only if it was asked for.
	Body string `json:"body,omitempty"`
	// Words that are found only as they are written, by tags:word.
	Tags []string `json:"tags,omitempty"`
	// When the document was changed.
	Modified time.Time `json:"modified,omitzero"`
	// Anything else, found only as it is written, by meta.name:word.
	Meta map[string]string `json:"meta,omitempty"`
}

// source is the stored field that holds a document without its body.
const source = "source"

// newMapping tells the library what to do with the fields of a document.
func newMapping(language Language) (*mapping.IndexMappingImpl, error) {
	analyzer, ok := analyzers[language]
	if !ok {
		return nil, fmt.Errorf("%w: language %q", ErrOptions, language)
	}
	text := bleve.NewTextFieldMapping() // by the default analyzer
	tag := bleve.NewKeywordFieldMapping()
	tag.Store = false
	modified := bleve.NewDateTimeFieldMapping()
	modified.Store = false
	stored := &mapping.FieldMapping{Type: "text", Store: true}
	meta := bleve.NewDocumentMapping()
	meta.DefaultAnalyzer = keyword.Name

	document := bleve.NewDocumentStaticMapping()
	document.AddFieldMappingsAt("title", text)
	document.AddFieldMappingsAt("body", text)
	document.AddFieldMappingsAt("tags", tag)
	document.AddFieldMappingsAt("modified", modified)
	document.AddFieldMappingsAt(source, stored)
	document.AddSubDocumentMapping("meta", meta)

	index := bleve.NewIndexMapping()
	index.DefaultMapping = document
	index.DefaultAnalyzer = analyzer
	index.StoreDynamic = false
	return index, nil
}

// fields are what the index takes in of a document.
func (d Document) fields() (map[string]any, error) {
	fields := map[string]any{"title": d.Title, "body": d.Body, "tags": d.Tags, "meta": d.Meta}
	if !d.Modified.IsZero() {
		// The index counts nanoseconds from 1970 in 64 bits.
		if year := d.Modified.UTC().Year(); year < 1678 || year > 2261 {
			return nil, fmt.Errorf("modified in the year %d", year)
		}
		fields["modified"] = d.Modified
	}
	d.Body = ""
	rest, err := json.Marshal(d)
	fields[source] = string(rest)
	return fields, err
}

// newDocument makes a document of the stored fields that come with a match.
func newDocument(match *search.DocumentMatch) (Document, error) {
	document := Document{ID: match.ID}
	if rest, ok := match.Fields[source].(string); ok {
		if err := json.Unmarshal([]byte(rest), &document); err != nil {
			return document, fmt.Errorf("%w: document %q: %w", ErrCorrupt, match.ID, err)
		}
	}
	document.Body, _ = match.Fields["body"].(string)
	return document, nil
}

// storedFields are the names of the stored fields that make a document.
func storedFields(body bool) []string {
	if body {
		return []string{source, "body"}
	}
	return []string{source}
}
