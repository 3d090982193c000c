package alert

import (
	"fmt"
	"math"

	"hypha/internal/measure"
)

type forecastOptions struct {
	Channel  int64    `json:"channel" format:"channel" min:"1" required:"true" title:"Channel"`
	When     Side     `json:"when" enum:"above,below" enum_titles:"Above,Below" default:"below" title:"Alert when it will be"`
	Limit    float64  `json:"limit" required:"true" title:"Limit" help:"In the unit of the channel"`
	Ahead    float64  `json:"ahead_s" unit:"s" min:"1" max:"2592000" default:"3600" title:"Within the next"`
	Window   float64  `json:"window_s" unit:"s" min:"10" max:"604800" default:"3600" title:"Judged by the last"`
	Residual *float64 `json:"max_residual" min:"0" advanced:"true" title:"Largest scatter" help:"How far readings may lie from the straight line, as a standard deviation; beyond it nothing is predicted. Empty: only the trend must be clear"`
}

func forecastKind() Kind {
	return define(spec[forecastOptions]{
		id: "forecast", name: "Will cross a limit", icon: "telescope", tags: []string{"measurement"}, silent: true,
		description: "The straight line through the last readings crosses a limit soon: the tank will be empty by the evening.",
		make: func(o forecastOptions) (condition, Watch) {
			ch := measure.ChannelID(o.Channel)
			return &forecast{o: o, channel: ch, window: window{span: secondsOf(o.Window)}}, Watch{Channels: []measure.ChannelID{ch}}
		},
	})
}

// forecast extends the line of least squares. It believes a trend only when the slope is at least clearTrend of its own
// standard errors away from none, and when the scatter around the line is within what the user allows: a daily swing or
// a step is not a line, and what does not follow one is not predicted by it.
type forecast struct {
	o       forecastOptions
	channel measure.ChannelID
	window  window
	line    line
	ok      bool // line is one to believe
	drawn   bool // there were points enough for a line
	in      float64
	now     float64
}

const (
	fewestForecast = 5 // points
	clearTrend     = 4 // standard errors
)

func (c *forecast) reading(now instant, _ measure.ChannelID, v float64) bool {
	if !c.window.add(point{now, v}) {
		return false
	}
	c.now = v
	points := c.window.within()
	c.drawn = len(points) >= fewestForecast && covered(points)*2 >= c.window.span
	if !c.drawn {
		c.ok = false
		return true
	}
	c.line, c.ok = fit(points)
	c.ok = c.ok && math.Abs(c.line.slope) > clearTrend*c.line.error && (c.o.Residual == nil || c.line.residual <= *c.o.Residual)
	c.in = math.Inf(1)
	if away := c.o.Limit - c.line.now; c.ok && c.line.slope != 0 {
		c.in = away / c.line.slope
	}
	return true
}

// beyond tells whether a value is past the limit.
func (c *forecast) beyond(v float64) bool {
	if c.o.When == Above {
		return v > c.o.Limit
	}
	return v < c.o.Limit
}

func (c *forecast) verdict(instant) verdict {
	switch {
	case len(c.window.points) > 0 && c.beyond(c.now): // no prediction is needed any more
		return verdict{known: true, raise: true}
	case !c.drawn:
		return verdict{}
	case !c.ok:
		return verdict{known: true, clear: true}
	}
	towards := c.line.slope < 0
	if c.o.When == Above {
		towards = c.line.slope > 0
	}
	raise := towards && c.in <= c.o.Ahead
	return verdict{known: true, raise: raise, clear: !raise}
}

func (c *forecast) evidence(n Names) Evidence {
	if len(c.window.points) == 0 {
		return nothingYet(n, c.channel)
	}
	name, limit := n.Channel(c.channel), n.Value(c.channel, c.o.Limit)
	v := c.now
	switch {
	case c.beyond(v):
		return Evidence{fmt.Sprintf("%s is %s, %s %s already", name, n.Value(c.channel, v), c.o.When, limit), &v}
	case !c.drawn:
		return Evidence{fmt.Sprintf("%s is %s; there are too few readings for a trend yet", name, n.Value(c.channel, v)), &v}
	case !c.ok:
		return Evidence{fmt.Sprintf("%s is %s; no clear trend", name, n.Value(c.channel, v)), &v}
	case c.in > 0 && c.in <= c.o.Ahead:
		return Evidence{fmt.Sprintf("%s is %s and will be %s %s in about %s", name, n.Value(c.channel, v), c.o.When, limit, length(secondsOf(c.in))), &v}
	}
	return Evidence{fmt.Sprintf("%s is %s, changing by %s", name, n.Value(c.channel, v), n.Rate(c.channel, c.line.slope*60)), &v}
}
