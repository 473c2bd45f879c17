package analyze_test

var badDirectives = []bad{
	{"unknown", class + "@//quiesce:klass\ntype D struct{}", []string{"unknown directive //quiesce:klass"}},
	{"without a word", class + "@//quiesce:\ntype D struct{}", []string{"unknown directive //quiesce:"}},
	{"class on a function", class + "@//quiesce:class\nfunc F() {}", []string{"//quiesce:class belongs to a type, not to a function"}},
	{"class on a variable", class + "@//quiesce:class\nvar V int", []string{"//quiesce:class belongs to a type, not to a variable"}},
	{"class on a constant", class + "@//quiesce:class\nconst V = 1", []string{"//quiesce:class belongs to a type, not to this declaration"}},
	{"function on a method", class + "@//quiesce:function\nfunc (c *C) M() {}", []string{"//quiesce:function belongs to a function, not to a method"}},
	{
		"a class with the name of a type", "\n//quiesce:class\n@//quiesce:name string\ntype D struct{}",
		[]string{`D: "string" cannot be the name of a type`},
	},
	{"skip on a type", class + "@//quiesce:skip\ntype D struct{}", []string{"//quiesce:skip belongs to a function or a method, not to a type"}},
	{
		"on a group", class + "@//quiesce:class\ntype (\n\tD struct{}\n)",
		[]string{"//quiesce:class belongs to a type, not to this declaration"},
	},
	{
		"on two variables", class + "@//quiesce:code ERR_X\nvar A, B error",
		[]string{"//quiesce:code belongs to a variable, not to this declaration"},
	},
	{
		"apart", class + "@//quiesce:class\n\ntype D struct{}",
		[]string{"//quiesce:class must be in the doc comment of a declaration, right above it"},
	},
	{
		"behind", class + "type D struct{} @//quiesce:class",
		[]string{"//quiesce:class must be in the doc comment of a declaration, right above it"},
	},
	{
		"on a field", class + "type D struct {\n\t@//quiesce:number\n\tA int64\n}",
		[]string{"//quiesce:number must be in the doc comment of a declaration, right above it"},
	},
	{
		"in a function", class + "func F() {\n\t@//quiesce:class\n\ttype D struct{}\n}",
		[]string{"//quiesce:class must be in the doc comment of a declaration, right above it"},
	},
	{
		"space", class + "// D is a type.\n@// quiesce:class\ntype D struct{}",
		[]string{"a directive has no space after the slashes: //quiesce:class"},
	},
	{"superfluous argument", "\n@//quiesce:class D\ntype D struct{}\n" + class, []string{"//quiesce:class takes no argument"}},
	{
		"missing argument", class + "@//quiesce:name\nfunc (c *C) M() {}",
		[]string{`//quiesce:name needs a JavaScript identifier, not ""`},
	},
	{
		"bad name", class + "@//quiesce:name two words\nfunc (c *C) M() {}",
		[]string{`//quiesce:name needs a JavaScript identifier, not "two words"`},
	},
	{
		"bad code", class + "@//quiesce:code err-x\nvar ErrX error",
		[]string{`//quiesce:code needs a code such as ERR_NOT_FOUND, not "err-x"`},
	},
	{"twice", class + "//quiesce:name a\n@//quiesce:name b\nfunc (c *C) M() {}", []string{"//quiesce:name is there twice"}},
	{
		"skip on another type's method", class + "type D struct{}\n\n@//quiesce:skip\nfunc (d *D) M() {}",
		[]string{"//quiesce:skip has no effect: M is not called from JavaScript"},
	},
	{
		"name on a function that stays in Go", class + "@//quiesce:name g\nfunc F() {}",
		[]string{"//quiesce:name has no effect: F is neither a constructor of a class nor a //quiesce:function"},
	},
	{
		"name of what is skipped", class + "//quiesce:skip\n@//quiesce:name g\nfunc NewC() *C { return nil }",
		[]string{"//quiesce:name has no effect: NewC is skipped"},
	},
	{
		"name of an alias", class + "@//quiesce:name g\ntype D = int",
		[]string{"//quiesce:name has no effect: D is not of a kind that it changes"},
	},
	{
		"skip of Close", class + "@//quiesce:skip\nfunc (c *C) Close() {}",
		[]string{"//quiesce:skip has no effect: Close is not called from JavaScript"},
	},
	{
		"borrow without bytes", class + "@//quiesce:borrow\nfunc (c *C) M(s string) {}",
		[]string{"C.M: //quiesce:borrow has no effect: it is for the []byte parameters of what is neither async nor an iteration"},
	},
	{
		"borrow for an async method", "\nimport \"context\"\n" + class + "@//quiesce:borrow\nfunc (c *C) M(ctx context.Context, b []byte) {}",
		[]string{"C.M: //quiesce:borrow has no effect: it is for the []byte parameters of what is neither async nor an iteration"},
	},
	{
		"number without a use", class + "@//quiesce:number\nfunc (c *C) M(n int) {}",
		[]string{"C.M: //quiesce:number has no effect: no parameter and no result is an int64 or uint64"},
	},
	{
		"number in a list", class + "//quiesce:number\nfunc (c *C) M(n int64, @l []uint64) {}",
		[]string{"C.M: //quiesce:number does not reach into []uint64 (declare a type for its integers, with the directive)"},
	},
	{
		"number in items", "\nimport \"iter\"\n" + class + "//quiesce:number\nfunc (c *C) M(n int64) @iter.Seq[int64] { return nil }",
		[]string{"C.M: //quiesce:number does not reach into iter.Seq[int64] (declare a type for its integers, with the directive)"},
	},
	{
		"number for a callback", class + "//quiesce:number\nfunc (c *C) M(n int64, @f func(int64)) {}",
		[]string{"C.M: //quiesce:number does not reach into func(int64) (declare a type for its integers, with the directive)"},
	},
	{
		"number on a string", class + "@//quiesce:number\ntype D string",
		[]string{"D: //quiesce:number is for a type that is declared as int64 or uint64"},
	},
	{
		"number on an alias", class + "@//quiesce:number\ntype D = int64",
		[]string{"D: //quiesce:number is for a type that is declared as int64 or uint64"},
	},
	{
		"number on an unexported type", class + "@//quiesce:number\ntype d int64",
		[]string{"d: a type with //quiesce:number must be exported"},
	},
	{
		"code of a number", class + "//quiesce:code ERR_X\nvar @X = 1",
		[]string{"X: //quiesce:code is for a variable of type error, not int"},
	},
	{
		"code of an unexported error", class + "//quiesce:code ERR_X\nvar @errX error",
		[]string{"errX: an error with a code must be exported"},
	},
}

