package analyze

import "go/types"

// isWide reports whether values of the type are 64-bit integers.
func isWide(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && (b.Kind() == types.Int64 || b.Kind() == types.Uint64) && !isNamed(t, "time", "Duration")
}

// hasBigint reports whether the type is a 64-bit integer, or a list, a map or a
// pointer of such. Types for which except returns true do not count.
func hasBigint(t types.Type, except func(*types.TypeName) bool) bool {
	seen := map[types.Type]bool{}
	for !seen[t] {
		seen[t] = true
		if named, ok := types.Unalias(t).(*types.Named); ok && except != nil && except(named.Obj()) {
			return false
		}
		elem := elemOf(t)
		if elem == nil {
			return isWide(t)
		}
		t = elem
	}
	return false
}

// isNumber reports whether the type is a 64-bit integer that is a number in JS,
// by its directive.
func (a *analyzer) isNumber(t *types.TypeName) bool {
	known, ok := a.numbers[t]
	if ok || t.Pkg() == nil {
		return known
	}
	a.numbers[t] = false
	d := a.declOf(t)
	if _, ok := d.use("number"); !ok {
		return false
	}
	basic, ok := t.Type().Underlying().(*types.Basic)
	wide := ok && (basic.Kind() == types.Int64 || basic.Kind() == types.Uint64)
	expr, err := a.writer.expr(t.Type())
	switch {
	case !wide || !isPlain(t):
		a.list.Errorf(d.at("number"), "%s: %snumber is for a type that is declared as int64 or uint64", t.Name(), prefix)
	case err != nil:
		a.list.Errorf(d.at("number"), "%s: a type with %snumber must be exported", t.Name(), prefix)
	default:
		a.numbers[t] = true
		a.out.Numbers = append(a.out.Numbers, expr)
	}
	return a.numbers[t]
}

// elemOf returns what a list, a map or a pointer is of; nil for another type.
func elemOf(t types.Type) types.Type {
	switch t := t.Underlying().(type) {
	case *types.Pointer:
		return t.Elem()
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	case *types.Map:
		return t.Elem()
	default:
		return nil
	}
}

// checkNumber refuses the directive on a function where it changes nothing, and
// where it does not change all.
func (a *analyzer) checkNumber(c callable) {
	if !c.number {
		return
	}
	changed := false
	for _, v := range append(variables(c.sig.Params()), variables(c.sig.Results())...) {
		if isWide(v.Type()) {
			changed = true
		} else if a.hidesBigint(v.Type()) {
			a.list.Errorf(a.position(v), "%s: %snumber does not reach into %s (declare a type for its integers, with the directive)",
				c.label, prefix, a.typeName(v.Type()))
			return
		}
	}
	if !changed {
		a.list.Errorf(c.decl.at("number"), "%s: %snumber has no effect: no parameter and no result is an int64 or uint64",
			c.label, prefix)
	}
}

// hidesBigint reports whether 64-bit integers are part of what crosses for a
// parameter or a result. Structs do not count: their fields have tags.
func (a *analyzer) hidesBigint(t types.Type) bool {
	if named, ok := types.Unalias(t).(*types.Named); ok && isIterator(t) {
		return hasBigint(named.TypeArgs().At(0), a.isNumber)
	}
	switch t := t.Underlying().(type) {
	case *types.Chan:
		return hasBigint(t.Elem(), a.isNumber)
	case *types.Signature:
		for _, v := range variables(t.Params()) {
			if hasBigint(v.Type(), a.isNumber) {
				return true
			}
		}
		return false
	default:
		return hasBigint(t, a.isNumber)
	}
}
