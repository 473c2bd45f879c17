package jstext

import (
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// read reads a literal in single quotes as JavaScript does; false if it is none,
// or has an escape that Quote has no need of.
func read(literal string) (string, bool) {
	body, begins := strings.CutPrefix(literal, "'")
	body, ends := strings.CutSuffix(body, "'")
	if !begins || !ends {
		return "", false
	}
	var b strings.Builder
	for body != "" {
		r, size := utf8.DecodeRuneInString(body)
		body = body[size:]
		switch {
		case r == '\'' || r < ' ' || r == '\u2028' || r == '\u2029':
			return "", false
		case r != '\\':
			b.WriteRune(r)
		case body == "":
			return "", false
		case body[0] == 'u' && len(body) >= 5:
			n, err := strconv.ParseUint(body[1:5], 16, 16)
			if err != nil {
				return "", false
			}
			b.WriteRune(rune(n))
			body = body[5:]
		default:
			c, known := map[byte]string{'n': "\n", '\'': "'", '\\': `\`}[body[0]]
			if !known {
				return "", false
			}
			b.WriteString(c)
			body = body[1:]
		}
	}
	return b.String(), true
}

// What is quoted reads back the same, but for bytes that are no text.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "it's", `\`, "a\nb\r\t\x00\x7f", "\u2028\u2029", "\u0085", "ä😀", "\xff", "\ufeff", "</script>", "\u2e2f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := string([]rune(s)) // each byte that is no text becomes U+FFFD
		if got, ok := read(Quote(s)); !ok || got != text {
			t.Fatalf("%q is quoted as %s, which reads %q, %v", s, Quote(s), got, ok)
		}
		property := Property(s)
		if got, ok := read(property); property != s && (!ok || got != text) {
			t.Fatalf("%q is written as %s, which reads %q, %v", s, property, got, ok)
		}
		if property == s && (s == "" || strings.ContainsFunc(s, isNoPartOfAName)) {
			t.Fatalf("%q is no name in JavaScript", s)
		}
	})
}

// isNoPartOfAName has the rule for ID_Continue of Unicode, UAX #31.
func isNoPartOfAName(r rune) bool {
	isPart := unicode.IsLetter(r) || unicode.In(r, unicode.Nl, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Start, unicode.Other_ID_Continue)
	return r != '$' && (!isPart || unicode.In(r, unicode.Pattern_Syntax, unicode.Pattern_White_Space) && r != '_')
}
