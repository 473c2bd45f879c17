package analyze

import (
	"go/types"
	"testing"
)

func TestLowerCamel(t *testing.T) {
	for name, want := range map[string]string{
		"A": "a", "Add": "add", "AddFile": "addFile", "AddURL": "addURL", "URL": "url", "ID": "id",
		"HTMLText": "htmlText", "IDs": "ids", "IDsOf": "idsOf", "IDset": "iDset", "UTF8": "utf8", "UTF8Text": "utf8Text",
		"X509Cert": "x509Cert", "SHA256": "sha256", "Foo_Bar": "foo_Bar", "A_B": "a_B", "ÄrgerÖl": "ärgerÖl",
	} {
		if got := lowerCamel(name); got != want {
			t.Errorf("%s is %s, not %s", name, got, want)
		}
	}
}

func TestStaticName(t *testing.T) {
	for _, c := range []struct{ function, class, want string }{
		{"OpenIndex", "Index", "open"},
		{"Open", "Index", "open"},
		{"LoadIndexFrom", "Index", "loadFrom"},
		{"FromFile", "Index", "fromFile"},
		{"IndexFrom", "Index", "from"},
		{"Index", "Index", "index"},
		{"OpenIndexes", "Index", "openIndexes"},
		{"OpenIndexesIndex", "Index", "openIndexes"},
		{"OpenIndex2", "Index", "open2"},
		{"OpenIndex_Fast", "Index", "open_Fast"},
		{"NewFromFile", "Index", "newFromFile"},
		{"OpenÄ", "Ä", "open"},
		{"LoadURL", "URL", "load"},
	} {
		if got := staticName(c.function, c.class); got != c.want {
			t.Errorf("%s of %s is %s, not %s", c.function, c.class, got, c.want)
		}
	}
}

// Generated code is in a package below the author's, and has no other rights.
func TestInternalPackages(t *testing.T) {
	w := newGoWriter(types.NewPackage("example.com/a/b", "b"))
	for path, want := range map[string]bool{
		"example.com/a/b":             true,
		"example.com/a/internal/c":    true,
		"example.com/a/b/internal":    true,
		"example.com/internal/c":      true,
		"example.com/x/internal/c":    false,
		"example.com/ab/internal/c":   false,
		"example.com/internal/x/c":    true,
		"internal/abi":                false,
		"example.com/x/internals/c":   true,
		"example.com/a/c/internal/d":  false,
		"example.com/a/internal/x/in": true,
	} {
		if got := w.mayImport(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}
