package jet

import (
	"strings"
)

// Names in NATS have no dots, so they become '=', which no name of ours has.
const (
	subjectPrefix  = "quiesce."
	streamPrefix   = "quiesce_"
	groupPrefix    = "group_"
	plainPrefix    = "plain_"
	headerTime     = "Quiesce-Time"
	headerID       = "Nats-Msg-Id"
	headerExpected = "Nats-Expected-Last-Sequence"
	metadataStart  = "quiesce-start"
)

func escape(name string) string   { return strings.ReplaceAll(name, ".", "=") }
func unescape(name string) string { return strings.ReplaceAll(name, "=", ".") }

func streamName(topic string) string  { return streamPrefix + escape(topic) }
func subjectName(topic string) string { return subjectPrefix + topic }
func groupName(group string) string   { return groupPrefix + escape(group) }

// topicName is the inverse of streamName; false if the stream is not ours.
func topicName(stream string) (string, bool) {
	name, ok := strings.CutPrefix(stream, streamPrefix)
	return unescape(name), ok
}