var badClasses = []bad{
	{"unexported", "\n//quiesce:class\ntype @c struct{}", []string{"c: a class must be exported"}},
	{"interface", "\n//quiesce:class\ntype @C interface{ M() }", []string{"C: an interface cannot be a class"}},
	{"pointer", "\n//quiesce:class\ntype @C *int", []string{"C: a pointer cannot be a class"}},
	{"alias of what has no name", "\n//quiesce:class\ntype @C = []int", []string{"C: a class must have a type of its own, not []int"}},
	{
		"alias of an own type", "\n//quiesce:class\ntype @C = D\n\ntype D struct{}",
		[]string{"C: it is an alias: put the directive on D"},
	},
	{
		"generic", "\n//quiesce:class\ntype @C[T any] struct{ V T }",
		[]string{"C: a generic type cannot be a class: declare an alias of an instance, such as type StringSet = Set[string], " +
			"or a struct that embeds one, and put the directive there"},
	},
	{
		"generic alias", "\n//quiesce:class\ntype @C[T any] = D[T]\n\ntype D[T any] struct{ V T }",
		[]string{"C: a generic type cannot be a class: declare an alias of an instance, such as type StringSet = Set[string], " +
			"or a struct that embeds one, and put the directive there"},
	},
	{
		"two names", "\n//quiesce:class\ntype C = D[int]\n\n//quiesce:class\ntype @E = D[int]\n\ntype D[T any] struct{ V T }",
		[]string{"E: it is the same type as the class C, declared at bad.go:4:6"},
	},
	{
		"embedded from elsewhere", "\nimport (\n\t\"strings\"\n\t\"sync\"\n)\n\n//quiesce:class\ntype C struct {\n\tsync.@Mutex\n\t*strings.@Builder\n\tn int\n}",
		[]string{
			"C: the methods of the embedded sync.Mutex are left out: it is of another module",
			"C: the methods of the embedded strings.Builder are left out: it is of another module",
		},
	},
}

const (
	endsNode = "which ends the whole Node process: return an error"
	ofNode   = "but signals are Node's: listen to them by process.on()"
)

var badCalls = []bad{
	{
		"os.Exit", "\nimport \"os\"\n" + class + "func (c *C) M() { @os.Exit(1) }",
		[]string{"C.M: calls os.Exit, " + endsNode},
	},
	{
		"in a literal", "\nimport \"syscall\"\n" + class + "func NewC() *C {\n\tgo func() { @syscall.Exit(1) }()\n\treturn nil\n}",
		[]string{"NewC: calls syscall.Exit, " + endsNode},
	},
	{
		"of an object", "\nimport \"log\"\n" + class + "func (c *C) Close() { @log.Default().Fatalf(\"\"); @(log.Fatalln)() }",
		[]string{"C.Close: calls (*log.Logger).Fatalf, " + endsNode, "C.Close: calls log.Fatalln, " + endsNode},
	},
	{
		"under another name", "\nimport . \"runtime\"\n" + class + "func (c *C) M() { defer @Goexit() }",
		[]string{"C.M: calls runtime.Goexit, which ends a thread that is not Go's: return instead"},
	},
	{
		"signals", "\nimport \"os/signal\"\n\n//quiesce:function\nfunc F() { @signal.Notify(nil); @signal.Ignore() }",
		[]string{"F: calls os/signal.Notify, " + ofNode, "F: calls os/signal.Ignore, " + ofNode},
	},
	{
		"not these", "\nimport \"os\"\n" + class + "func helper() { os.Exit(1) }\nfunc (c *C) M() { helper(); _ = os.Exit; @os.Exit(0) }\n",
		[]string{"C.M: calls os.Exit, " + endsNode},
	},
}
