package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// An input is something that the library is tested with.
type input struct {
	name      string
	file      string // empty for one that stands in a Go test
	mediaType string
	text      []byte
}

var mediaTypes = map[string]string{
	"html": "text/html",
	"css":  "text/css",
	"js":   "application/javascript",
	"json": "application/json",
	"svg":  "image/svg+xml",
	"xml":  "text/xml",
}

// gather returns the library's sample files, the corpora of its fuzz tests, and
// the inputs of its Go tests.
func gather(folder string) ([]input, error) {
	var inputs []input
	for _, part := range []string{"_benchmarks", "tests"} {
		err := filepath.WalkDir(filepath.Join(folder, part), func(file string, entry fs.DirEntry, err error) error {
			mediaType := mediaTypes[strings.TrimPrefix(path.Ext(file), ".")]
			if err != nil || entry.IsDir() || mediaType == "" {
				return err
			}
			text, err := os.ReadFile(file)
			name, _ := filepath.Rel(folder, file)
			inputs = append(inputs, input{name, file, mediaType, text})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for part, mediaType := range mediaTypes {
		file := filepath.Join(folder, part, part+"_test.go")
		found, err := tables(file, mediaType)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, found...)
	}
	return inputs, nil
}

// tables takes the inputs out of a Go test: the first string of each {"input",
// "expected"} in a table.
func tables(file, mediaType string) ([]input, error) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, nil, 0)
	if err != nil {
		return nil, err
	}
	var inputs []input
	ast.Inspect(parsed, func(node ast.Node) bool {
		row, ok := node.(*ast.CompositeLit)
		if !ok || row.Type != nil || len(row.Elts) < 2 {
			return true
		}
		if text, ok := literal(row.Elts[0]); ok {
			at := files.Position(row.Pos())
			name := filepath.Base(file) + ":" + strconv.Itoa(at.Line)
			inputs = append(inputs, input{name, "", mediaType, []byte(text)})
		}
		return true
	})
	return inputs, nil
}

// literal is the value of a string, also of one that is put together by +.
func literal(expression ast.Expr) (string, bool) {
	switch e := expression.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok1 := literal(e.X)
		right, ok2 := literal(e.Y)
		return left + right, ok1 && ok2
	}
	return "", false
}
