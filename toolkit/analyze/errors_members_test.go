package analyze_test

var badMembers = []bad{
	{
		"two results", class + "func (c *C) M() (int, @string) { return 0, \"\" }",
		[]string{"C.M: result: 2 values have no JavaScript counterpart (return a struct)"},
	},
	{
		"error before", class + "func (c *C) M() (@error, int) { return nil, 0 }",
		[]string{"C.M: result: an error has to be the last result"},
	},
	{
		"constructor with a bool", class + "func @NewC() (*C, bool) { return nil, false }",
		[]string{"NewC: a constructor of C returns (*C) or (*C, error): change its results, or leave it out by //quiesce:skip"},
	},
	{
		"constructor of a value", class + "func @Open() C { return C{} }",
		[]string{"Open: a constructor of C returns (*C) or (*C, error): change its results, or leave it out by //quiesce:skip"},
	},
	{
		"Close of an embedded class",
		class + "\n//quiesce:class\ntype D struct{ *@E }\n\n//quiesce:class\ntype E struct{}\n\nfunc (e *E) Close() {}\n",
		[]string{"D: its Close is that of the embedded class E, which would be closed by both: declare a Close of its own"},
	},
	{
		"toJSON", class + "func (c *C) @ToJSON() string { return \"\" }",
		[]string{`C.ToJSON: JSON.stringify() would call it: give it another name than "toJSON" by //quiesce:name`},
	},
	{
		"a function then", "\n//quiesce:function\nfunc @Then() {}",
		[]string{`Then: what has a function of this name is taken for a promise: give it another name than "then" by //quiesce:name`},
	},
	{
		"thirteen parameters", "\nimport \"context\"\n" + class + "func (c *C) M(ctx context.Context, a, b, d, e, f, g, h, i, j, k, l, m, @n int) {}",
		[]string{"C.M: there are 13 parameters, and no more than 12 can cross (take a struct)"},
	},
	{
		"all at once", class + "func (c *C) M(@a, @b any) @any { return nil }",
		[]string{
			`C.M: parameter "a": type any has no JavaScript counterpart (` + vague + ")",
			`C.M: parameter "b": type any has no JavaScript counterpart (` + vague + ")",
			"C.M: result: type any has no JavaScript counterpart (" + vague + ")",
		},
	},
	{
		"unnamed parameter", class + "func (c *C) M(int, @any, string) {}",
		[]string{`C.M: parameter "arg2": type any has no JavaScript counterpart (` + vague + ")"},
	},
	{"constructor", class + "func NewC(@x any) (*C, error) { return nil, nil }", []string{
		`NewC: parameter "x": type any has no JavaScript counterpart (` + vague + ")",
	}},
	{"function", "\n//quiesce:function\nfunc F(@x any) {}", []string{
		`F: parameter "x": type any has no JavaScript counterpart (` + vague + ")",
	}},
	{
		"Close with a parameter", class + "func (c *C) @Close(force bool) error { return nil }",
		[]string{"C.Close: it releases the value, so it has to be Close() or Close() error"},
	},
	{
		"Close with a result", class + "func (c *C) @Close() bool { return true }",
		[]string{"C.Close: it releases the value, so it has to be Close() or Close() error"},
	},
	{
		"signal among the options", "\nimport \"context\"\n" + class +
			"type O struct{ S string `json:\"signal\"` }\nfunc (c *C) M(ctx context.Context, @x *O) {}",
		refused("*O", "its property signal would be taken for the AbortSignal"),
	},
	{
		"signal among those of an iteration", "\nimport \"iter\"\n" + class +
			"type O struct{ S string `json:\"signal\"` }\nfunc (c *C) M(@x *O) iter.Seq[int] { return nil }",
		refused("*O", "its property signal would be taken for the AbortSignal"),
	},
	{"variadic class", class + "func (c *C) M(@x ...*C) {}", refused("*C", "a class cannot be variadic")},
	{"variadic callback parameter", class + "func (c *C) M(@x ...func()) {}", refused("func()", "a callback cannot be variadic")},
	{"variadic any", class + "func (c *C) M(@x ...any) {}", refused("any", vague)},
	{
		"variadic objects with a context", "\nimport \"context\"\n" + class +
			"type O struct{ A int }\nfunc (c *C) M(ctx context.Context, @x ...O) {}",
		refused("O", "a variadic parameter of objects could not be told from { signal }: take a slice"),
	},
	{
		"variadic lists of an iteration", class + "func (c *C) M(@x ...[]int) <-chan int { return nil }",
		refused("[]int", "a variadic parameter of objects could not be told from { signal }: take a slice"),
	},
	{
		"handle for an iteration", class + "func (c *C) M(@x *C) <-chan int { return nil }",
		refused("*C", "an iteration outlives the call, which alone keeps a handle in use"),
	},
	{
		"generic function", "\n//quiesce:function\nfunc @F[T any](x T) {}",
		[]string{"F: a generic function has no JavaScript counterpart"},
	},
	{
		"unexported function", "\n//quiesce:function\nfunc @f() {}",
		[]string{"f: a //quiesce:function must be exported"},
	},
}

