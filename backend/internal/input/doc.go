// Package input turns devices and data sources into readings.
//
// A driver describes itself with a [Spec] and becomes a [Kind] of the catalogue through [Define]. A configured input is
// a kind bound to options ([Kind.Bind]), run by an [Input]: the controller that opens the device, reads it on its beat,
// conditions the values and hands one batch to its [Sink].
//
// What a driver need not do: keep a period, time out, retry, check ranges, count or log. It opens, reads, and returns
// errors. A driver that blocks works unchanged, because every call runs on an executor lane; one that honours its
// context ends sooner and is never abandoned.
package input
