// Package backendtest has what the tests of all backends share.
package backendtest

import "github.com/quiesce/quiesce/bus/internal/backend"

// TakePage takes a page of no more than so many bytes, or a single event.
func TakePage(s backend.Subscription, most, maxBytes int) ([]byte, error) {
	into := make([]byte, min(maxBytes, 1<<20))
	n, err := s.Take(into, most)
	for n < 0 { // another one may have taken that event
		into = make([]byte, -n)
		n, err = s.Take(into, most)
	}
	if n == 0 {
		return nil, err
	}
	return into[:n], err
}
