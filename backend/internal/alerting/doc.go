// Package alerting runs the alert rules: it keeps them, tells the engine (package alert) what happens, sees that people are
// told (packages herald and notify), and holds outputs that a rule stops.
//
// One goroutine, Run, judges; everything else asks it through a lock that is held for microseconds and never during a call
// to a store, a device or the network. Nothing that regulates waits for anything in here.
//
// Errors that a person caused are option.Errors, whose fields are paths in the request, or one of fleet's sentinel errors.
package alerting
