package trigger

import (
	"fmt"
	"strings"
	"time"

	"hypha/internal/action"
	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/wallclock"
)

// ComposedOptions of trigger_composed.
type ComposedOptions struct {
	Match      string  `json:"match" title:"Fires when" enum:"all,any" enum_titles:"all of them hold,one of them holds" default:"all"`
	Conditions []Rule  `json:"conditions" required:"true" title:"Conditions" min_items:"1" max_items:"30"`
	For        float64 `json:"for_s" title:"For" min:"0" max:"864000" default:"0" unit:"s"`
	Common
}

// Rule is one condition: about a reading, an output or the time of day.
type Rule struct {
	About      string            `json:"about" title:"About" enum:"reading,output,time" enum_titles:"a measurement,an output,the time of day" default:"reading"`
	Channel    measure.ChannelID `json:"channel" required:"true" title:"Measurement" format:"channel" min:"1" when:"about=reading"`
	Above      *float64          `json:"above" title:"Above" when:"about=reading"`
	Below      *float64          `json:"below" title:"Below" when:"about=reading"`
	Hysteresis float64           `json:"hysteresis" title:"Hysteresis" min:"0" default:"0" when:"about=reading"`
	MaxAge     float64           `json:"max_age_s" title:"Longest age of the measurement" help:"0: as long as its channel is not stale" min:"0" max:"86400" default:"0" unit:"s" when:"about=reading"`
	Output     *function.Target  `json:"output" required:"true" title:"Output" when:"about=output"`
	On         bool              `json:"on" title:"It is on" default:"true" when:"about=output"`
	From       string            `json:"from" required:"true" title:"From" placeholder:"22:00" max_len:"8" when:"about=time"`
	To         string            `json:"to" required:"true" title:"Until" help:"Before from: over midnight" placeholder:"06:00" max_len:"8" when:"about=time"`
	Weekdays   []string          `json:"weekdays" title:"Days" help:"None: every day" enum:"mon,tue,wed,thu,fri,sat,sun" max_items:"7" when:"about=time"`
}

// Validate checks what belongs together.
func (r Rule) Validate() error {
	var bad option.Errors
	switch r.About {
	case "reading":
		bad = checkBand(r.Above, r.Below, r.Hysteresis)
		if r.Above != nil && r.Below != nil {
			bad = append(bad, option.FieldError{Field: "below", Message: "and above cannot both hold: make two conditions of them"})
		}
	case "time":
		bad = append(checkClock("from", r.From), checkClock("to", r.To)...)
		if bad == nil && r.From == r.To {
			bad = option.Errors{{Field: "to", Message: "must differ from from"}}
		}
	}
	if bad != nil {
		return bad
	}
	return nil
}

func composedKind() function.Kind {
	return define(function.Spec[ComposedOptions]{
		ID: "trigger_composed", Name: "Trigger: composed",
		Description: "Does actions once when several conditions about measurements, outputs and the time of day hold together for a time.",
		Formula:     "fires when all (or any) of the conditions have held for for_s without a break; then not again before they have not. What cannot be known neither holds nor fails to: it keeps the rule from firing unless the others decide",
		Example:     `{"name": "Dry night", "kind": "trigger_composed", "options": {"match": "all", "for_s": 300, "conditions": [{"channel": 3, "below": 30}, {"about": "output", "output": {"output": 2}, "on": false}, {"about": "time", "from": "22:00", "to": "06:00"}], "actions": [{"kind": "output_volume", "options": {"output": {"output": 4}, "volume_ml": 50}}]}}`,
		PeriodOf: func(o ComposedOptions) time.Duration {
			for _, r := range o.Conditions {
				if r.About == "output" {
					return pollEvery
				}
			}
			return lookEvery
		},
	}, func(o ComposedOptions) (u function.Uses) {
		for n, r := range o.Conditions {
			at := fmt.Sprintf("conditions[%d]", n)
			switch r.About {
			case "reading":
				u.Channels = append(u.Channels, function.ChannelUse{Field: at + ".channel", ID: r.Channel, Watch: true})
			case "output":
				u.Outputs = append(u.Outputs, function.OutputUse{Field: at + ".output", Target: *r.Output})
				u.Events = []string{"output"}
			}
		}
		return u
	}, func(o ComposedOptions, env function.Env) (condition, error) {
		c := &composed{o: o, holds: seconds(o.For)}
		place, _ := env.Place()
		for _, r := range o.Conditions {
			c.rules = append(c.rules, &rule{Rule: r, env: env, zone: place.Zone, y: watch(env, r.Channel, r.MaxAge)})
		}
		return c, nil
	})
}

