// Package history keeps the readings of all channels.
//
// Store is what a keeper of readings can do; package rowstore has one in SQLite. Writer stands between the sources of
// readings and a Store: it gathers readings and commits them in batches, for storage wears with each commit and not with
// each reading. Package historytest checks that a Store does what this package promises, and has one in memory.
//
// Times are milliseconds since the epoch; a range [from, to) holds its first instant and not its last. A channel has at
// most one reading for an instant: a later one replaces it, whatever the order in which readings arrive.
package history
