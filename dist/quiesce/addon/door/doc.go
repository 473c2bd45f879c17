// Package door is the Go half of the boundary to Node: classes and their
// methods, the door through which every op passes, and the envs that wait for
// completions. It knows neither cgo nor Node-API; package addon joins it to
// the C shim.
package door
