package analyze

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
)

// What a member must not call, and why.
var forbidden = map[string]string{
	"runtime.Goexit":          "which ends a thread that is not Go's: return instead",
	"os.Exit":                 "which ends the whole Node process: return an error",
	"syscall.Exit":            "which ends the whole Node process: return an error",
	"log.Fatal":               "which ends the whole Node process: return an error",
	"log.Fatalf":              "which ends the whole Node process: return an error",
	"log.Fatalln":             "which ends the whole Node process: return an error",
	"(*log.Logger).Fatal":     "which ends the whole Node process: return an error",
	"(*log.Logger).Fatalf":    "which ends the whole Node process: return an error",
	"(*log.Logger).Fatalln":   "which ends the whole Node process: return an error",
	"os/signal.Notify":        "but signals are Node's: listen to them by process.on()",
	"os/signal.NotifyContext": "but signals are Node's: listen to them by process.on()",
	"os/signal.Ignore":        "but signals are Node's: listen to them by process.on()",
	"os/signal.Reset":         "but signals are Node's: listen to them by process.on()",
}

// checkBody refuses calls that a member must not make itself, function literals
// in it included.
func (a *analyzer) checkBody(label string, obj *types.Func) {
	d := a.declOf(obj)
	if d == nil || d.body == nil || !a.sameModule(obj.Pkg()) {
		return
	}
	index, nameOf := a.foreign.index, importedName(d.file)
	if a.isOwn(obj.Pkg()) {
		index, nameOf = a.own, a.calledName
	}
	ast.Inspect(d.body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := nameOf(call)
		if why, ok := forbidden[name]; ok {
			a.list.Errorf(index.position(call.Pos()), "%s: calls %s, %s", label, name, why)
		}
		return true
	})
}

// calledName returns the full name of what a call in the author's package calls.
func (a *analyzer) calledName(call *ast.CallExpr) string {
	var name *ast.Ident
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		name = f
	case *ast.SelectorExpr:
		name = f.Sel
	default:
		return ""
	}
	if f, ok := a.pkg.TypesInfo.Uses[name].(*types.Func); ok {
		return f.FullName()
	}
	return ""
}

// importedName does the same for a file that is known without its types: it
// finds functions of imported packages.
func importedName(file *ast.File) func(*ast.CallExpr) string {
	paths := map[string]string{}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value) // the parser has checked it
		name := path[strings.LastIndexByte(path, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		paths[name] = path
	}
	return func(call *ast.CallExpr) string {
		f, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok {
			return ""
		}
		if pkg, ok := f.X.(*ast.Ident); ok && pkg.Obj == nil && paths[pkg.Name] != "" {
			return paths[pkg.Name] + "." + f.Sel.Name
		}
		return ""
	}
}
