package search

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestSearch(t *testing.T) {
	x := filled(t, animals)
	for query, want := range map[string]string{
		"dog":                                   "dog fox",
		"title:dog":                             "dog",
		"DREAMS":                                "dog",
		"jumping":                               "fox", // English
		"+dog -dreams":                          "fox",
		`"lazy dog"`:                            "fox",
		"tags:wild":                             "fox",
		`tags:"Red Fur"`:                        "fox",
		"tags:red":                              "",
		`meta.lang:"en GB"`:                     "fox",
		"meta.lang:en":                          "",
		`modified:>"2024-12-31"`:                "dog",
		`modified:<="2024-02-29T12:00:00.123Z"`: "fox",
		"body:/slee.*/":                         "dog",
		"do*":                                   "dog fox",
		"fxo~2":                                 "fox",
		"*":                                     "dog fox owl",
		"nothing":                               "",
		"source:owl":                            "",
	} {
		found, err := x.Search(t.Context(), query, nil)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		ids := idsOf(found.Hits)
		if got := strings.Join(slices.Sorted(slices.Values(ids)), " "); got != want || found.Total != len(ids) {
			t.Errorf("%s: %d, %q, want %q", query, found.Total, got, want)
		}
	}
}

func TestHits(t *testing.T) {
	x := filled(t, animals)
	found, err := x.Search(t.Context(), "lazy dreams", &SearchOptions{Bodies: true})
	if err != nil || found.Total != 2 || found.Took <= 0 || found.MaxScore != found.Hits[0].Score {
		t.Fatalf("%+v, %v", found, err)
	}
	for _, hit := range found.Hits {
		i := slices.IndexFunc(animals, func(d Document) bool { return d.ID == hit.ID })
		if !reflect.DeepEqual(hit.Document, animals[i]) {
			t.Errorf("%+v, want %+v", hit.Document, animals[i])
		}
	}
	found, err = x.Search(t.Context(), "dog", nil)
	if err != nil || found.Hits[0].Body != "" || found.Hits[0].Fragments != nil {
		t.Errorf("not asked for: %+v, %v", found.Hits[0], err)
	}
}

func TestFragments(t *testing.T) {
	x := filled(t, animals)
	for style, mark := range map[Highlight]string{HTML: "<mark>dreams</mark>", ANSI: "\x1b[43mdreams\x1b[0m"} {
		found, err := x.Search(t.Context(), "dreams", &SearchOptions{Highlight: style})
		if err != nil || len(found.Hits) != 1 || found.Hits[0].Body != "" {
			t.Fatalf("%+v, %v", found, err)
		}
		if got := found.Hits[0].Fragments["body"]; len(got) != 1 || !strings.HasSuffix(got[0], mark) {
			t.Errorf("%q, want %q", got, mark)
		}
	}
}

func TestPages(t *testing.T) {
	x := filled(t, animals)
	none, two := 0, 2
	for want, options := range map[string]SearchOptions{
		"":            {Limit: &none},
		"dog fox owl": {Sort: []string{"_id"}},
		"owl fox":     {Sort: []string{"-_id"}, Limit: &two},
		"fox owl":     {Sort: []string{"_id"}, Offset: 1},
		"fox dog owl": {Sort: []string{"modified"}},
	} {
		found, err := x.Search(t.Context(), "*", &options)
		if err != nil || found.Total != 3 || strings.Join(idsOf(found.Hits), " ") != want {
			t.Errorf("%+v: %+v, %v, want %s", options, found, err, want)
		}
	}
}

func TestAll(t *testing.T) {
	x := filled(t, nil)
	const n = 2*pageSize + 7
	add(t, x, numbered(0, n))
	for _, query := range []string{"even", "*", "tags:none"} {
		most := n
		found, err := x.Search(t.Context(), query, &SearchOptions{Limit: &most, Sort: []string{"_id"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := all(t, x, query); !slices.Equal(got, idsOf(found.Hits)) || len(got) != found.Total {
			t.Errorf("%s: %d of %d", query, len(got), found.Total)
		}
	}
	// Exactly full pages, and none behind them.
	add(t, x, numbered(n, 3*pageSize))
	if got := len(all(t, x, "*")); got != 3*pageSize {
		t.Errorf("%d of %d", got, 3*pageSize)
	}
	for range x.All(t.Context(), "*", nil) {
		break
	}
}

func TestAllWhileWriting(t *testing.T) {
	x := filled(t, nil)
	const n = 3 * pageSize
	add(t, x, numbered(0, n))
	seen := map[string]int{}
	for hit, err := range x.All(t.Context(), "*", nil) {
		if err != nil {
			t.Fatal(err)
		}
		if len(seen)%100 == 0 {
			add(t, x, []Document{{ID: fmt.Sprintf("other-%d", len(seen)), Title: "even"}, {ID: "0-other"}})
			if err := x.Delete(t.Context(), fmt.Sprintf("other-%d", len(seen)-100)); err != nil {
				t.Fatal(err)
			}
		}
		seen[hit.ID]++
	}
	for _, document := range numbered(0, n) {
		if seen[document.ID] != 1 {
			t.Errorf("%s: %d times", document.ID, seen[document.ID])
		}
	}
}

func TestAllErrors(t *testing.T) {
	x := filled(t, numbered(0, pageSize+1))
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	why := errors.New("why")
	n := 0
	var last error
	for _, err := range x.All(ctx, "*", nil) {
		if last = err; err == nil {
			n++
		}
		cancel(why)
	}
	if n != pageSize || last != why {
		t.Errorf("cancelled: %d hits, then %v", n, last)
	}
	for _, err := range x.All(t.Context(), `"`, nil) {
		if !errors.Is(err, ErrQuery) {
			t.Errorf("wrong query: %v", err)
		}
	}
}

func TestWrongQueries(t *testing.T) {
	x := filled(t, animals)
	for _, query := range []string{`"`, "+", "title:", "/[/", `modified:>"soon"`, "a^b"} {
		if found, err := x.Search(t.Context(), query, nil); !errors.Is(err, ErrQuery) {
			t.Errorf("%s: %+v, %v", query, found, err)
		}
	}
	less := -1
	for _, options := range []SearchOptions{{Limit: &less}, {Offset: -1}, {Highlight: "loud"}} {
		if _, err := x.Search(t.Context(), "*", &options); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", options, err)
		}
	}
}
