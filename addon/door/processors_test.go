package door

import (
	"runtime"
	"testing"
)

func TestEachEnvBringsAProcessorUpToAsManyAgain(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	before, kept := runtime.GOMAXPROCS(0), processors.base
	nowBefore := processors.now
	defer func() {
		runtime.GOMAXPROCS(before)
		processors.base, processors.now = kept, nowBefore
	}()
	runtime.GOMAXPROCS(3)
	processors.base, processors.now = 0, 0
	for _, each := range []struct{ envs, want int }{{1, 4}, {2, 5}, {1, 5}, {3, 6}, {100, 6}} {
		addProcessor(each.envs)
		if got := runtime.GOMAXPROCS(0); got != each.want {
			t.Errorf("with %d envs: %d processors, want %d", each.envs, got, each.want)
		}
	}
}

func TestWhoHasSetGOMAXPROCSKeepsIt(t *testing.T) {
	t.Setenv("GOMAXPROCS", "1")
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	runtime.GOMAXPROCS(1)
	addProcessor(4)
	if got := runtime.GOMAXPROCS(0); got != 1 {
		t.Errorf("%d processors, want 1", got)
	}
}
