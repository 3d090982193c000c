package alert

import (
	"fmt"
	"math"

	"hypha/internal/measure"
)

type outputOptions struct {
	Output  int64   `json:"output" format:"output" min:"1" required:"true" title:"Output"`
	Channel int     `json:"channel" min:"0" max:"1000" default:"0" title:"Channel of the output"`
	When    string  `json:"when" enum:"active,inactive,at_least,at_most,fault" enum_titles:"On,Off,At least,At most,Its device refuses commands" default:"active" title:"Alert when it is"`
	Level   float64 `json:"level" when:"when=at_least|at_most" required:"true" title:"Level" help:"Duty in %, or value; for example 100 for a heater that gives all it has"`
}

func outputKind() Kind {
	return define(spec[outputOptions]{
		id: "output", name: "Output at its limit", icon: "gauge", tags: []string{"output", "loop"},
		description: "An output is on, off, at its limit or out of order. Set for how long before it counts: a heater that gives everything for an hour is too weak, or heats the street.",
		make: func(o outputOptions) (condition, Watch) {
			return &outputAt{o: o}, Watch{Outputs: []OutputChannel{{o.Output, o.Channel}}}
		},
	})
}

type outputAt struct {
	o    outputOptions
	now  Output
	told bool
}

func (c *outputAt) output(_ instant, o Output) { c.now, c.told = o, true }

func (c *outputAt) verdict(instant) verdict {
	if !c.told || !c.now.Known && c.o.When != "fault" {
		return verdict{}
	}
	raise := false
	switch c.o.When {
	case "active":
		raise = c.now.Active
	case "inactive":
		raise = !c.now.Active
	case "at_least":
		raise = c.now.Level >= c.o.Level
	case "at_most":
		raise = c.now.Level <= c.o.Level
	case "fault":
		raise = c.now.Fault != ""
	}
	return verdict{known: true, raise: raise, clear: !raise}
}

func (c *outputAt) evidence(n Names) Evidence {
	name := n.Output(OutputChannel{c.o.Output, c.o.Channel})
	if !c.told {
		return Evidence{Text: name + " has not been heard of yet"}
	}
	v := c.now.Level
	switch {
	case c.now.Fault != "":
		return Evidence{fmt.Sprintf("%s does not take its commands: %s", name, c.now.Fault), &v}
	case !c.now.Known:
		return Evidence{Text: "nobody knows what " + name + " does"}
	case !c.now.Active:
		return Evidence{name + " is off", &v}
	case v == 1:
		return Evidence{name + " is on", &v}
	}
	return Evidence{fmt.Sprintf("%s is at %g", name, v), &v}
}

type effectOptions struct {
	Output    int64   `json:"output" format:"output" min:"1" required:"true" title:"Output"`
	Channel   int     `json:"output_channel" min:"0" max:"1000" default:"0" title:"Channel of the output"`
	Least     float64 `json:"min_level" min:"0" default:"0" title:"Counts as working from" help:"Duty in % or value from which an effect is expected; 0: whenever it is on"`
	Sensor    int64   `json:"channel" format:"channel" min:"1" required:"true" title:"Channel that must follow"`
	Direction string  `json:"direction" enum:"rise,fall,either" enum_titles:"Rise,Fall,Move either way" default:"rise" title:"It must"`
	Change    float64 `json:"change" required:"true" min:"0" title:"By at least" help:"In the unit of the channel"`
	Within    float64 `json:"within_s" unit:"s" min:"1" max:"604800" default:"900" title:"Within"`
	Function  *int64  `json:"function" min:"1" advanced:"true" title:"Function" help:"Its set-point: near it nothing more is expected"`
	Near      float64 `json:"near" min:"0" default:"0" advanced:"true" title:"Near means within" help:"In the unit of the channel"`
}

// Validate refuses what would always or never alert.
func (o effectOptions) Validate() error {
	if o.Change == 0 {
		return fault("change", "must be more than 0: a channel always changes by nothing")
	}
	return nil
}

func effectKind() Kind {
	return define(spec[effectOptions]{
		id: "no_effect", name: "No effect", icon: "circle-slash", tags: []string{"output", "loop", "safety"}, timed: true,
		description: "An output works, and the channel it should move does not move: welded relay, empty tank, burst hose, fallen-out probe (as 3D printers check their heaters).",
		make: func(o effectOptions) (condition, Watch) {
			w := Watch{Outputs: []OutputChannel{{o.Output, o.Channel}}, Channels: []measure.ChannelID{measure.ChannelID(o.Sensor)}}
			if o.Function != nil {
				w.Functions = []int64{*o.Function}
			}
			return &effect{o: o, sensor: measure.ChannelID(o.Sensor)}, w
		},
	})
}

// effect expects that each Within of work brings the channel Change further. Only the time in which the output works
// counts, so that one that is switched in short turns is judged too. The count begins anew whenever the change has come,
// while the channel is near its set-point, where holding still is the goal, and after the output has rested for Within.
type effect struct {
	o       effectOptions
	sensor  measure.ChannelID
	working bool
	turned  instant // when working last changed
	worked  instant // since the count began, without the present turn
	value   float64
	has     bool
	from    float64 // value when the count began
	begun   bool
	goal    float64
	hasGoal bool
}

func (c *effect) output(now instant, o Output) {
	works := o.Known && o.Active && o.Level >= c.o.Least
	if works == c.working {
		return
	}
	if c.working {
		c.worked += now - c.turned
	} else if c.rested(now) {
		c.begin(now)
	}
	c.working, c.turned = works, now
}

// rested tells whether the output has been at rest for so long that the past says nothing any more.
func (c *effect) rested(now instant) bool { return !c.working && now-c.turned >= secondsOf(c.o.Within) }

func (c *effect) begin(now instant) {
	c.begun, c.from, c.worked = c.has, c.value, 0
	if c.working {
		c.turned = now
	}
}

func (c *effect) near() bool { return c.hasGoal && math.Abs(c.goal-c.value) <= c.o.Near }

func (c *effect) setpoint(_ instant, _ int64, v float64, known bool) bool {
	c.goal, c.hasGoal = v, known
	return false
}

func (c *effect) reading(now instant, _ measure.ChannelID, v float64) bool {
	c.value, c.has = v, true
	if !c.begun || c.near() || c.progress() >= c.o.Change || c.rested(now) {
		c.begin(now)
	}
	return true
}

// progress is how far the channel has come since the count began.
func (c *effect) progress() float64 {
	d := c.value - c.from
	switch c.o.Direction {
	case "fall":
		return -d
	case "either":
		return math.Abs(d)
	}
	return d
}

func (c *effect) verdict(now instant) verdict {
	if !c.begun || c.rested(now) {
		return verdict{known: c.has, clear: true}
	}
	worked := c.worked
	if c.working {
		worked += now - c.turned
	}
	raise := worked >= secondsOf(c.o.Within)
	return verdict{known: true, raise: raise, clear: !raise}
}

func (c *effect) evidence(n Names) Evidence {
	name, sensor := n.Output(OutputChannel{c.o.Output, c.o.Channel}), n.Channel(c.sensor)
	if !c.has {
		return nothingYet(n, c.sensor)
	}
	v := c.value
	if c.near() || c.worked == 0 && !c.working {
		return Evidence{fmt.Sprintf("%s rests, or %s is where it should be", name, sensor), &v}
	}
	return Evidence{fmt.Sprintf("%s works, and %s went from %s to %s", name, sensor, n.Value(c.sensor, c.from), n.Value(c.sensor, v)), &v}
}
