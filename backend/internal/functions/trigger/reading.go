package trigger

import (
	"fmt"
	"time"

	"hypha/internal/action"
	"hypha/internal/function"
	"hypha/internal/functions/loop"
	"hypha/internal/measure"
)

// watched is a channel whose readings a condition judges.
type watched struct {
	loop.Measured
	newest time.Time // of the readings judged
}

func watch(env function.Env, id measure.ChannelID, maxAge float64) watched {
	return watched{Measured: loop.Measured{Env: env, ID: id, MaxAge: seconds(maxAge)}}
}

// read is the reading that a moment brings, else the live one; old tells that it is one of before, which arrived late and says
// nothing about now.
func (w *watched) read(m function.Moment) (v function.Measurement, old bool, err error) {
	if v, err = w.Read(); m.Why != function.Arrival || m.Reading.Channel != w.ID {
		return v, false, err
	}
	t := time.UnixMilli(m.Reading.T)
	if t.Before(w.newest) {
		return v, true, nil
	}
	w.newest = t
	if err == nil && m.Reading.Q.Usable() { // several may have come since the last step: none is left out
		v.V, v.T, v.Q = m.Reading.V, t, m.Reading.Q
	}
	return v, false, err
}

// again is when to look whether the reading has become too old.
func (w *watched) again(now time.Time, v function.Measurement) time.Time {
	if wait := w.Wait(v); wait > 0 {
		return now.Add(wait)
	}
	return time.Time{}
}

// unit is the unit with a space before it, or nothing.
func (w *watched) unit() string {
	ch, ok := w.Env.Lookup().ChannelOf(w.ID)
	if !ok || ch.Unit == "" || ch.Unit == "none" {
		return ""
	}
	return " " + string(ch.Unit)
}

// cause is a cause that this reading gives.
func (w *watched) cause(reason string, v function.Measurement) *action.Cause {
	ch, _ := w.Env.Lookup().ChannelOf(w.ID)
	return &action.Cause{Reason: reason, Channel: w.Name(), Value: &v.V, Unit: string(ch.Unit), At: v.T, Chain: []function.Link{w.Link(v)}}
}

// edge fires when the readings pass a line.
type edge struct {
	o     EdgeOptions
	y     watched
	high  bool
	known bool // high is
}

func (e *edge) look(m function.Moment, _ *memory) (*action.Cause, time.Time, error) {
	v, old, err := e.y.read(m)
	if err != nil {
		return nil, time.Time{}, err // the side stays known: one lost reading must not hide that the line was passed
	}
	next := e.y.again(m.Now, v)
	if old || v.V == e.o.Threshold { // on the line it is on the side it came from
		return nil, next, nil
	}
	was, known := e.high, e.known
	e.high, e.known = v.V > e.o.Threshold, true
	if !known || was == e.high || e.o.Edge == "rising" && !e.high || e.o.Edge == "falling" && e.high {
		return nil, next, nil
	}
	verb := "fell below"
	if e.high {
		verb = "rose above"
	}
	return e.y.cause(fmt.Sprintf("%s %s %s%s: it is %s%s", e.y.Name(), verb, number(e.o.Threshold), e.y.unit(), number(v.V), e.y.unit()), v), next, nil
}

func (e *edge) show(into map[string]any) {
	if e.known {
		into["above"] = e.high
	}
}

// threshold fires when the readings have been beyond a limit for long enough.
type threshold struct {
	y     watched
	band  beyond
	holds time.Duration
	since time.Time // beyond since then; zero: it is not
	fired bool      // since then
}

func (c *threshold) look(m function.Moment, _ *memory) (*action.Cause, time.Time, error) {
	v, old, err := c.y.read(m)
	if err != nil {
		if !c.fired {
			c.since = time.Time{} // nobody knows whether it stayed beyond
		}
		return nil, time.Time{}, err
	}
	next := c.y.again(m.Now, v)
	if old {
		return nil, next, nil
	}
	if !c.band.judge(v.V, !c.since.IsZero()) {
		c.since, c.fired = time.Time{}, false
		return nil, next, nil
	}
	if c.since.IsZero() {
		c.since = m.Now
	}
	if c.fired {
		return nil, next, nil
	}
	if left := c.holds - m.Now.Sub(c.since); left > 0 {
		return nil, earliest(next, m.Now.Add(left)), nil
	}
	c.fired = true
	reason := fmt.Sprintf("%s is %s: %s%s", c.y.Name(), c.band.words(v.V, c.y.unit()), number(v.V), c.y.unit())
	if c.holds > 0 {
		reason = fmt.Sprintf("%s has been %s for %v: %s%s", c.y.Name(), c.band.words(v.V, c.y.unit()), c.holds, number(v.V), c.y.unit())
	}
	return c.y.cause(reason, v), next, nil
}

func (c *threshold) show(into map[string]any) {
	into["beyond"] = !c.since.IsZero()
}

// missing fires when a channel has had no good reading for too long.
type missing struct {
	env   function.Env
	y     watched
	after time.Duration
	good  time.Time // when the last good one was heard of; at first, the start
	fired bool      // since then
}

func (c *missing) look(m function.Moment, _ *memory) (*action.Cause, time.Time, error) {
	v := c.env.Latest(c.y.ID)
	if c.good.IsZero() {
		c.good = m.Now
	}
	if v.Usable(0) {
		if heard := m.Now.Add(-v.Age); heard.After(c.good) || m.Why == function.Start {
			c.good = heard
		}
	}
	if left := c.after - m.Now.Sub(c.good); left > 0 {
		c.fired = false
		return nil, m.Now.Add(left), nil
	}
	if c.fired {
		return nil, time.Time{}, nil
	}
	c.fired = true
	reason := fmt.Sprintf("%s has had no good reading for %v", c.y.Name(), m.Now.Sub(c.good).Round(time.Second))
	return &action.Cause{
		Reason: reason, Channel: c.y.Name(),
		Chain: []function.Link{{What: "reading", Ref: fmt.Sprintf("channel/%d", c.y.ID), Text: reason, T: m.Now}},
	}, time.Time{}, nil
}

func (c *missing) show(into map[string]any) { into["missing"] = c.fired }
