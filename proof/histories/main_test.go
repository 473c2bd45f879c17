package histories

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// Whatever the tests did to tables, no goroutine waits for anything at the end.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, "goleak:", err)
			code = 1
		} else {
			fmt.Println("goleak: no goroutine is left")
		}
	}
	os.Exit(code)
}
