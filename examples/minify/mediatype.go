package minify

import (
	"path/filepath"
	"strings"
)

var mediaTypes = map[string]string{
	".asp":         "text/asp",
	".css":         "text/css",
	".ejs":         "text/x-ejs-template",
	".gohtml":      "text/x-go-template",
	".handlebars":  "text/x-handlebars-template",
	".htm":         "text/html",
	".html":        "text/html",
	".js":          "application/javascript",
	".json":        "application/json",
	".mjs":         "application/javascript",
	".mustache":    "text/x-mustache-template",
	".php":         "application/x-httpd-php",
	".rss":         "application/rss+xml",
	".svg":         "image/svg+xml",
	".tmpl":        "text/x-template",
	".webmanifest": "application/manifest+json",
	".xhtml":       "application/xhtml+xml",
	".xml":         "text/xml",
}

// MediaTypeOf tells the media type of a file by the ending of its name, and ""
// for one that it does not know.
//
//quiesce:function
func MediaTypeOf(path string) string {
	return mediaTypes[strings.ToLower(filepath.Ext(path))]
}
