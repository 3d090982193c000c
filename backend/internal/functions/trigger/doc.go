// Package trigger has the functions that do actions when something happens: a reading crosses a line or stays away, an output
// or a controller changes, a time comes, the sun rises, an event is told, another program calls.
//
// All kinds share [Common]: the actions, a time of rest after firing, the order "fire" that tests them. Each kind is a
// condition, which says when to fire and why; trigger does the rest.
//
// # What a trigger does not know
//
// A reading that is stale, bad or too old is no reason to fire; the trigger says that it has none to go by, and outputs that it
// drives without an end fall down their ladders, for nobody can know any more whether they should be on. Only trigger_missing
// fires then.
//
// # Time
//
// Points in time are kept by the wall clock and are the same for a program that was restarted. The last one that fired is
// saved before its actions begin, so that none fires twice; one that was missed while the program was off fires late within
// catch_up_s, or not at all. The clock put forward is treated the same way; put back by less than half the distance of two
// points, none is repeated; put back further, the trigger begins anew.
//
// Conditions that hold over a time (threshold, composed, missing) fire anew after a restart if they still hold, because outputs
// have gone to their states at start meanwhile; cooldown_s is kept over restarts.
package trigger
