// Command stress runs the stress of package stress and prints what it has found
// as one line of JSON, after lines that tell how many pairs are left. The exit
// code is 1 if an op saw what it should not, or something else was wrong: then
// stderr says what.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"

	"github.com/quiesce/quiesce/proof/stress"
)

func main() {
	pairs := flag.Int64("pairs", 1_000_000, "`how many` ops and frees")
	flag.Parse()
	// More threads than processors: the system takes a processor from one of
	// them in the middle of an op, or of a free.
	runtime.GOMAXPROCS(max(4, 2*runtime.NumCPU()))
	r, err := stress.Run(*pairs, 4*runtime.GOMAXPROCS(0), func(left int64) { fmt.Println("left", max(0, left)) })
	if err == nil && r.Broken > 0 {
		err = fmt.Errorf("%d ops saw what was not their handle's", r.Broken)
	}
	_ = json.NewEncoder(os.Stdout).Encode(r)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
