// Package controller runs and supervises controllers: inputs, outputs, functions and whatever
// else lives as long as the program. One of them may fail, panic or hang as it likes; the others
// and the program do not notice.
//
// # Use
//
// A [Manager] runs any number of [Controller] values, each under a [Ref] and with a [Policy]:
//
//	m := controller.NewManager(controller.Config{OnChange: publish, Logger: log})
//	err := m.Start("input/3", in, controller.Policy{InitTimeout: 10 * time.Second})
//	...
//	err = m.Close(ctx) // all at the same time
//
// Code that may block is called on a [Lane] with [Call]: one lane per physical bus, so that what
// hangs holds up its own bus and nothing else.
//
// # The life of a controller
//
//	           Start             error, panic, time-out
//	             |             .-----------------------.
//	             v             |                       v
//	      initializing --> running <--> degraded    backing_off
//	             ^             |             |         |
//	             |             '-------------'---------|--> failed (permanent error)
//	             '-------------------------------------'      |
//	             ^                  next try, Retry           | Retry
//	             '--------------------------------------------'
//
//	from each of them: Stop --> stopping --> stopped
//
// Each try calls Initialize, then Run if that worked, then Stop in any case. Between tries
// lies a random wait whose bound grows from 1 s by a factor of 2 to 60 s; a run that was healthy for a minute
// starts the series anew. All of this is in the Policy.
//
// # Errors
//
// An error of Initialize or Run, a panic in them, and a Run that returns nil though its context has
// not ended all lead to the next try. An error marked with [Permanent] does not: no retry cures wrong
// options. Whether a controller was stopped is asked of its own context, never of the error: a
// time-out inside a driver also is a context.DeadlineExceeded. An error that Run returns after it was asked
// to end comes out of Manager.Stop, and so does one of Stop.
//
// # What hangs
//
// A call that has not returned shortly after its context has ended is abandoned: counted in Status, and left
// behind with its goroutine, for Go cannot kill one. Stop is called all the same, and after the backoff
// the controller is tried again; while three abandoned calls of one controller have not come back it is not. When an
// abandoned call does return, its result is dropped.
//
// # Concurrency
//
// All methods of Manager, Lanes and Lane may be called from any goroutine. Each controller has one goroutine
// while it initializes, runs or stops and none between tries; timers do the rest. The methods of one
// controller do not overlap, but for HealthCheck, which runs beside Run, and for what was abandoned. OnChange is called
// without locks, in order for each Ref, possibly for several Refs at a time.
//
// Nothing here recovers from a fatal error of the Go runtime (concurrent map writes, memory exhausted):
// whatever can cause one belongs into a process of its own.
//
// # Testing
//
// The package reads time only from package time, so tests of controllers run in testing/synctest bubbles, where
// an hour of retries takes a millisecond.
package controller
