package controller

import "context"

// Reporter lets a running controller say how it fares without being restarted. It comes
// in the context of Initialize and Run (see FromContext) and may be used from any goroutine;
// once the run it belongs to has ended it does nothing, but for Abandoned.
type Reporter interface {
	// Degraded says that the controller works, but not as it should: state Degraded.
	Degraded(reason string)
	// Recovered takes the last Degraded back.
	Recovered()
	// Abandoned counts a call that ignored its context. Call does this itself.
	Abandoned()
}

type reporterKey struct{}

// FromContext returns the reporter of the controller that ctx was given to, or one that
// does nothing.
func FromContext(ctx context.Context) Reporter {
	if r, ok := ctx.Value(reporterKey{}).(Reporter); ok {
		return r
	}
	return silent{}
}

// NewContext returns a context that carries r: for tests of controllers.
func NewContext(ctx context.Context, r Reporter) context.Context {
	return context.WithValue(ctx, reporterKey{}, r)
}

type silent struct{}

func (silent) Degraded(string) {}
func (silent) Recovered()      {}
func (silent) Abandoned()      {}
