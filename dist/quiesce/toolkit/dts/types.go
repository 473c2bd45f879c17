package dts

import (
	"strings"

	"github.com/quiesce/quiesce/toolkit/jstext"
	"github.com/quiesce/quiesce/toolkit/model"
)

// A way tells where a type stands. What is passed may be of more types than what
// is returned; a property, which may be both, has the types that both have.
type way uint8

const (
	passed way = iota
	returned
	property
)

// typeOf writes a type.
func (w *writer) typeOf(t *model.Type, at way) string {
	if t.Named != nil {
		name := w.names[t.Named]
		if at == passed && isBigint(t) {
			name += " | number"
		}
		return name
	}
	switch t.Kind {
	case model.Scalar:
		return scalar(t, at)
	case model.Bytes, model.ByteArray:
		return w.bytes(t, at)
	case model.Date:
		return w.global("Date")
	case model.Duration:
		return "number"
	case model.Struct:
		return w.object(t)
	case model.List:
		return element(w.typeOf(t.Elem, at)) + "[] | null"
	case model.Array:
		return element(w.typeOf(t.Elem, at)) + "[]"
	case model.Map:
		return w.global("Record") + "<string, " + w.typeOf(t.Elem, at) + "> | null"
	case model.Pointer:
		return nullable(w.typeOf(t.Elem, at))
	case model.Callback:
		return "(" + w.callbackParams(t) + ") => void"
	default: // model.Handle
		return t.Class.Name
	}
}

func isBigint(t *model.Type) bool {
	return t.Kind == model.Scalar && !t.Number && strings.HasSuffix(t.Basic, "int64")
}

func scalar(t *model.Type, at way) string {
	switch {
	case t.Basic == "bool":
		return "boolean"
	case t.Basic == "string":
		return "string"
	case isBigint(t) && at == passed:
		return "bigint | number"
	case isBigint(t):
		return "bigint"
	default:
		return "number"
	}
}

func (w *writer) bytes(t *model.Type, at way) string {
	switch {
	case at == passed:
		return w.imported("Bytes")
	case at == returned && t.Kind == model.Bytes:
		w.node = true
		return w.global("Buffer")
	default:
		return w.global("Uint8Array")
	}
}

func (w *writer) object(t *model.Type) string {
	if len(t.Fields) == 0 {
		return w.global("Record") + "<string, never>"
	}
	fields := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		fields[i] = w.property(f)
	}
	return "{ " + strings.Join(fields, "; ") + " }"
}

func (w *writer) property(f *model.Field) string {
	mark, t := ":", w.typeOf(f.Type, property)
	if f.Optional {
		mark, t = "?:", t+" | undefined"
	}
	return jstext.Property(f.Name) + mark + " " + t
}

func (w *writer) callbackParams(t *model.Type) string {
	names := newNames(t.Params)
	list := make([]string, len(t.Params))
	for i, p := range t.Params {
		list[i] = names.of[i] + ": " + w.typeOf(p.Type, returned)
	}
	return strings.Join(list, ", ")
}

// element puts a union into parentheses.
func element(t string) string {
	depth := 0
	for i, r := range t {
		switch {
		case strings.ContainsRune("{(<", r):
			depth++
		case strings.ContainsRune("})>", r):
			depth--
		case r == '|' && depth == 0:
			return "(" + t + ")"
		case r == '=' && strings.HasPrefix(t[i:], "=> "):
			depth++ // the > of the arrow
		}
	}
	return t
}

func nullable(t string) string {
	if strings.HasSuffix(t, " | null") {
		return t
	}
	return t + " | null"
}

// declaration writes a declared type.
func (w *writer) declaration(n *model.Named) {
	name := w.names[n]
	w.line("")
	w.doc("", n.Doc, n.GoName, name)
	switch {
	case n.Type.Kind == model.Struct && len(n.Type.Fields) == 0:
		w.line("export interface %s {}", name)
	case n.Type.Kind == model.Struct:
		w.line("export interface %s {", name)
		for _, f := range n.Type.Fields {
			w.field(f)
		}
		w.line("}")
	case len(n.Constants) > 0:
		w.line("export type %s = %s;", name, strings.Join(n.Constants, " | "))
	default:
		w.line("export type %s = %s;", name, w.typeOf(n.Type, property))
	}
}

func (w *writer) field(f *model.Field) {
	doc := f.Doc
	if f.Type.Kind == model.Duration {
		doc = strings.TrimRight(doc, "\n")
		if doc != "" {
			doc += "\n\n"
		}
		doc += "In milliseconds.\n"
	}
	w.doc("  ", doc, f.GoName, f.Name)
	w.line("  %s;", w.property(f))
}
