package jstext

import "testing"

func TestQuote(t *testing.T) {
	for s, want := range map[string]string{
		"":             `''`,
		"it's":         `'it\'s'`,
		`a\b"c`:        `'a\\b"c'`,
		"a\nb\x00\x7f": `'a\nb\u0000\u007f'`,
		"\u2028\u2029": `'\u2028\u2029'`,
		"ä😀":           `'ä😀'`,
	} {
		if got := Quote(s); got != want {
			t.Errorf("%q is %s, not %s", s, got, want)
		}
	}
}

func TestProperty(t *testing.T) {
	for name, want := range map[string]string{
		"a": "a", "$_9": "$_9", "größe": "größe", "delete": "delete", "9a": "'9a'", "a-b": "'a-b'", "": "''",
	} {
		if got := Property(name); got != want {
			t.Errorf("%q is %s, not %s", name, got, want)
		}
	}
}

func TestReserved(t *testing.T) {
	for _, word := range []string{"default", "new", "class", "await", "arguments"} {
		if !IsReserved(word) {
			t.Errorf("%s is reserved", word)
		}
	}
	for _, word := range []string{"of", "get", "async", "from", "constructor"} {
		if IsReserved(word) {
			t.Errorf("%s is not reserved", word)
		}
	}
}
