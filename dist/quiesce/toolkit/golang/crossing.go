package golang

import (
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"github.com/quiesce/quiesce/toolkit/model"
)

// A crossing tells by which functions of package addon a value crosses without
// an encoding, and which Go types they give and take.
type crossing struct {
	param, read, gives string
	result, takes      string
}

var crossings = map[string]crossing{
	"bool":     {"BoolParam", "Bool", "bool", "Bool", "bool"},
	"string":   {"StringParam", "String", "string", "String", "string"},
	"float64":  {"NumberParam", "Number", "float64", "Number", "float64"},
	"float32":  {"Float32Param", "Number", "float64", "Number", "float64"},
	"int8":     {"Int8Param", "Integer", "int64", "Integer", "int64"},
	"int16":    {"Int16Param", "Integer", "int64", "Integer", "int64"},
	"int32":    {"Int32Param", "Integer", "int64", "Integer", "int64"},
	"int":      {"IntegerParam", "Integer", "int64", "Integer", "int64"},
	"uint8":    {"Uint8Param", "Integer", "int64", "Unsigned", "uint64"},
	"uint16":   {"Uint16Param", "Integer", "int64", "Unsigned", "uint64"},
	"uint32":   {"Uint32Param", "Integer", "int64", "Unsigned", "uint64"},
	"uint":     {"UintParam", "Integer", "int64", "Unsigned", "uint64"},
	"int64":    {"Int64Param", "Int64", "int64", "Int64", "int64"},
	"uint64":   {"Uint64Param", "Uint64", "uint64", "Uint64", "uint64"},
	"bytes":    {"BytesParam", "Bytes", "[]byte", "Bytes", "[]byte"},
	"date":     {"DateParam", "Time", "", "Date", ""},
	"duration": {"DurationParam", "Duration", "", "Duration", ""},
}

// crossingOf returns how a direct type crosses.
func crossingOf(t *model.Type) crossing {
	switch t.Kind {
	case model.Bytes:
		return crossings["bytes"]
	case model.Date:
		return same(crossings["date"], t.Go)
	case model.Duration:
		return same(crossings["duration"], t.Go)
	}
	if t.Number {
		// As an int or a uint crosses, but Integer and Unsigned take these as they are.
		return crossings[strings.TrimSuffix(t.Basic, "64")]
	}
	return crossings[t.Basic]
}

// same is for what has one Go type only: whatever alias it is written by.
func same(c crossing, goType string) crossing {
	c.gives, c.takes = goType, goType
	return c
}

// local matches the names of arguments and of imported packages.
var local = regexp.MustCompile(`^(a|o|r|ctx|err|[px][0-9]*|init|main|addon|typed|context|iter)$`)

// usable reports whether a variable of the package may have the name.
func usable(name string) bool {
	return !local.MatchString(name) && !token.IsKeyword(name) && types.Universe.Lookup(name) == nil
}
