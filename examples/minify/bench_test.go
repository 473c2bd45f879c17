package minify

import (
	_ "embed"
	"testing"
)

//go:embed testdata/page.html
var page string

// BenchmarkLibrary is what the benchmark of Quiesce compares a call from
// JavaScript with: the library, called from Go.
func BenchmarkLibrary(b *testing.B) {
	m, err := (&Config{}).library()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := m.String("text/html", page); err != nil {
			b.Fatal(err)
		}
	}
}
