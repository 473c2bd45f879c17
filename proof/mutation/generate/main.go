// Generate writes the mechanical mutants of Go files as JSON, to stdout: one
// for each place where an operator of mutation testing fits. They owe nothing
// to what their tests are known to check.
//
//	go run ./mutation/generate FILE... (in proof/)
package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path/filepath"
)

// A mutant is one replacement in one file. Several may be at one offset.
type mutant struct {
	File   string `json:"file"`     // its name, without a folder
	Func   string `json:"function"` // the one that it is in, without its receiver
	Line   int    `json:"line"`
	Offset int    `json:"offset"` // in bytes
	Take   string `json:"take"`
	Put    string `json:"put"`
	Kind   string `json:"kind"`
}

func main() {
	log.SetFlags(0)
	list := []mutant{}
	for _, path := range os.Args[1:] {
		found, err := mutantsOf(path)
		if err != nil {
			log.Fatal(err)
		}
		list = append(list, found...)
	}
	if err := json.NewEncoder(os.Stdout).Encode(list); err != nil {
		log.Fatal(err)
	}
}

func mutantsOf(path string) ([]mutant, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	s := &source{files: files, name: filepath.Base(path), text: text}
	for _, d := range parsed.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			s.function = f.Name.Name
			ast.Inspect(f.Body, s.visit)
		}
	}
	return s.found, nil
}

// A source is one file and the mutants found in it.
type source struct {
	files    *token.FileSet
	name     string
	function string
	text     []byte
	found    []mutant
}

func (s *source) add(kind string, from, to token.Pos, put string) {
	at := s.files.Position(from)
	s.found = append(s.found, mutant{
		File:   s.name,
		Func:   s.function,
		Line:   at.Line,
		Offset: at.Offset,
		Take:   s.code(from, to),
		Put:    put,
		Kind:   kind,
	})
}

func (s *source) code(from, to token.Pos) string {
	return string(s.text[s.files.Position(from).Offset:s.files.Position(to).Offset])
}

func (s *source) swap(kind string, at token.Pos, take, put token.Token) {
	s.add(kind, at, at+token.Pos(len(take.String())), put.String())
}

var (
	opposites = map[token.Token]token.Token{
		token.EQL: token.NEQ, token.NEQ: token.EQL,
		token.LSS: token.GEQ, token.GEQ: token.LSS, token.GTR: token.LEQ, token.LEQ: token.GTR,
	}
	neighbours = map[token.Token]token.Token{
		token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	}
	others = map[token.Token]token.Token{
		token.LAND: token.LOR, token.LOR: token.LAND,
		token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
		token.AND: token.OR, token.OR: token.AND, token.AND_NOT: token.AND, token.XOR: token.AND,
		token.SHL: token.SHR, token.SHR: token.SHL,
		token.INC: token.DEC, token.DEC: token.INC,
		token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN,
		token.BREAK: token.CONTINUE, token.CONTINUE: token.BREAK,
	}
)

func (s *source) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		s.operator(n.OpPos, n.Op)
	case *ast.IncDecStmt:
		s.operator(n.TokPos, n.Tok)
		s.drop(n)
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE { // without a definition it does not compile
			s.operator(n.TokPos, n.Tok)
			s.drop(n)
		}
	case *ast.BranchStmt:
		s.operator(n.TokPos, n.Tok)
	case *ast.ExprStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SendStmt:
		s.drop(n)
	case *ast.IfStmt:
		s.condition(n.Cond)
	case *ast.ForStmt:
		if n.Cond != nil {
			s.condition(n.Cond)
		}
	case *ast.ReturnStmt:
		s.results(n)
	case *ast.UnaryExpr:
		if n.Op == token.NOT || n.Op == token.SUB || n.Op == token.XOR {
			s.add("an operator taken off", n.OpPos, n.X.Pos(), "")
		}
	}
	return true
}

func (s *source) operator(at token.Pos, op token.Token) {
	if put, ok := opposites[op]; ok {
		s.swap("a comparison turned round", at, op, put)
	}
	if put, ok := neighbours[op]; ok {
		s.swap("a boundary moved", at, op, put)
	}
	if put, ok := others[op]; ok {
		s.swap("an operator changed", at, op, put)
	}
}

// condition negates what is not negated by another operator.
func (s *source) condition(c ast.Expr) {
	switch c := c.(type) {
	case *ast.UnaryExpr:
		return
	case *ast.BinaryExpr:
		if opposites[c.Op] != 0 {
			return
		}
	}
	s.add("a condition negated", c.Pos(), c.End(), "!("+s.code(c.Pos(), c.End())+")")
}

func (s *source) drop(n ast.Node) { s.add("a statement dropped", n.Pos(), n.End(), "") }

// results turns each true that is returned into false, and the other way.
func (s *source) results(r *ast.ReturnStmt) {
	flipped := map[string]string{"true": "false", "false": "true"}
	for _, e := range r.Results {
		if name, ok := e.(*ast.Ident); ok && flipped[name.Name] != "" {
			s.add("a result turned round", e.Pos(), e.End(), flipped[name.Name])
		}
	}
}
