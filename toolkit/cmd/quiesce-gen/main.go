// Command quiesce-gen makes the sources of a Node addon of a Go package, for
// `quiesce build`. It ends with 1 if the package is not fit for it, with 2 if
// something else is wrong.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/quiesce/quiesce/toolkit/generate"
)

func main() {
	var o generate.Options
	flag.StringVar(&o.Package, "package", ".", "the package: a `folder or import path`")
	flag.StringVar(&o.Out, "out", "", "the `folder` to write to")
	flag.StringVar(&o.Version, "quiesce-version", "", "the `version` of Quiesce")
	flag.StringVar(&o.Name, "addon-name", "", "the `name` of the addon (default: the Go package's)")
	flag.Parse()
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
