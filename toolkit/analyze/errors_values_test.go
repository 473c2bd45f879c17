package analyze_test

const (
	vague     = "an interface does not tell what crosses: use a type that does"
	address   = "an address or a complex number means nothing there"
	inside    = "a class cannot be part of another value"
	asPointer = "a class crosses as a handle: use *C as a parameter or as the result"
	thrown    = "an error can only be the last result: it is thrown"
	function  = "a function can only be a parameter"
	endless   = "it consists of itself without a struct between"
)

var badValues = []bad{
	{"any", class + "func (c *C) M(@x any) {}", refused("any", vague)},
	{"interface", "\nimport \"io\"\n" + class + "func (c *C) M(@x io.Reader) {}", refused("io.Reader", vague)},
	{"own interface", class + "type I interface{ F() }\nfunc (c *C) M(@x I) {}", refused("I", vague)},
	{"interface as result", class + "func (c *C) M() @any { return nil }", refusedResult("any", vague)},
	{"error as parameter", class + "func (c *C) M(@x error) {}", refused("error", thrown)},
	{"complex", class + "func (c *C) M(@x complex128) {}", refused("complex128", address)},
	{"named complex", class + "type Z complex64\nfunc (c *C) M(@x Z) {}", refused("Z", address)},
	{"uintptr", class + "func (c *C) M(@x uintptr) {}", refused("uintptr", address)},
	{"unsafe pointer", "\nimport \"unsafe\"\n" + class + "func (c *C) M(@x unsafe.Pointer) {}", refused("unsafe.Pointer", address)},
	{"key", class + "func (c *C) M(@x map[int]string) {}", refused("map[int]string", "the keys of an object are strings")},
	{"pointer to pointer", class + "func (c *C) M(@x **int) {}", refused("**int", "one pointer is enough")},
	{"pointer to named pointer", class + "type P *int\nfunc (c *C) M(@x *P) {}", refused("*P", "one pointer is enough")},
	{"element", class + "func (c *C) M(@x []map[string]any) {}", refused("any", vague)},
	{
		"channel", class + "func (c *C) M(@x <-chan int) {}",
		refused("<-chan int", "a channel can only be a result, as <-chan T"),
	},
	{
		"channel for both ways", class + "func (c *C) M() @chan int { return nil }",
		refusedResult("chan int", "a channel can only be a result, as <-chan T"),
	},
	{"function as result", class + "func (c *C) M() @func() { return nil }", refusedResult("func()", function)},
	{"function in a list", class + "func (c *C) M(@x []func()) {}", refused("func()", function)},
	{
		"callback with a result", class + "func (c *C) M(@x func() int) {}",
		refused("func() int", "a callback has no results: Go never waits for JavaScript"),
	},
	{"variadic callback", class + "func (c *C) M(@x func(...int)) {}", refused("func(...int)", "a callback cannot be variadic")},
	{
		"callback of five", class + "func (c *C) M(@x func(a, b, c, d, e int)) {}",
		refused("func(a int, b int, c int, d int, e int)", "a callback has no more than 4 parameters"),
	},
	{
		"argument of a callback", class + "func (c *C) M(@x func(int, any)) {}",
		[]string{`C.M: parameter "x": argument "arg2": type any has no JavaScript counterpart (` + vague + ")"},
	},
	{
		"class for a callback", class + "func (c *C) M(@x func(c *C)) {}",
		[]string{`C.M: parameter "x": argument "c": type *C has no JavaScript counterpart (` + inside + ")"},
	},
	{"class by value", class + "func (c *C) M(@x C) {}", refused("C", asPointer)},
	{"class by value as result", class + "func (c *C) M() @C { return C{} }", refusedResult("C", asPointer)},
	{"class in a list", class + "func (c *C) M(@x []*C) {}", refused("*C", inside)},
	{"class in a map", class + "func (c *C) M() @map[string]*C { return nil }", refusedResult("*C", inside)},
	{
		"context later", "\nimport \"context\"\n" + class + "func (c *C) M(n int, @x context.Context) {}",
		refused("context.Context", "a context can only be the first parameter"),
	},
	{
		"iterator as parameter", "\nimport \"iter\"\n" + class + "func (c *C) M(@x iter.Seq[int]) {}",
		refused("iter.Seq[int]", "an iterator can only be the result"),
	},
	{
		"iterator of pairs", "\nimport \"iter\"\n" + class + "func (c *C) M() @iter.Seq2[int, string] { return nil }",
		refusedResult("iter.Seq2[int, string]", "the second type of iter.Seq2 can only be error"),
	},
	{"item", "\nimport \"iter\"\n" + class + "func (c *C) M() @iter.Seq[any] { return nil }", refusedResult("any", vague)},
	{"class as item", class + "func (c *C) M() @<-chan *C { return nil }", refusedResult("*C", inside)},
	{"list of itself", class + "type S []S\nfunc (c *C) M(@x S) {}", refused("S", endless)},
	{"map of itself", class + "type S map[string]S\nfunc (c *C) M(@x S) {}", refused("S", endless)},
	{"pointer to itself", class + "type S *S\nfunc (c *C) M(@x S) {}", refused("S", "one pointer is enough")},
	{"itself through another", class + "type S []T\ntype T map[string]S\nfunc (c *C) M(@x S) {}", refused("S", endless)},
	{"unexported", class + "type s string\nfunc (c *C) M(@x s) {}", refused("s", "it is not exported")},
	{"unexported result", class + "type s struct{ A int }\nfunc (c *C) M() @s { return s{} }", refusedResult("s", "it is not exported")},
	{
		"unexported element", class + "type s struct{ A int }\nfunc (c *C) M(@x []s) {}",
		refused("[]s", "s: it is not exported"),
	},
	{
		"unexported type argument", class + "type s int\ntype G[T any] struct{ A T }\nfunc (c *C) M(@x G[s]) {}",
		refused("G[s]", "s: it is not exported"),
	},
	{
		"unexported item", class + "type s int\nfunc (c *C) M() @<-chan s { return nil }",
		refusedResult("s", "it is not exported"),
	},
	{
		"unexported in a struct without a name", class + "func (c *C) M(@x struct { A int; b int }) {}",
		refused("struct{A int; b int}", "b: a struct without a name has a field that is not exported"),
	},
}

