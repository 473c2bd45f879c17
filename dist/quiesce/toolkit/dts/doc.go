package dts

import (
	"fmt"
	"go/doc/comment"
	"regexp"
	"strings"
)

// doc writes a Go doc comment as one of JSDoc. goName is what it is of: a text
// that begins with it begins with jsName then.
func (w *writer) doc(indent, doc, goName, jsName string) {
	w.comment(indent, w.docLines(doc, goName, jsName))
}

func (w *writer) comment(indent string, lines []string) {
	switch len(lines) {
	case 0:
	case 1:
		w.line("%s/** %s */", indent, lines[0])
	default:
		w.line("%s/**", indent)
		for _, l := range lines {
			w.line("%s", strings.TrimRight(indent+" * "+l, " "))
		}
		w.line("%s */", indent)
	}
}

var deprecated = regexp.MustCompile(`^Deprecated:\s+`)

func (w *writer) docLines(doc, goName, jsName string) []string {
	if strings.TrimSpace(doc) == "" {
		return nil
	}
	if rest, ok := strings.CutPrefix(doc, goName); ok && goName != "" && startsAfterWord(rest) {
		doc = jsName + rest
	}
	parser := comment.Parser{LookupSym: func(recv, name string) bool {
		return w.links[strings.TrimPrefix(recv+"."+name, ".")] != ""
	}}
	var parts, last []string
	for _, block := range parser.Parse(doc).Content {
		text := w.block(block)
		if deprecated.MatchString(text) {
			last = append(last, deprecated.ReplaceAllString(text, "@deprecated "))
			continue
		}
		parts = append(parts, text)
	}
	return strings.Split(strings.Join(append(parts, last...), "\n\n"), "\n")
}

// startsAfterWord reports whether a word has ended before the text.
func startsAfterWord(rest string) bool {
	return rest == "" || strings.ContainsAny(rest[:1], " \n,.:;'")
}

func (w *writer) block(b comment.Block) string {
	switch b := b.(type) {
	case *comment.Paragraph:
		return guarded(w.text(b.Text))
	case *comment.Heading:
		return guarded("### " + w.text(b.Text))
	case *comment.Code:
		return escaped("```\n" + strings.TrimRight(b.Text, "\n") + "\n```")
	case *comment.List:
		return w.list(b)
	default:
		return ""
	}
}

func (w *writer) list(l *comment.List) string {
	items := make([]string, len(l.Items))
	for i, item := range l.Items {
		mark := "- "
		if item.Number != "" {
			mark = item.Number + ". "
		}
		blocks := make([]string, len(item.Content))
		for j, b := range item.Content {
			blocks[j] = w.block(b)
		}
		space := strings.Repeat(" ", len(mark))
		items[i] = mark + strings.ReplaceAll(strings.Join(blocks, "\n"), "\n", "\n"+space)
	}
	between := "\n"
	if l.BlankBetween() {
		between = "\n\n"
	}
	return strings.Join(items, between)
}

func (w *writer) text(list []comment.Text) string {
	var b strings.Builder
	for _, t := range list {
		switch t := t.(type) {
		case comment.Plain:
			b.WriteString(string(t))
		case comment.Italic:
			b.WriteString(string(t))
		case *comment.Link:
			if t.Auto {
				b.WriteString(t.URL)
			} else {
				fmt.Fprintf(&b, "[%s](%s)", w.text(t.Text), t.URL)
			}
		case *comment.DocLink:
			b.WriteString(w.docLink(t))
		}
	}
	return b.String()
}

// docLink links to what JS sees; of anything else it leaves the text.
func (w *writer) docLink(l *comment.DocLink) string {
	to := w.links[strings.TrimPrefix(l.Recv+"."+l.Name, ".")]
	if l.ImportPath != "" || to == "" {
		return w.text(l.Text)
	}
	return "{@link " + to + "}"
}

// escaped keeps the text from ending the comment.
func escaped(s string) string { return strings.ReplaceAll(s, "*/", `*\/`) }

// guarded also keeps a line from being a tag of JSDoc.
func guarded(s string) string {
	s = escaped(s)
	if strings.HasPrefix(s, "@") {
		s = `\` + s
	}
	return strings.ReplaceAll(s, "\n@", "\n\\@")
}
