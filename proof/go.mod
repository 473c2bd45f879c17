module github.com/quiesce/quiesce/proof

go 1.26.0

require (
	github.com/anishathalye/porcupine v1.3.1
	github.com/quiesce/quiesce v0.0.0
	go.uber.org/goleak v1.3.0
	pgregory.net/rapid v1.3.0
)

require golang.org/x/sys v0.49.0 // indirect

replace github.com/quiesce/quiesce => ../
