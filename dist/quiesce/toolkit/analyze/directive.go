package analyze

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/quiesce/quiesce/toolkit/jstext"
)

const prefix = "//quiesce:"

// A directive is one `//quiesce:word argument` line of a doc comment. One that
// nothing has used in the end has no effect, which is an error.
type directive struct {
	word, arg string
	pos       token.Position
	used      bool
}

// A target is the kind of a declaration.
type target string

const (
	onType     target = "a type"
	onFunction target = "a function"
	onMethod   target = "a method"
	onVariable target = "a variable"
	onOther    target = "this declaration"
)

type rule struct {
	targets  []target
	valid    func(arg string) bool // nil: there is no argument
	argument string                // what the argument is, for a message
}

var errorCode = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

var rules = map[string]rule{
	"class":    {targets: []target{onType}},
	"function": {targets: []target{onFunction}},
	"name":     {[]target{onType, onFunction, onMethod}, jstext.IsIdentifier, "a JavaScript identifier"},
	"skip":     {targets: []target{onFunction, onMethod}},
	"number":   {targets: []target{onType, onFunction, onMethod}},
	"borrow":   {targets: []target{onFunction, onMethod}},
	"code":     {[]target{onVariable}, errorCode.MatchString, "a code such as ERR_NOT_FOUND"},
}

// directivesOf reads the directives of a declaration's doc comment.
func (a *analyzer) directivesOf(in *sourceIndex, doc *ast.CommentGroup, on target) []*directive {
	if doc == nil || in.mute {
		return nil
	}
	var list []*directive
	for _, c := range doc.List {
		text, ok := strings.CutPrefix(c.Text, prefix)
		if !ok {
			continue
		}
		word, arg, _ := strings.Cut(text, " ")
		d := &directive{word: word, arg: strings.TrimSpace(arg), pos: in.position(c.Pos())}
		if slices.ContainsFunc(list, func(other *directive) bool { return other.word == word }) {
			a.list.Errorf(d.pos, "%s%s is there twice", prefix, word)
			continue
		}
		if a.checkDirective(d, on) {
			list = append(list, d)
		}
	}
	return list
}

func (a *analyzer) checkDirective(d *directive, on target) bool {
	r, known := rules[d.word]
	switch {
	case !known:
		a.list.Errorf(d.pos, "unknown directive %s%s", prefix, d.word)
	case !slices.Contains(r.targets, on):
		a.list.Errorf(d.pos, "%s%s belongs to %s, not to %s", prefix, d.word, anyOf(r.targets), on)
	case r.valid == nil && d.arg != "":
		a.list.Errorf(d.pos, "%s%s takes no argument", prefix, d.word)
	case r.valid != nil && !r.valid(d.arg):
		a.list.Errorf(d.pos, "%s%s needs %s, not %q", prefix, d.word, r.argument, d.arg)
	default:
		return true
	}
	return false
}

func anyOf(targets []target) string {
	words := make([]string, len(targets))
	for i, t := range targets {
		words[i] = string(t)
	}
	return strings.Join(words, " or ")
}

// checkStrays refuses directives outside doc comments, and lines that were
// meant to be some.
func (a *analyzer) checkStrays(file *ast.File, docs map[*ast.CommentGroup]bool) {
	for _, group := range file.Comments {
		for _, c := range group.List {
			pos := a.own.position(c.Pos())
			if text, ok := strings.CutPrefix(c.Text, "// quiesce:"); ok {
				if word, _, _ := strings.Cut(text, " "); rules[word].targets != nil {
					a.list.Errorf(pos, "a directive has no space after the slashes: %s%s", prefix, word)
				}
			}
			if strings.HasPrefix(c.Text, prefix) && !docs[group] {
				word, _, _ := strings.Cut(c.Text, " ")
				a.list.Errorf(pos, "%s must be in the doc comment of a declaration, right above it", word)
			}
		}
	}
}

// checkUnused refuses the directives that have had no effect.
func (a *analyzer) checkUnused() {
	for _, d := range a.own.decls {
		for _, each := range d.directives {
			if !each.used {
				a.list.Errorf(each.pos, "%s%s has no effect: %s", prefix, each.word, d.why())
			}
		}
	}
}

// why tells why a directive of the declaration has had no effect.
func (d *decl) why() string {
	switch {
	case d.on == onMethod:
		return d.name + " is not called from JavaScript"
	case d.has("skip"):
		return d.name + " is skipped"
	case d.on == onFunction:
		return d.name + " is neither a constructor of a class nor a " + prefix + "function"
	default:
		return d.name + " is not of a kind that it changes"
	}
}
