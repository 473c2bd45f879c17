// Command reference says what github.com/tdewolff/minify itself makes of its own
// test files: it reads a JSON array of configurations from stdin, and writes one
// JSON object for each input and each of them. It knows nothing of the package
// minify beside it, which is checked against it.
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/parse/v2/buffer"
)

// An answer is what the library makes of one input with one configuration.
type answer struct {
	Input     string `json:"input"`          // where it is from
	File      string `json:"file,omitempty"` // its file,
	Text      []byte `json:"text,omitempty"` // or the input itself
	MediaType string `json:"mediaType"`
	Config    int    `json:"config"` // the index in the array
	Size      int    `json:"size"`
	SHA256    string `json:"sha256"`
	Error     string `json:"error,omitempty"` // instead of an output
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

func run() error {
	var configs []config
	stdin := json.NewDecoder(os.Stdin)
	stdin.DisallowUnknownFields()
	if err := stdin.Decode(&configs); err != nil {
		return fmt.Errorf("stdin: %w", err)
	}
	folder, err := moduleFolder()
	if err != nil {
		return err
	}
	inputs, err := gather(folder)
	if err != nil {
		return err
	}
	return answerAll(inputs, configs)
}

// moduleFolder is where go keeps the library's source, with its tests.
func moduleFolder() (string, error) {
	list := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tdewolff/minify/v2")
	list.Stderr = os.Stderr
	out, err := list.Output()
	return strings.TrimSpace(string(out)), err
}

func answerAll(inputs []input, configs []config) error {
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	lines := json.NewEncoder(out)
	for i, each := range configs {
		m := each.minifier()
		for _, in := range inputs {
			a := in.minify(m)
			a.Config = i
			if err := lines.Encode(a); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

func (in input) minify(m *minify.M) answer {
	a := answer{Input: in.name, File: in.file, MediaType: in.mediaType}
	if in.file == "" {
		a.Text = in.text
	}
	var out bytes.Buffer
	// A copy: the library works in it.
	err := m.Minify(in.mediaType, &out, buffer.NewReader(bytes.Clone(in.text)))
	if err != nil {
		a.Error = err.Error()
		return a
	}
	sum := sha256.Sum256(out.Bytes())
	a.Size, a.SHA256 = out.Len(), hex.EncodeToString(sum[:])
	return a
}
