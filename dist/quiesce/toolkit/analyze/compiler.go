package analyze

import (
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/quiesce/quiesce/toolkit/diag"
)

// A problem is what Go says of a package, at a place if there is one.
type problem struct {
	pos  token.Position
	text string
}

// addErrors adds what is wrong with a package, and with those that it imports,
// as Go tells it. Files are named relative to dir there.
func addErrors(list *diag.List, pkg *packages.Package, dir string) {
	var compiled, listed, checked []problem
	packages.Visit([]*packages.Package{pkg}, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			switch {
			case strings.HasPrefix(e.Msg, "# "):
				compiled = append(compiled, compilerErrors(e.Msg, dir)...)
			case e.Kind == packages.ListError || e.Kind == packages.UnknownError:
				listed = append(listed, problem{parsePosition(e.Pos, dir), strings.TrimSpace(e.Msg)})
			default:
				pos := realPlace(parsePosition(e.Pos, dir), p.GoFiles)
				checked = append(checked, problem{pos, strings.TrimSpace(e.Msg)})
			}
		}
	})
	all := append(compiled, listed...)
	if len(all) == 0 { // else it is the same again, or follows from that
		all = checked
	}
	for _, each := range all {
		list.Errorf(each.pos, "%s", each.text)
	}
}

var compilerLine = regexp.MustCompile(`^(\S.*?:\d+(?::\d+)?): (.*)$`)

// compilerErrors reads what the compiler has printed. A line that begins with a
// tab continues the one before.
func compilerErrors(output, dir string) []problem {
	var list []problem
	for line := range strings.SplitSeq(strings.TrimSpace(output), "\n") {
		m := compilerLine.FindStringSubmatch(line)
		switch {
		case strings.HasPrefix(line, "# "):
		case m != nil:
			list = append(list, problem{parsePosition(m[1], dir), m[2]})
		case len(list) > 0:
			list[len(list)-1].text += "\n" + line
		default:
			list = append(list, problem{text: line})
		}
	}
	return list
}

// parsePosition reads file:line:col or file:line, from the end: a file's name
// may have colons.
func parsePosition(text, dir string) token.Position {
	var numbers []int
	for len(numbers) < 2 {
		cut := strings.LastIndexByte(text, ':')
		if cut < 0 {
			break
		}
		n, err := strconv.Atoi(text[cut+1:])
		if err != nil {
			break
		}
		numbers = append(numbers, n)
		text = text[:cut]
	}
	if len(numbers) == 0 || text == "" {
		return token.Position{}
	}
	if !filepath.IsAbs(text) {
		text = filepath.Join(dir, text)
	}
	pos := token.Position{Filename: text, Line: numbers[len(numbers)-1]}
	if len(numbers) == 2 {
		pos.Column = numbers[0]
	}
	return pos
}
