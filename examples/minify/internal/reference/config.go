package main

import (
	"net/url"
	"regexp"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/html"
	"github.com/tdewolff/minify/v2/js"
	minifyjson "github.com/tdewolff/minify/v2/json"
	"github.com/tdewolff/minify/v2/svg"
	"github.com/tdewolff/minify/v2/xml"
)

// A config is read straight into the library's own options. Their names differ
// from those in the JSON only in the case of the first letter, which Go ignores.
type config struct {
	HTML html.Minifier
	CSS  css.Minifier
	JS   js.Minifier
	JSON minifyjson.Minifier
	SVG  svg.Minifier
	XML  xml.Minifier
	URL  string
}

func (c config) minifier() *minify.M {
	m := minify.New()
	m.Add("text/css", &c.CSS)
	m.Add("text/html", &c.HTML)
	m.Add("image/svg+xml", &c.SVG)
	m.AddRegexp(regexp.MustCompile("^(application|text)/(x-)?(java|ecma)script$|^module$"), &c.JS)
	m.AddRegexp(regexp.MustCompile("[/+]json$"), &c.JSON)
	m.AddRegexp(regexp.MustCompile("[/+]xml$"), &c.XML)
	m.Add("importmap", &c.JSON)
	m.Add("speculationrules", &c.JSON)
	m.URL, _ = url.Parse(c.URL)
	return m
}
