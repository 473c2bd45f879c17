// Command histories records histories of guarded handles, or reads those that
// somebody else has recorded, and checks each. It prints a tally as one line
// of JSON. The exit code is 1 if a history was refused: then stderr shows it.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/quiesce/quiesce/proof/histories"
)

func main() {
	record := flag.Int("record", 0, "record `n` histories with goroutines")
	seed := flag.Uint64("seed", 1, "the seed of their choices")
	patience := flag.Duration("patience", time.Minute, "after how long a handle that should be gone is missed")
	read := flag.String("read", "", "read histories from a `file`, one in JSON on each line")
	flag.Parse()
	var tally histories.Tally
	var err error
	if *read != "" {
		err = checkFile(*read, &tally)
	} else {
		err = checkRecorded(histories.NewRecorder(*seed, *patience), *record, &tally)
	}
	_ = json.NewEncoder(os.Stdout).Encode(&tally)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// checkRecorded has more threads than there are processors, so that the system
// takes a processor from one in the middle of a call.
func checkRecorded(recorder *histories.Recorder, n int, tally *histories.Tally) error {
	runtime.GOMAXPROCS(max(4, 2*runtime.NumCPU()))
	for range n {
		h, err := recorder.Record()
		if err != nil {
			tally.Histories++
			tally.Refused++
			return fmt.Errorf("refused: %w:\n%v", err, h)
		}
		if err := tally.Add(h); err != nil {
			return err
		}
	}
	return nil
}

func checkFile(name string, tally *histories.Tally) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for lines := json.NewDecoder(bufio.NewReader(f)); ; {
		var h histories.History
		if err := lines.Decode(&h); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := tally.Add(&h); err != nil {
			return err
		}
	}
}
