// Package jstext writes pieces of JavaScript.
package jstext

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var identifier = regexp.MustCompile(`^[\p{L}_$][\p{L}\p{Nd}_$]*$`)

// verticalTilde is the one letter that is syntax to Unicode, and not allowed in names.
const verticalTilde = '\u2e2f'

// IsIdentifier reports whether JS allows the name, if it is no reserved word.
func IsIdentifier(s string) bool {
	return identifier.MatchString(s) && !strings.ContainsRune(s, verticalTilde)
}

// reserved has the words that modules and classes, which are strict, do not
// allow as names of their own.
var reserved = strings.Fields(`
	arguments await break case catch class const continue debugger default delete do else enum eval export extends
	false finally for function if implements import in instanceof interface let new null package private protected
	public return static super switch this throw true try typeof var void while with yield`)

// IsReserved reports whether JS reserves the word.
func IsReserved(s string) bool { return slices.Contains(reserved, s) }

// Quote writes a string in single quotes.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		switch {
		case r == '\'' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' || r == 0x7F || r == 0x2028 || r == 0x2029:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// Property writes the name of an object's property.
func Property(name string) string {
	if IsIdentifier(name) {
		return name
	}
	return Quote(name)
}
