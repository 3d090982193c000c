// Package remote keeps readings in an existing time-series engine: VictoriaMetrics, Mimir, Thanos, Prometheus. It writes
// with Prometheus remote write 1.0 and reads with PromQL, so that nothing of an engine but these is needed.
//
// Outbox is the way out: a queue on the disk and the sender that empties it. Store is a history.Store over an Outbox and
// a Querier; Forwarder puts an Outbox beside another Store, which stays the authority.
//
// # Series
//
// A reading is a sample of the metric hypha_reading. Its labels are instance (this program), channel (its id), input and
// name (as people call them), quantity and unit; a reading that is not good carries its quality, too, so that a query
// without the label quality sees only what is good: hypha_reading{quality=""}. The labels are those of the moment when
// the reading was appended. A channel that gets another name or unit therefore goes on as another series; Store finds a
// channel by instance and channel alone, and converts what it reads to the present unit. That is why Rescale has nothing
// to do.
//
// # What is lost when
//
// Append acknowledges when the readings are in the queue's file: nothing is lost when this program is killed. An engine
// may die with what it has acknowledged (VictoriaMetrics keeps some seconds in memory), so what was sent within
// Config.Settle is kept and sent again after an outage. An engine must therefore take a sample twice and keep it once:
// Prometheus does, given an out-of-order window of some minutes; VictoriaMetrics does with -dedup.minScrapeInterval=1ms.
// When the queue is full the oldest readings go, are counted and reported.
//
// # What differs from a store on this machine
//
// Engines cannot delete, nor replace a value by another of the same instant: Delete and DeleteChannel return an
// UnsupportedError, and DropBefore does nothing, for retention is the engine's. A value may lose what is beyond its 15th
// digit (VictoriaMetrics). Readings from before the year 2000 are not shown.
package remote
