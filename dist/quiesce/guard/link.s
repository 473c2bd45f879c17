// With a file of assembly in its package a function may be declared without a
// body: see stripes.go.