var badStructs = []bad{
	{"field", class + "type S struct {\n\tA int\n\t@B any\n}\nfunc (c *C) M(x S) {}", refusedField("S.B", "any", vague)},
	{
		"field deep below", class + "type S struct{ L []map[string]*T }\ntype T struct{ @F chan int }\nfunc (c *C) M(x S) {}",
		[]string{`C.M: parameter "x": field S.L: field T.F: type chan int has no JavaScript counterpart ` +
			"(a channel can only be a result, as <-chan T)"},
	},
	{
		"field once", class + "type S struct{ @F func() }\nfunc (c *C) M(x S) {}\nfunc (c *C) N() *S { return nil }",
		refusedField("S.F", "func()", function),
	},
	{
		"field of another module", "\nimport \"go/token\"\n" + class + "func (c *C) M(@x token.File, @y token.File) {}",
		[]string{
			`C.M: parameter "x": type token.File has no JavaScript counterpart (none of its fields is exported)`,
			`C.M: parameter "y": type token.File has no JavaScript counterpart (none of its fields is exported)`,
		},
	},
	{
		"field deep in another module", "\nimport \"net/url\"\n" + class + "func (c *C) M(@x *url.Error, y int) {}",
		refusedField("url.Error.Err", "error", thrown),
	},
	{
		"nothing exported", "\nimport \"sync\"\n" + class + "type S struct{ @Mu sync.Mutex }\nfunc (c *C) M(x S) {}",
		refusedField("S.Mu", "sync.Mutex", "none of its fields is exported"),
	},
	{
		"nothing but ignored", class + "type S struct{ A int `json:\"-\"` }\nfunc (c *C) M(@x S) {}",
		refused("S", "none of its fields is exported"),
	},
	{"class as field", class + "type S struct{ @A *C }\nfunc (c *C) M(x S) {}", refusedField("S.A", "*C", inside)},
	{"embedded class", class + "type S struct{ @C }\nfunc (c *C) M(x S) {}", refusedField("S.C", "C", inside)},
	{
		"embedded pointer", class + "type s struct{ A int }\ntype S struct{ *@s }\nfunc (c *C) M(x S) {}",
		refusedField("S.s", "*s", "an embedded struct that is not exported can neither be a pointer nor have a name"),
	},
	{
		"embedded with a name", class + "type s struct{ A int }\ntype S struct{ @s `json:\"x\"` }\nfunc (c *C) M(x S) {}",
		refusedField("S.s", "s", "an embedded struct that is not exported can neither be a pointer nor have a name"),
	},
	{
		"string option", class + "type S struct{ @A int `json:\",string\"` }\nfunc (c *C) M(x S) {}",
		refusedField("S.A", "int", "the json option string has no counterpart"),
	},
	{
		"unknown tag", class + "type S struct{ @A int64 `quiesce:\"numbers\"` }\nfunc (c *C) M(x S) {}",
		refusedField("S.A", "int64", `its tag can only be quiesce:"number"`),
	},
	{
		"tag without effect", class + "type S struct{ @A []int `quiesce:\"number\"` }\nfunc (c *C) M(x S) {}",
		refusedField("S.A", "[]int", `the tag quiesce:"number" is for int64 and uint64`),
	},
	{
		"MarshalJSON", class + "type S struct{ A int }\nfunc (S) MarshalJSON() ([]byte, error) { return nil, nil }\n" +
			"func (c *C) M(@x []S) {}",
		refused("S", "it encodes itself by MarshalJSON: convert it to a plain struct or a string"),
	},
	{
		"MarshalText", "\nimport \"math/big\"\n" + class + "func (c *C) M(@x big.Float) {}",
		refused("big.Float", "it encodes itself by MarshalText: convert it to a plain struct or a string"),
	},
	{
		"promoted MarshalJSON", "\nimport \"time\"\n" + class + "type S struct{ time.Time; A int }\nfunc (c *C) M(@x S) {}",
		refused("S", "it encodes itself by MarshalJSON: convert it to a plain struct or a string"),
	},
	{
		"promoted without a name", "\nimport \"time\"\n" + class + "func (c *C) M(@x struct{ time.Time; A int }) {}",
		refused("struct{time.Time; A int}", "it encodes itself by MarshalJSON: convert it to a plain struct or a string"),
	},
}
