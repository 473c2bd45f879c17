// Command quiesce-gen makes the sources of a Node addon of a Go package, for
// `quiesce build`. It ends with 1 if the package is not fit for it, with 2 if
// something else is wrong. With -needs it tells what a library that was built
// asks of the system, as JSON, for `quiesce package`.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"github.com/quiesce/quiesce/toolkit/generate"
	"github.com/quiesce/quiesce/toolkit/library"
)

func main() {
	var o generate.Options
	flag.StringVar(&o.Package, "package", ".", "the package: a `folder or import path`")
	flag.StringVar(&o.Out, "out", "", "the `folder` to write to")
	flag.StringVar(&o.Version, "quiesce-version", "", "the `version` of Quiesce")
	flag.StringVar(&o.Name, "addon-name", "", "the `name` of the addon (default: the Go package's)")
	flag.StringVar(&o.Published, "npm-name", "", "the `name` of the npm package whose platform packages have the addon")
	needs := flag.String("needs", "", "tell what this `library` asks of the system, and do nothing else")
	flag.Parse()
	if *needs != "" && flag.NArg() == 0 {
		tellNeeds(*needs)
		return
	}
	if o.Out == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ok, err := generate.Run(o, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "quiesce-gen:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

func tellNeeds(file string) {
	n, err := library.Read(file)
	if err != nil {
		fmt.Fprintf(os.Stderr, "quiesce-gen: %s: %v\n", file, err)
		os.Exit(2)
	}
	if err := json.NewEncoder(os.Stdout).Encode(n); err != nil {
		fmt.Fprintln(os.Stderr, "quiesce-gen:", err)
		os.Exit(2)
	}
}
