// Package jet keeps topics in NATS JetStream: in a server that is embedded in this
// process and keeps its files in a directory (OpenDir), or in servers elsewhere
// (Connect). Both go through one connection of nats.go and the same code.
//
// A topic is a stream, its subject is `quiesce.` and its name. A group is a durable
// pull consumer, a plain subscription an ephemeral one. Whoever publishes on the
// subject by other means is welcome: such events are like any others.
//
// Threads: nats.go calls message handlers on one goroutine for each of its
// subscriptions. Handlers take the lock of what they serve, and never block.
package jet
