package alert

import (
	"fmt"
	"math"

	"hypha/internal/measure"
)

type stuckOptions struct {
	Channel int64   `json:"channel" format:"channel" min:"1" required:"true" title:"Channel"`
	Window  float64 `json:"window_s" unit:"s" min:"10" max:"604800" default:"3600" title:"Over the last"`
	MinSpan float64 `json:"min_span" min:"0" default:"0" title:"Smallest change that counts as alive" help:"In the unit of the channel. A living sensor shows at least its own noise"`
}

func stuckKind() Kind {
	return define(spec[stuckOptions]{
		id: "stuck", name: "Stuck sensor", icon: "snowflake", tags: []string{"sensor"}, silent: true,
		description: "A channel goes on giving the same value: frozen firmware, a shorted line, a fallen-out probe (persistence test).",
		make: func(o stuckOptions) (condition, Watch) {
			ch := measure.ChannelID(o.Channel)
			return &stuck{channel: ch, minSpan: o.MinSpan, window: window{span: secondsOf(o.Window)}}, Watch{Channels: []measure.ChannelID{ch}}
		},
	})
}

// stuck is the persistence test of the WMO guidelines (Zahumensky 2004): the span of a full window of at least five
// readings is at most minSpan.
type stuck struct {
	channel measure.ChannelID
	minSpan float64
	window  window
}

// fewestStuck is how many readings the persistence test needs.
const fewestStuck = 5

func (c *stuck) reading(now instant, _ measure.ChannelID, v float64) bool {
	return c.window.add(point{now, v})
}

func (c *stuck) span() (span float64, enough bool) {
	points := c.window.within()
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		low, high = min(low, p.v), max(high, p.v)
	}
	// A point that is only nearly as old as the window makes it full when the one before it is older.
	full := covered(points) >= c.window.span || len(points) < len(c.window.points) || len(points) == maxPoints
	return high - low, full && len(points) >= fewestStuck
}

func (c *stuck) verdict(instant) verdict {
	span, enough := c.span()
	if !enough {
		// Too few to say that it is stuck; but a change is a change.
		return verdict{known: len(c.window.points) > 1 && span > c.minSpan, clear: true}
	}
	return verdict{known: true, raise: span <= c.minSpan, clear: span > c.minSpan}
}

func (c *stuck) evidence(n Names) Evidence {
	points := c.window.within()
	if len(points) == 0 {
		return nothingYet(n, c.channel)
	}
	v := points[len(points)-1].v
	span, enough := c.span()
	if !enough || span > c.minSpan {
		return Evidence{fmt.Sprintf("%s is %s and moves", n.Channel(c.channel), n.Value(c.channel, v)), &v}
	}
	return Evidence{fmt.Sprintf("%s has hardly moved from %s for %s", n.Channel(c.channel), n.Value(c.channel, v), length(covered(points))), &v}
}

type rateOptions struct {
	Channel int64   `json:"channel" format:"channel" min:"1" required:"true" title:"Channel"`
	When    string  `json:"when" enum:"rises,falls,either" enum_titles:"Rises,Falls,Either" default:"either" title:"Alert when it"`
	Most    float64 `json:"max_per_min" min:"0" required:"true" title:"By more than, per minute" help:"In the unit of the channel"`
	Window  float64 `json:"window_s" unit:"s" min:"0" max:"86400" default:"300" title:"Measured over" help:"The slope of a straight line through the readings of this time; 0: from one reading to the next"`
}

func rateKind() Kind {
	return define(spec[rateOptions]{
		id: "rate", name: "Changes too fast", icon: "trending-up", tags: []string{"measurement"}, silent: true,
		description: "A channel rises or falls faster than it should.",
		make: func(o rateOptions) (condition, Watch) {
			ch := measure.ChannelID(o.Channel)
			return &rate{o: o, channel: ch, window: window{span: secondsOf(o.Window)}}, Watch{Channels: []measure.ChannelID{ch}}
		},
	})
}

type rate struct {
	o         rateOptions
	channel   measure.ChannelID
	window    window
	perMinute float64
	known     bool
}

func (c *rate) reading(now instant, _ measure.ChannelID, v float64) bool {
	if c.o.Window == 0 {
		return c.step(point{now, v})
	}
	if !c.window.add(point{now, v}) {
		return false
	}
	points := c.window.within()
	c.known = false
	if covered(points)*2 < c.window.span {
		return true // too short to tell a slope from noise
	}
	if l, ok := fit(points); ok {
		c.perMinute, c.known = l.slope*60, true
	}
	return true
}

// step compares with the reading before. One that jumped is not compared with: the next one would seem to jump back. The
// longer ago the last accepted one is, the more may have changed.
func (c *rate) step(p point) bool {
	if len(c.window.points) == 0 {
		c.window.points = append(c.window.points, p)
		return true
	}
	last := &c.window.points[0]
	if p.at <= last.at {
		return false
	}
	c.perMinute, c.known = (p.v-last.v)/(p.at-last.at).seconds()*60, true
	if !c.beyond() {
		*last = p
	}
	return true
}

func (c *rate) beyond() bool {
	const slack = 1e-9 // of the limit: 5 %/min over a minute is 5, whatever floating point makes of it
	most := c.o.Most * (1 + slack)
	switch c.o.When {
	case "rises":
		return c.perMinute > most
	case "falls":
		return -c.perMinute > most
	}
	return math.Abs(c.perMinute) > most
}

func (c *rate) verdict(instant) verdict {
	return verdict{known: c.known, raise: c.known && c.beyond(), clear: c.known && !c.beyond()}
}

func (c *rate) evidence(n Names) Evidence {
	if !c.known {
		return Evidence{Text: "there are too few readings of " + n.Channel(c.channel) + " yet"}
	}
	text := fmt.Sprintf("%s changes by %s", n.Channel(c.channel), n.Rate(c.channel, c.perMinute))
	if c.beyond() {
		text += fmt.Sprintf(", more than %s", n.Rate(c.channel, c.o.Most))
	}
	return Evidence{text, &c.perMinute}
}