var badNames = []bad{
	{
		"reserved method", class + "func (c *C) @Free() {}\nfunc (c *C) @Then() {}",
		[]string{
			`C.Free: every class has "free" already: give it another name by //quiesce:name`,
			`C.Then: what has a function of this name is taken for a promise: give it another name than "then" by //quiesce:name`,
		},
	},
	{
		"reserved static", class + "func @Attach() *C { return nil }",
		[]string{`Attach: every class has "attach" already: give it another name by //quiesce:name`},
	},
	{
		"two methods of one name", class + "func (c *C) URL() {}\nfunc (c *C) @Url() {}",
		[]string{`C.Url: "url" is the name of what is declared at bad.go:6:13 too: give one another name by //quiesce:name`},
	},
	{
		"given name taken", class + "func (c *C) A() {}\n\n//quiesce:name a\nfunc (c *C) @B() {}",
		[]string{`C.B: "a" is the name of what is declared at bad.go:6:13 too: give one another name by //quiesce:name`},
	},
	{
		"two constructors", class + "func New() *C { return nil }\nfunc @NewC() *C { return nil }",
		[]string{`NewC: "new" is the name of what is declared at bad.go:6:6 too: give one another name by //quiesce:name`},
	},
	{
		"word of JavaScript", "\n//quiesce:function\nfunc @Delete() {}",
		[]string{`Delete: "delete" is a reserved word of JavaScript: give it another name by //quiesce:name`},
	},
	{
		"class and function", class + "//quiesce:function\n//quiesce:name C\nfunc @F() {}",
		[]string{`F: "C" is the name of what is declared at bad.go:4:6 too: give one another name by //quiesce:name`},
	},
	{
		"classes of Quiesce", "\n//quiesce:class\ntype @Guard struct{}\n\n//quiesce:class\ntype @AsyncIterator struct{}",
		[]string{
			"Guard: Guard is a class of Quiesce's own: give it another name by //quiesce:name",
			"AsyncIterator: AsyncIterator is a class of Quiesce's own: give it another name by //quiesce:name",
		},
	},
	{
		"type with the name of a class", class + "//quiesce:name C\ntype @S struct{}",
		[]string{`S: "C" is the name of what is declared at bad.go:4:6 too: give one another name`},
	},
	{
		"types with one name", class + "//quiesce:name X\ntype S struct{}\n\n//quiesce:name X\ntype @T struct{}",
		[]string{`T: "X" is the name of what is declared at bad.go:7:6 too: give one another name`},
	},
	{
		"name of a type of TypeScript", class + "@//quiesce:name string\ntype S struct{}",
		[]string{`S: "string" cannot be the name of a type`},
	},
}
