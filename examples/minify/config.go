package minify

import (
	"fmt"
	"net/url"
	"regexp"

	library "github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/html"
	"github.com/tdewolff/minify/v2/js"
	"github.com/tdewolff/minify/v2/json"
	"github.com/tdewolff/minify/v2/svg"
	"github.com/tdewolff/minify/v2/xml"
)

// A Config tells what to keep. Whatever is left out is minified as far as
// possible.
type Config struct {
	HTML HTMLConfig `json:"html,omitzero"`
	CSS  CSSConfig  `json:"css,omitzero"`
	JS   JSConfig   `json:"js,omitzero"`
	JSON JSONConfig `json:"json,omitzero"`
	SVG  SVGConfig  `json:"svg,omitzero"`
	XML  XMLConfig  `json:"xml,omitzero"`
	// The address that the files will have: links to the same scheme get shorter.
	URL string `json:"url,omitempty"`
}

// HTMLConfig is for HTML and for templates that become HTML.
type HTMLConfig struct {
	// Keep all comments.
	KeepComments bool `json:"keepComments,omitempty"`
	// Keep conditional comments and server side includes.
	KeepSpecialComments bool `json:"keepSpecialComments,omitempty"`
	// Keep attributes whose value is the default anyway.
	KeepDefaultAttrVals bool `json:"keepDefaultAttrVals,omitempty"`
	// Keep the tags html, head and body.
	KeepDocumentTags bool `json:"keepDocumentTags,omitempty"`
	// Keep all end tags.
	KeepEndTags bool `json:"keepEndTags,omitempty"`
	// Keep the quotes around attribute values.
	KeepQuotes bool `json:"keepQuotes,omitempty"`
	// Keep one space where there are several.
	KeepWhitespace bool `json:"keepWhitespace,omitempty"`
	// What begins and ends a template's code, such as {{ and }}.
	TemplateDelims [2]string `json:"templateDelims,omitzero"`
}

// CSSConfig is for style sheets.
type CSSConfig struct {
	// How many significant digits a number keeps; 0 for all.
	Precision int `json:"precision,omitempty"`
	// The text is what a style attribute holds.
	Inline bool `json:"inline,omitempty"`
	// The version of CSS to write; 0 for the latest.
	Version int `json:"version,omitempty"`
}

// JSConfig is for JavaScript.
type JSConfig struct {
	// How many significant digits a number keeps; 0 for all.
	Precision int `json:"precision,omitempty"`
	// Keep the names of variables.
	KeepVarNames bool `json:"keepVarNames,omitempty"`
	// The version of ECMAScript to write, such as 2019; 0 for the latest.
	Version int `json:"version,omitempty"`
}

// JSONConfig is for JSON.
type JSONConfig struct {
	// How many significant digits a number keeps; 0 for all.
	Precision int `json:"precision,omitempty"`
	// Keep numbers as they are written.
	KeepNumbers bool `json:"keepNumbers,omitempty"`
}

// SVGConfig is for SVG.
type SVGConfig struct {
	// Keep all comments.
	KeepComments bool `json:"keepComments,omitempty"`
	// How many significant digits a number keeps; 0 for all.
	Precision int `json:"precision,omitempty"`
	// The namespaces to keep, besides xlink.
	KeepNamespaces []string `json:"keepNamespaces,omitempty"`
}

// XMLConfig is for XML.
type XMLConfig struct {
	// Keep one space where there are several.
	KeepWhitespace bool `json:"keepWhitespace,omitempty"`
}

var (
	jsTypes   = regexp.MustCompile(`^(application|text)/(x-)?(java|ecma|j|live)script(1\.[0-5])?$|^module$`)
	jsonTypes = regexp.MustCompile(`[/+]json$`)
	xmlTypes  = regexp.MustCompile(`[/+]xml$`)
)

// templates are the media types of HTML with code in it, and what encloses it.
var templates = map[string][2]string{
	"text/asp":                   html.ASPTemplateDelims,
	"text/x-ejs-template":        html.EJSTemplateDelims,
	"application/x-httpd-php":    html.PHPTemplateDelims,
	"text/x-template":            html.GoTemplateDelims,
	"text/x-go-template":         html.GoTemplateDelims,
	"text/x-mustache-template":   html.MustacheTemplateDelims,
	"text/x-handlebars-template": html.HandlebarsTemplateDelims,
}

// library makes the library's minifier for the same media types as its command.
func (c *Config) library() (*library.M, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	address, err := url.Parse(c.URL)
	if err != nil {
		return nil, &ConfigError{"url", fmt.Sprintf("is no address: %v", err)}
	}
	m := library.New()
	m.URL = address
	m.Add("text/css", c.CSS.minifier())
	m.Add("text/html", c.HTML.minifier())
	m.Add("image/svg+xml", c.SVG.minifier())
	m.AddRegexp(jsTypes, c.JS.minifier())
	m.AddRegexp(jsonTypes, c.JSON.minifier())
	m.AddRegexp(xmlTypes, c.XML.minifier())
	m.Add("importmap", c.JSON.minifier())
	m.Add("speculationrules", c.JSON.minifier())
	for mediaType, delims := range templates {
		template := c.HTML.minifier()
		template.TemplateDelims = delims
		m.Add(mediaType, template)
	}
	return m, nil
}

// check refuses numbers that the library would take for another one.
func (c *Config) check() error {
	for name, value := range map[string]int{
		"css.precision":  c.CSS.Precision,
		"css.version":    c.CSS.Version,
		"js.precision":   c.JS.Precision,
		"js.version":     c.JS.Version,
		"json.precision": c.JSON.Precision,
		"svg.precision":  c.SVG.Precision,
	} {
		if value < 0 {
			return &ConfigError{name, fmt.Sprintf("must not be negative: %d", value)}
		}
	}
	return nil
}

func (c HTMLConfig) minifier() *html.Minifier {
	return &html.Minifier{
		KeepComments:        c.KeepComments,
		KeepSpecialComments: c.KeepSpecialComments,
		KeepDefaultAttrVals: c.KeepDefaultAttrVals,
		KeepDocumentTags:    c.KeepDocumentTags,
		KeepEndTags:         c.KeepEndTags,
		KeepQuotes:          c.KeepQuotes,
		KeepWhitespace:      c.KeepWhitespace,
		TemplateDelims:      c.TemplateDelims,
	}
}

func (c CSSConfig) minifier() *css.Minifier {
	return &css.Minifier{Precision: c.Precision, Inline: c.Inline, Version: c.Version}
}

func (c JSConfig) minifier() *js.Minifier {
	return &js.Minifier{Precision: c.Precision, KeepVarNames: c.KeepVarNames, Version: c.Version}
}

func (c JSONConfig) minifier() *json.Minifier {
	return &json.Minifier{Precision: c.Precision, KeepNumbers: c.KeepNumbers}
}

func (c SVGConfig) minifier() *svg.Minifier {
	return &svg.Minifier{KeepComments: c.KeepComments, Precision: c.Precision, KeepNamespaces: c.KeepNamespaces}
}

func (c XMLConfig) minifier() *xml.Minifier {
	return &xml.Minifier{KeepWhitespace: c.KeepWhitespace}
}
