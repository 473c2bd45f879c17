package minify

import (
	"errors"
	"fmt"

	library "github.com/tdewolff/minify/v2"
	"github.com/tdewolff/parse/v2"
)

// ErrMediaType tells that nothing is known about a media type.
//
//quiesce:code ERR_MEDIA_TYPE
var ErrMediaType = errors.New("no minifier for this media type")

// A Problem is a mistake in a text.
type Problem struct {
	Message string `json:"message"`
	// The line, from 1.
	Line int `json:"line"`
	// The column, from 1.
	Column int `json:"column"`
	// The line as it is, with a mark below the place.
	Context string `json:"context"`
}

// A ParseError tells that a text cannot be minified because of a mistake in it.
type ParseError struct {
	MediaType string
	Problem
}

// Error tells what is wrong and where.
func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s\n%s", e.MediaType, e.Line, e.Column, e.Message, e.Context)
}

// Code returns ERR_PARSE.
func (e *ParseError) Code() string { return "ERR_PARSE" }

// Name returns ParseError.
func (e *ParseError) Name() string { return "ParseError" }

// A ConfigError tells which part of a configuration is wrong.
type ConfigError struct{ Field, Message string }

// Error names the field.
func (e *ConfigError) Error() string { return fmt.Sprintf("config.%s %s", e.Field, e.Message) }

// Code returns ERR_CONFIG.
func (e *ConfigError) Code() string { return "ERR_CONFIG" }

// explain makes an error of this package of one of the library's.
func explain(mediaType string, err error) error {
	if errors.Is(err, library.ErrNotExist) {
		return fmt.Errorf("%w: %q", ErrMediaType, mediaType)
	}
	if at, ok := errors.AsType[*parse.Error](err); ok {
		return &ParseError{mediaType, Problem{at.Message, at.Line, at.Column, at.Context}}
	}
	return err
}
