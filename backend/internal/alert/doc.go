// Package alert judges rules: it is told what is measured, driven and happening, and says which rules are ok, pending,
// firing, recovering, without data or in error. It tells nobody (see package herald) and drives nothing.
//
// # Use
//
//	engine := alert.NewEngine(time.Now())
//	check, err := kind.Bind(options)            // option.Errors when the options are at fault
//	engine.Put(now, alert.Rule{ID: 3, Check: check, Timing: alert.Timing{For: 2 * time.Minute}})
//	changes := engine.Reading(now, channel, value)
//	changes = engine.Tick(now)                  // about once a second: what ends without a new reading ends here
//
// # Time
//
// Every call is told the time. It is meant to be monotonic (time.Now has a monotonic reading, and adding to it keeps it):
// a clock that is set makes nothing fire and nothing recover. Calls must not go back in time; one that does counts as
// made at the time of the last. How often Tick is called does not matter for what happens, only for how soon it is known.
//
// # States
//
//	ok         -- raise -->          pending; firing at once when For is 0
//	pending    -- no longer raise -> ok;      For over --> firing
//	firing     -- clear -->          recovering
//	recovering -- not clear -->      firing;  Recover over --> ok
//	any        -- nothing accepted for NoData --> no_data
//	any        -- cannot be judged --> error
//	no_data, error -- something accepted --> ok, and judged at once
//
// Between raise and clear lies the hysteresis of a rule. What was acknowledged stays so until the rule is ok, fires anew,
// or has another complaint.
//
// # Concurrency
//
// An Engine belongs to one goroutine.
package alert
