package alert

import (
	"errors"
	"fmt"

	"hypha/internal/measure"
)

// Side says on which side of its limits a value is wrong.
type Side string

// The sides.
const (
	Above   Side = "above"
	Below   Side = "below"
	Outside Side = "outside"
)

// band is the range in which a value is well. Raised is strictly beyond a limit, clear strictly within it by hysteresis: a
// value that sits on a limit changes nothing.
type band struct {
	low, high  *float64 // nil: no limit
	hysteresis float64  // in the unit of the value
}

func bandOf(side Side, low, high, hysteresis float64) band {
	b := band{hysteresis: hysteresis}
	if side != Below {
		b.high = &high
	}
	if side != Above {
		b.low = &low
	}
	return b
}

func (b band) verdict(v float64) verdict {
	out := verdict{known: true, clear: true}
	if b.high != nil {
		out.raise = v > *b.high
		out.clear = v < *b.high-b.hysteresis
		if b.hysteresis == 0 { // else a value exactly on the limit would never be clear
			out.clear = !out.raise
		}
	}
	if b.low != nil {
		under, back := v < *b.low, v > *b.low+b.hysteresis
		if b.hysteresis == 0 {
			back = !under
		}
		out.raise, out.clear = out.raise || under, out.clear && back
	}
	return out
}

// limit is the words for the limit that v is beyond, or "" when it is within both. write writes a value.
func (b band) limit(v float64, write func(float64) string) string {
	switch {
	case b.high != nil && v > *b.high:
		return "above " + write(*b.high)
	case b.low != nil && v < *b.low:
		return "below " + write(*b.low)
	}
	return ""
}

// sides checks the limits of a two-sided band.
func sides(side Side, below, above, hysteresis float64) error {
	switch {
	case side != Outside:
		return nil
	case below >= above:
		return fault("below", "must be less than above")
	case hysteresis*2 >= above-below:
		return fault("hysteresis", "must be less than half of what lies between the limits, or nothing would ever be clear")
	}
	return nil
}

type thresholdOptions struct {
	Channel    int64   `json:"channel" format:"channel" min:"1" required:"true" title:"Channel"`
	When       Side    `json:"when" enum:"above,below,outside" enum_titles:"Above,Below,Outside a band" default:"above" title:"Alert when it is"`
	Above      float64 `json:"above" when:"when=above|outside" required:"true" title:"Upper limit" help:"In the unit of the channel"`
	Below      float64 `json:"below" when:"when=below|outside" required:"true" title:"Lower limit" help:"In the unit of the channel"`
	Hysteresis float64 `json:"hysteresis" min:"0" default:"0" title:"Hysteresis" help:"How far it must come back before it counts as well again"`
}

// Validate checks the limits against each other.
func (o thresholdOptions) Validate() error { return sides(o.When, o.Below, o.Above, o.Hysteresis) }

func thresholdKind() Kind {
	return define(spec[thresholdOptions]{
		id: "threshold", name: "Limit", icon: "chevrons-up", tags: []string{"measurement"}, silent: true,
		description: "A channel is above, below, or outside fixed limits.",
		make: func(o thresholdOptions) (condition, Watch) {
			ch := measure.ChannelID(o.Channel)
			return &threshold{channel: ch, band: bandOf(o.When, o.Below, o.Above, o.Hysteresis)}, Watch{Channels: []measure.ChannelID{ch}}
		},
	})
}

type threshold struct {
	channel measure.ChannelID
	band    band
	value   float64
	has     bool
}

func (c *threshold) reading(_ instant, _ measure.ChannelID, v float64) bool {
	c.value, c.has = v, true
	return true
}

func (c *threshold) verdict(instant) verdict {
	if !c.has {
		return verdict{}
	}
	return c.band.verdict(c.value)
}

func (c *threshold) evidence(n Names) Evidence {
	if !c.has {
		return nothingYet(n, c.channel)
	}
	write := func(v float64) string { return n.Value(c.channel, v) }
	text := fmt.Sprintf("%s is %s", n.Channel(c.channel), write(c.value))
	if limit := c.band.limit(c.value, write); limit != "" {
		text += ", " + limit
	}
	return Evidence{text, &c.value}
}

func nothingYet(n Names, ch measure.ChannelID) Evidence {
	return Evidence{Text: n.Channel(ch) + " has not been read yet"}
}

