package minify

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/html"
	"github.com/tdewolff/minify/v2/js"
	"github.com/tdewolff/minify/v2/json"
	"github.com/tdewolff/minify/v2/svg"
	"github.com/tdewolff/minify/v2/xml"
)

func TestString(t *testing.T) {
	m := newMinifier(t, nil)
	for _, c := range []struct{ mediaType, text, want string }{
		{"text/html", "<p>  a  <b> b </b></p><!-- c --><p>", "<p>a <b>b</b></p><p>"},
		{"text/css", "a { color: #ff0000; }", "a{color:red}"},
		{"application/javascript", "var one = 1 ; f( one )", "var one=1;f(one)"},
		{"application/json; charset=utf-8", `{ "a" : 1.0 }`, `{"a":1}`},
		{"image/svg+xml", `<svg> <path d="M 0 0 L 10 10"/> </svg>`, `<svg><path d="M0 0 10 10"/></svg>`},
		{"text/xml", "<a> <b> c </b> </a>", "<a><b>c</b></a>"},
		{"text/x-go-template", "<p>{{ a <b }}  </p>", "<p>{{ a <b }}"},
		{"text/html", "", ""},
	} {
		if got, err := m.String(c.mediaType, c.text); got != c.want || err != nil {
			t.Errorf("%s: %q, %v, want %q", c.mediaType, got, err, c.want)
		}
	}
}

func TestStats(t *testing.T) {
	m := newMinifier(t, nil)
	m.String("text/css", "a { }")
	m.String("text/plain", "a { }")
	if got, want := m.Stats(), (Stats{Calls: 2, Failures: 1, BytesIn: 5}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestErrors(t *testing.T) {
	m := newMinifier(t, nil)
	if _, err := m.String("text/plain", "a"); !errors.Is(err, ErrMediaType) {
		t.Errorf("text/plain: %v", err)
	}
	if _, err := m.File(t.Context(), "README", nil); !errors.Is(err, ErrMediaType) {
		t.Errorf("README: %v", err)
	}
	if _, err := m.File(t.Context(), "none.css", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("none.css: %v", err)
	}
	_, err := m.String("application/javascript", "let a\n  = ;")
	parsing, ok := errors.AsType[*ParseError](err)
	if !ok || parsing.Line != 2 || parsing.Column != 5 || parsing.Code() != "ERR_PARSE" {
		t.Errorf("not the mistake: %#v", err)
	}
}

func TestCheck(t *testing.T) {
	m := newMinifier(t, nil)
	if got, err := m.Check("application/javascript", "let a = 1"); got != nil || err != nil {
		t.Errorf("%+v, %v for no mistake", got, err)
	}
	got, err := m.Check("application/javascript", "let a\n  = ;")
	if err != nil || got == nil || got.Line != 2 || !strings.Contains(got.Message, "unexpected ;") {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := m.Check("text/plain", ""); !errors.Is(err, ErrMediaType) {
		t.Errorf("text/plain: %v", err)
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "style.CSS")
	if err := os.WriteFile(path, []byte("a { }  b { c : d }"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := newMinifier(t, nil)
	got, err := m.File(t.Context(), path, nil)
	want := FileResult{MediaType: "text/css", Size: 18, Content: []byte("b{c:d}")}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	if got, err := m.File(t.Context(), path, &FileOptions{MediaType: "application/json"}); err == nil {
		t.Errorf("as JSON: %+v", got)
	}
}

// A context that ends stops the work at the next piece that is read or written.
func TestContext(t *testing.T) {
	m := newMinifier(t, nil)
	why := errors.New("why")
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, err := m.StringContext(ended, "application/javascript", "let ="); err != why {
		t.Errorf("before the start: %v", err)
	}
	if _, err := readFile(ended, "minify_test.go"); err != why {
		t.Errorf("reading: %v", err)
	}

	soon := &countdown{t.Context(), 1000, why}
	if _, err := m.StringContext(soon, "text/html", strings.Repeat("<p>text", 10_000)); err != why {
		t.Errorf("in the middle: %v", err)
	}
	if soon.left < -10 {
		t.Errorf("%d pieces after the end", -soon.left)
	}
	if got, err := m.String("text/html", "<p> a"); got != "<p>a" || err != nil {
		t.Errorf("afterwards: %q, %v", got, err)
	}
}

// A countdown is a context that ends after it was asked some times.
type countdown struct {
	context.Context
	left int
	why  error
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return c.why
	}
	return nil
}

func TestManyAtATime(t *testing.T) {
	m := newMinifier(t, nil)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				got, err := m.String("text/html", "<p>  a <script> f( 1 ) </script>")
				if got != "<p>a <script>f(1)</script>" || err != nil {
					t.Errorf("%q, %v", got, err)
				}
			}
		})
	}
	all.Wait()
}

// Whatever the library can be told can be told here, under the same name.
func TestConfigIsComplete(t *testing.T) {
	config := reflect.TypeFor[Config]()
	for part, option := range map[string]any{
		"HTML": html.Minifier{}, "CSS": css.Minifier{}, "JS": js.Minifier{},
		"JSON": json.Minifier{}, "SVG": svg.Minifier{}, "XML": xml.Minifier{},
	} {
		ours, _ := config.FieldByName(part)
		for field := range reflect.TypeOf(option).Fields() {
			mine, ok := ours.Type.FieldByName(field.Name)
			// Deprecated, and it prints to stdout.
			if !field.IsExported() || field.Name == "KeepConditionalComments" {
				continue
			}
			if !ok || mine.Type != field.Type {
				t.Errorf("%s.%s %s is missing", part, field.Name, field.Type)
			}
		}
	}
}

// Every option reaches the library.
func TestConfigIsUsed(t *testing.T) {
	all := Config{}
	fill(reflect.ValueOf(&all).Elem())
	for _, each := range []any{
		all.HTML.minifier(), all.CSS.minifier(), all.JS.minifier(),
		all.JSON.minifier(), all.SVG.minifier(), all.XML.minifier(),
	} {
		for field, value := range reflect.ValueOf(each).Elem().Fields() {
			if field.IsExported() && value.IsZero() && field.Name != "KeepConditionalComments" {
				t.Errorf("%T.%s is not set", each, field.Name)
			}
		}
	}
	m := newMinifier(t, &Config{URL: "https://example.com/", HTML: HTMLConfig{KeepQuotes: true}})
	got, err := m.String("text/html", `<a href="https://example.org/"></a>`)
	if want := `<a href="//example.org/"></a>`; got != want || err != nil {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

func TestConfigErrors(t *testing.T) {
	for field, config := range map[string]Config{
		"css.precision": {CSS: CSSConfig{Precision: -1}},
		"js.version":    {JS: JSConfig{Version: -2019}},
		"url":           {URL: "http://[::1"},
	} {
		_, err := New(&config)
		if wrong, ok := errors.AsType[*ConfigError](err); !ok || wrong.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for _, each := range v.Fields() {
			fill(each)
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(3)
	case reflect.String:
		v.SetString("x")
	case reflect.Array:
		fill(v.Index(0))
		fill(v.Index(1))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	}
}

func newMinifier(t *testing.T, config *Config) *Minifier {
	t.Helper()
	m, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
