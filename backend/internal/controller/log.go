package controller

import "errors"

// tell hands a change to OnChange and to the log. Only one goroutine per unit is in here.
func (u *unit) tell(n note) {
	u.log(n)
	func() {
		defer func() {
			if v := recover(); v != nil {
				u.m.cfg.Logger.Error("OnChange panicked", "controller", u.ref, "panic", v)
			}
		}()
		u.m.cfg.OnChange(n.Status)
	}()
	if n.State == Stopped {
		close(u.done)
	}
}

// log writes what a person wants to know once: a failure when it is new, and its end. The same
// failure again in one series is in Status.Attempt, also when short runs lie between.
func (u *unit) log(n note) {
	log := u.m.cfg.Logger
	switch n.State {
	case BackingOff, Failed, Degraded:
		known := n.Error == u.logged && (n.Attempt > 1 || !u.well)
		if n.err == nil || known { // without an error only a count has changed
			return
		}
		u.logged, u.well = n.Error, false
		u.logPanic(n.err)
		log.Warn("controller not well", "controller", string(u.ref), "state", string(n.State), "attempt", n.Attempt, "error", n.Error)
	case Running:
		if u.logged != "" && !u.well {
			u.well = true
			log.Info("controller recovered", "controller", string(u.ref), "attempt", n.Attempt)
		}
	case Stopped:
		if n.err != nil {
			log.Warn("controller did not stop cleanly", "controller", string(u.ref), "error", n.Error)
		}
	case Inactive, Initializing, Stopping:
	}
}

// logPanic writes the stack of a caught panic: a bug, and this is its only trace.
func (u *unit) logPanic(err error) {
	if p, ok := errors.AsType[*PanicError](err); ok {
		u.m.cfg.Logger.Error("controller panicked", "controller", string(u.ref), "panic", p.Value, "stack", string(p.Stack))
	}
}