type deviationOptions struct {
	Channel    int64   `json:"channel" format:"channel" min:"1" required:"true" title:"Channel"`
	Reference  string  `json:"reference" enum:"function,channel" enum_titles:"A function's set-point,Another channel" default:"function" title:"Compared with"`
	Function   int64   `json:"function" when:"reference=function" min:"1" required:"true" title:"Function"`
	Against    int64   `json:"against" when:"reference=channel" format:"channel" min:"1" required:"true" title:"Reference channel" help:"For example the set-point that a function publishes; in the same unit"`
	When       Side    `json:"when" enum:"above,below,outside" enum_titles:"Above it,Below it,Either way" default:"outside" title:"Alert when it is"`
	Above      float64 `json:"above" when:"when=above|outside" min:"0" required:"true" title:"By more than, upwards"`
	Below      float64 `json:"below" when:"when=below|outside" min:"0" required:"true" title:"By more than, downwards"`
	Hysteresis float64 `json:"hysteresis" min:"0" default:"0" title:"Hysteresis"`
	Settle     float64 `json:"settle_s" unit:"s" min:"0" max:"86400" default:"0" advanced:"true" title:"Quiet after a change" help:"After the reference has moved by more than the limits, how long the channel may take to follow"`
}

// Validate checks the limits against each other.
func (o deviationOptions) Validate() error {
	if o.Reference == "channel" && o.Against == o.Channel {
		return fault("against", "must be another channel than the one that is watched")
	}
	return sides(o.When, -o.Below, o.Above, o.Hysteresis)
}

func deviationKind() Kind {
	return define(spec[deviationOptions]{
		id: "deviation", name: "Away from the set-point", icon: "move-vertical", tags: []string{"measurement", "loop"}, silent: true, timed: true,
		description: "A channel is too far from the set-point of a function, or from another channel; the limits float with it.",
		make: func(o deviationOptions) (condition, Watch) {
			c := &deviation{o: o, band: bandOf(o.When, -o.Below, o.Above, o.Hysteresis), channel: measure.ChannelID(o.Channel)}
			w := Watch{Channels: []measure.ChannelID{c.channel}}
			if o.Reference == "channel" {
				w.Channels = append(w.Channels, measure.ChannelID(o.Against))
			} else {
				w.Functions = []int64{o.Function}
			}
			return c, w
		},
	})
}

var errNoSetpoint = errors.New("the function has no set-point now: it is off, or was deleted")

type deviation struct {
	o                deviationOptions
	band             band
	channel          measure.ChannelID
	value, reference float64
	has, hasRef      bool
	lost             bool    // the function has said that it has no set-point
	until            instant // quiet
}

func (c *deviation) reading(now instant, ch measure.ChannelID, v float64) bool {
	if ch != c.channel {
		c.refer(now, v)
		return false // that the reference goes on says nothing of what is watched
	}
	c.value, c.has = v, true
	return true
}

func (c *deviation) setpoint(now instant, _ int64, v float64, known bool) bool {
	c.lost = !known
	if known {
		c.refer(now, v)
	}
	return false
}

func (c *deviation) refer(now instant, v float64) {
	if c.hasRef && c.o.Settle > 0 && c.band.verdict(c.reference-v).raise {
		c.until = now + secondsOf(c.o.Settle)
	}
	c.reference, c.hasRef = v, true
}

func (c *deviation) verdict(now instant) verdict {
	switch {
	case c.lost:
		return verdict{err: errNoSetpoint}
	case !c.has || !c.hasRef:
		return verdict{}
	}
	v := c.band.verdict(c.value - c.reference)
	if now < c.until {
		v.raise = false // it may still be on its way; what fires already goes on
	}
	return v
}

func (c *deviation) evidence(n Names) Evidence {
	switch {
	case c.lost:
		return Evidence{Text: errNoSetpoint.Error()}
	case !c.has:
		return nothingYet(n, c.channel)
	case !c.hasRef:
		return Evidence{Text: "what " + n.Channel(c.channel) + " is compared with is not known yet"}
	}
	return Evidence{fmt.Sprintf("%s is %s; it should be %s", n.Channel(c.channel), n.Value(c.channel, c.value), n.Value(c.channel, c.reference)), &c.value}
}