// rule is a condition with what it was last.
type rule struct {
	Rule
	env   function.Env
	zone  *time.Location
	y     watched
	holds bool
}

// verdict is what a rule says about a moment; an error says why it cannot know.
type verdict struct {
	holds  bool
	reason string
	links  []function.Link
	next   time.Time
	err    error
}

func (r *rule) judge(now time.Time) (v verdict) {
	switch r.About {
	case "output":
		l, ok := r.env.Actual(*r.Output)
		if !ok {
			v.err = &function.Trouble{Reason: fmt.Sprintf("what output %d does is not known", r.Output.Output)}
			return v
		}
		v.holds, v.reason = l.Active() == r.On, fmt.Sprintf("output %d is at %s", r.Output.Output, l)
		v.links = []function.Link{{What: "output", Ref: fmt.Sprintf("output/%d", r.Output.Output), Text: v.reason, T: now}}
	case "time":
		v.holds, v.reason = r.within(now), fmt.Sprintf("it is between %s and %s", r.From, r.To)
		v.next = now.Truncate(time.Minute).Add(time.Minute) // all offsets of zones in use are whole minutes
	default:
		reading, err := r.y.Read()
		if err != nil {
			v.err = err
			return v
		}
		band := beyond{r.Above, r.Below, r.Hysteresis}
		v.holds = band.judge(reading.V, r.holds)
		v.reason = fmt.Sprintf("%s is %s%s", r.y.Name(), number(reading.V), r.y.unit())
		v.links, v.next = []function.Link{r.y.Link(reading)}, r.y.again(now, reading)
	}
	r.holds = v.holds
	return v
}

// within tells whether clocks show one of the hours. Hours over midnight belong to the day on which they begin.
func (r *rule) within(now time.Time) bool {
	from, to := clockOf(r.From), clockOf(r.To)
	local := now.In(r.zone)
	clock, today, days := wallclock.Of(local), date(now, r.zone, 0), weekdays(r.Weekdays)
	if from < to {
		return days.has(today) && clock >= from && clock < to
	}
	return days.has(today) && clock >= from || days.has(date(now, r.zone, -1)) && clock < to
}

type composed struct {
	o     ComposedOptions
	rules []*rule
	holds time.Duration
	since time.Time // it holds since then; zero: it does not
	fired bool      // since then
}

func (c *composed) look(m function.Moment, _ *memory) (*action.Cause, time.Time, error) {
	all := c.o.Match == "all"
	var next time.Time
	var unknown error
	var reasons []string
	var links []function.Link
	decided := false // one that does not hold decides "all", one that does decides "any"
	for _, r := range c.rules {
		v := r.judge(m.Now)
		next = earliest(next, v.next)
		switch {
		case v.err != nil:
			unknown = v.err
		case v.holds != all:
			decided = true
		}
		if v.err == nil && v.holds {
			reasons, links = append(reasons, v.reason), append(links, v.links...)
		}
	}
	holds := decided != all
	if unknown != nil && !decided {
		if !c.fired {
			c.since = time.Time{}
		}
		return nil, next, unknown
	}
	if !holds {
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
	return &action.Cause{Reason: strings.Join(reasons, "; "), At: m.Now, Chain: links}, next, nil
}

func (c *composed) show(into map[string]any) { into["holds"] = !c.since.IsZero() }
