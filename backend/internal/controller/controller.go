package controller

import (
	"context"
	"time"
)

// Controller is one running input, output or function. The manager calls its
// methods one after the other, never two at a time, with one exception: a call that
// ignores its context is abandoned, and Stop (and later Initialize) are called while it
// may still hang.
type Controller interface {
	// Initialize acquires what Run needs. It is retried with backoff until it works, or
	// until its error is Permanent. When ctx has ended it must not keep what it acquired.
	Initialize(ctx context.Context) error
	// Run works until ctx ends. Whatever else it returns, nil included, restarts the
	// controller through Stop, backoff and Initialize.
	Run(ctx context.Context) error
	// Stop releases and leaves the world safe. It is called once after every Initialize,
	// a failed one too; ctx bounds it.
	Stop(ctx context.Context) error
}

// HealthChecker is implemented by a controller that can tell whether it still does
// its work. HealthCheck is called while Run runs, beside it, one call at a time.
type HealthChecker interface {
	HealthCheck(ctx context.Context) Health
}

// Health is the answer of a health check.
type Health struct {
	OK      bool
	Message string // why not, for people
}

// State is what a controller is doing.
type State string

// The states of a controller. Their text is part of the API.
const (
	Inactive     State = "inactive"     // known, not started
	Initializing State = "initializing" // Initialize is being called
	Running      State = "running"
	Degraded     State = "degraded"    // runs, but not as it should: Status.Error says why
	BackingOff   State = "backing_off" // failed; the next try is at Status.NextTryAt
	Stopping     State = "stopping"    // asked to end
	Stopped      State = "stopped"
	Failed       State = "failed" // permanent error: only Retry or Replace start it again
)

// States returns all states, for tables and metrics.
func States() []State {
	return []State{Inactive, Initializing, Running, Degraded, BackingOff, Stopping, Stopped, Failed}
}

// Ref names a controller: "input/3", "output/1".
type Ref string

// Status is what is known about a controller at one moment.
type Status struct {
	Ref   Ref
	State State
	Since time.Time // when State began

	// Attempt counts the tries of the present series: 1 is the first. A run that stayed
	// healthy for Policy.StableAfter ends the series, so that it is 1 again.
	Attempt   int
	NextTryAt *time.Time // set while backing off
	Error     string     // why the controller is degraded, backing off or failed; for people

	AbandonedCalls uint64 // calls that ignored the end of their context, since Start
	Restarts       int    // tries after the first, since Start
}
