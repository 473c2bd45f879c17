package search

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

var animals = []Document{
	{ID: "fox", Title: "The fox", Body: "The quick brown foxes jumped over the lazy dog", Tags: []string{"Red Fur", "wild"},
		Modified: time.Date(2024, 2, 29, 12, 0, 0, 123_000_000, time.UTC), Meta: map[string]string{"lang": "en GB", "a.b": "c"}},
	{ID: "dog", Title: "The dog", Body: "A dog sleeps & dreams", Tags: []string{"tame"},
		Modified: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)},
	{ID: "owl", Title: "The owl"},
}

// A body can be large: it is stored once.
func TestStoredFields(t *testing.T) {
	fields, err := animals[0].fields()
	if err != nil || strings.Contains(fields[source].(string), "lazy") || !strings.Contains(fields[source].(string), "Red Fur") {
		t.Errorf("%v, %v", fields, err)
	}
}

func TestWriting(t *testing.T) {
	x := filled(t, animals)
	add(t, x, []Document{{ID: "dog", Title: "Puppy"}, {ID: "cat"}, {ID: "cat", Title: "The cat"}})
	if err := x.Delete(t.Context(), "owl", "unicorn", ""); err != nil {
		t.Fatal(err)
	}
	if got, err := x.Get(t.Context(), "dog"); err != nil || !reflect.DeepEqual(got, &Document{ID: "dog", Title: "Puppy"}) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := x.Get(t.Context(), "owl"); got != nil || err != nil {
		t.Errorf("deleted: %+v, %v", got, err)
	}
	if n, err := x.Count(); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	stats, err := x.Stats()
	if err != nil || stats.Documents != 3 || stats.Updates != 5 || stats.Batches < 3 || stats.Bytes == 0 || stats.Errors != 0 {
		t.Errorf("%+v, %v", stats, err)
	}
}

func TestWrongDocuments(t *testing.T) {
	x := filled(t, nil)
	for name, document := range map[string]Document{
		"no id":     {Title: "x"},
		"too early": {ID: "x", Modified: time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)},
		"too late":  {ID: "x", Modified: time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		err := x.AddBatch(t.Context(), []Document{{ID: "good"}, document})
		if !errors.Is(err, ErrDocument) || !strings.Contains(err.Error(), "documents[1]") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := x.AddBatch(ended, animals); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if n, _ := x.Count(); n != 0 {
		t.Errorf("%d documents", n)
	}
}

func TestOpening(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "index")
	x, err := Create(t.Context(), folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(t.Context(), folder, nil); !errors.Is(err, ErrExists) {
		t.Errorf("twice: %v", err)
	}
	if _, err := Open(t.Context(), folder, nil); !errors.Is(err, ErrLocked) {
		t.Errorf("locked: %v", err)
	}
	time.AfterFunc(200*time.Millisecond, func() { x.Close() })
	again, err := Open(t.Context(), folder, &OpenOptions{LockTimeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, folder, &OpenOptions{LockTimeout: time.Hour}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("cancelled: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Open(t.Context(), filepath.Dir(folder), nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("another folder: %v", err)
	}
	if _, err := Open(t.Context(), folder+"x", nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := Create(t.Context(), folder+"x", &CreateOptions{Language: "tlh"}); !errors.Is(err, ErrOptions) {
		t.Errorf("language: %v", err)
	}
}

func TestCorrupt(t *testing.T) {
	for name, damage := range map[string]func(folder string) error{
		"index_meta.json": func(folder string) error {
			return os.WriteFile(filepath.Join(folder, "index_meta.json"), []byte("no"), 0o600)
		},
		"root.bolt": func(folder string) error {
			return os.WriteFile(filepath.Join(folder, "store", "root.bolt"), make([]byte, 100_000), 0o600)
		},
		"store": func(folder string) error { return os.RemoveAll(filepath.Join(folder, "store")) },
	} {
		folder := filepath.Join(t.TempDir(), "index")
		x, err := Create(t.Context(), folder, nil)
		if err != nil {
			t.Fatal(err)
		}
		add(t, x, animals)
		if err := errors.Join(x.Close(), damage(folder)); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), folder, nil); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReopen(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "index")
	x, err := Create(t.Context(), folder, &CreateOptions{Language: English})
	if err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			for j := range 5 {
				add(t, x, numbered(100*(5*i+j), 100*(5*i+j+1)))
			}
		})
	}
	writers.Wait()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if x, err = Open(t.Context(), folder, nil); err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	want := map[string]bool{}
	for _, document := range numbered(0, 2000) {
		want[document.ID] = true
	}
	if got := all(t, x, "numbers"); len(got) != 2000 || !maps.Equal(want, setOf(got)) {
		t.Errorf("%d of 2000", len(got))
	}
}

func filled(t *testing.T, documents []Document) *Index {
	t.Helper()
	x, err := Create(t.Context(), filepath.Join(t.TempDir(), "index"), &CreateOptions{Language: English})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	add(t, x, documents)
	return x
}

func add(t *testing.T, x *Index, documents []Document) {
	t.Helper()
	if err := x.AddBatch(t.Context(), documents); err != nil {
		t.Error(err)
	}
}

func numbered(from, to int) []Document {
	var documents []Document
	for i := from; i < to; i++ {
		document := Document{ID: fmt.Sprintf("%05d", i), Title: fmt.Sprintf("Number %d", i)}
		if i%2 == 0 {
			document.Tags = []string{"even"}
		}
		documents = append(documents, document)
	}
	return documents
}

func all(t *testing.T, x *Index, query string) []string {
	t.Helper()
	var ids []string
	for hit, err := range x.All(t.Context(), query, nil) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, hit.ID)
	}
	return ids
}

func idsOf(hits []Hit) []string {
	ids := []string{}
	for _, hit := range hits {
		ids = append(ids, hit.ID)
	}
	return ids
}

func setOf(ids []string) map[string]bool {
	set := map[string]bool{}
	for _, id := range ids {
		set[id] = true
	}
	return set
}
