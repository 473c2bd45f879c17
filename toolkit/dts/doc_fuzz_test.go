package dts

import (
	"strings"
	"testing"
)

// Whatever an author writes in a doc comment stays in that comment.
func FuzzDoc(f *testing.F) {
	for _, text := range []string{
		"Open opens.", "*/ export const x = 1 /*", "a *\n/ b", "\tcode */\n\t@tag", "@deprecated", "Deprecated: not now", "# Heading", "  - item */\n  - @item",
		"[a]: https://*/\n\nSee [a], [T.M] and https://x/*/.", "one\n\n\ntwo\r\n", "\u2028*/",
	} {
		f.Add(text, "Open", "open", "  ")
	}
	f.Fuzz(func(t *testing.T, doc, goName, jsName, indent string) {
		if strings.Trim(indent, " ") != "" || strings.ContainsAny(jsName, "\n*/@") {
			return // these are not the author's
		}
		w := &writer{links: map[string]string{"T.M": "T.m"}}
		w.doc(indent, doc, goName, jsName)
		text := strings.TrimSpace(w.String())
		if strings.TrimSpace(doc) == "" && text == "" {
			return
		}
		inside, begins := strings.CutPrefix(text, "/**")
		inside, ends := strings.CutSuffix(inside, "*/")
		if (text != "" && (!begins || !ends)) || strings.Contains(inside, "*/") {
			t.Fatalf("%q became %q", doc, text)
		}
	})
}
