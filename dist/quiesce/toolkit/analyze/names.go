package analyze

import (
	"strings"
	"unicode"

	"github.com/quiesce/quiesce/toolkit/jstext"
)

// lowerCamel returns a Go name as JS has it: AddFile is addFile, URL is url,
// HTMLText is htmlText, IDs is ids.
func lowerCamel(name string) string {
	letters := []rune(name)
	run := 0
	for run < len(letters) && unicode.IsUpper(letters[run]) {
		run++
	}
	if run > 1 && run < len(letters) && unicode.IsLower(letters[run]) && !pluralEnds(letters[run:]) {
		run-- // the last capital begins the next word
	}
	return strings.ToLower(string(letters[:run])) + string(letters[run:])
}

// pluralEnds reports whether an s ends a word here, as after the ID of IDsOf.
func pluralEnds(letters []rune) bool {
	return letters[0] == 's' && (len(letters) == 1 || !unicode.IsLower(letters[1]))
}

// staticName returns the JS name of a constructor that is none for new: without
// the name of its class, where that is a word in it. OpenIndex is open.
func staticName(function, class string) string {
	for from := 0; ; {
		at := strings.Index(function[from:], class)
		if at < 0 {
			return lowerCamel(function)
		}
		at += from
		rest := function[at+len(class):]
		if rest == "" || !unicode.IsLower([]rune(rest)[0]) {
			if short := function[:at] + rest; jstext.IsIdentifier(short) { // of Index2 there would be a 2
				return lowerCamel(short)
			}
		}
		from = at + 1
	}
}

// Names that members cannot have, since every handle or every class has them.
var (
	instanceNames = []string{
		"constructor", "token", "freed", "free", "freeSync", "detach", "share",
	}
	staticNames = []string{"attach", "prototype", "name", "length", "arguments", "caller"}
)

// misleading are names that JS itself asks for, and why nothing can have them.
var misleading = map[string]string{
	"then":   "what has a function of this name is taken for a promise",
	"toJSON": "JSON.stringify() would call it",

	"__proto__":  "it would be set as the prototype",
	"__esModule": "it tells how a module was made",
	"undefined":  "it means something else",
	"NaN":        "it means something else",
	"Infinity":   "it means something else",
}

// typeWords cannot be names of types.
var typeWords = strings.Fields(`any bigint boolean never number object string symbol undefined unknown`)
