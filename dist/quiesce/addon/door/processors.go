package door

import (
	"os"
	"runtime"
	"sync"
)

// A JS thread that has returned from Go keeps the processor (Go's P) that it used
// until Go's monitor takes it away, which looks each 20 us to 10 ms. As long as
// every processor is kept so, no goroutine runs, however idle the machine: with a
// busy publisher and two processors, one percent of wake-ups took above 25 ms, with
// four below 1 ms. So there is one more for each env, but no more than as many
// again: the garbage collector counts on them too.
var processors struct {
	sync.Mutex
	base, now int
}

// addProcessor follows the registration of an env. Who has set GOMAXPROCS keeps
// what he has set.
func addProcessor(envs int) {
	if os.Getenv("GOMAXPROCS") != "" {
		return
	}
	p := &processors
	p.Lock()
	defer p.Unlock()
	if p.base == 0 {
		p.base = runtime.GOMAXPROCS(0)
		p.now = p.base
	}
	if want := p.base + min(envs, p.base); want > p.now {
		p.now = want
		runtime.GOMAXPROCS(want)
	}
}
