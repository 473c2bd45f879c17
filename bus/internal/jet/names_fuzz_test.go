package jet

import (
	"strconv"
	"strings"
	"testing"
)

// Names that a bus allows come back from those of streams, and nothing else does;
// addresses are shown without what is secret in them.
func FuzzNames(f *testing.F) {
	f.Add("orders.eu", "secret")
	f.Add("a", "p@ss")
	f.Add("=", ":")
	f.Fuzz(func(t *testing.T, name, password string) {
		if got, ok := topicName(streamName(name)); !strings.Contains(name, "=") && (!ok || got != name) {
			t.Fatalf("%q became %q, %v", name, got, ok)
		}
		if _, ok := topicName(name); ok != strings.HasPrefix(name, streamPrefix) {
			t.Fatalf("%q is ours: %v", name, ok)
		}
		if strings.ContainsAny(streamName(name), ". *>") && !strings.ContainsAny(name, " *>") {
			t.Fatalf("%q is no name for a stream", streamName(name))
		}
		if shown := withoutPasswords([]string{"nats://user:" + password + "@host:4222"}); shown != "nats://host:4222" && shown != "host:4222" {
			t.Fatalf("shown as %q", shown)
		}
		info := &consumerInfo{}
		info.Config.OptStartSeq, info.Config.Metadata = 5, map[string]string{metadataStart: name}
		if n, err := strconv.ParseUint(name, 10, 64); (err == nil && startOf(info) != n) || (err != nil && startOf(info) != 5) {
			t.Fatalf("a group that begins at %q begins at %d", name, startOf(info))
		}
	})
}
