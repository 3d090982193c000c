package alert

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"hypha/internal/measure"
)

type missingOptions struct {
	Channels []int64 `json:"channels" format:"channel" min:"1" min_items:"1" max_items:"100" required:"true" title:"Channels" help:"It alerts when any of them is silent"`
	After    float64 `json:"after_s" unit:"s" min:"1" max:"2592000" default:"900" title:"Silent for"`
}

func missingKind() Kind {
	return define(spec[missingOptions]{
		id: "missing", name: "Missing data", icon: "unplug", tags: []string{"sensor"}, timed: true,
		description: "No usable reading has come for too long; a sensor that has never answered is missed too.",
		make: func(o missingOptions) (condition, Watch) {
			c := &missing{after: secondsOf(o.After), channels: channelsOf(o.Channels)}
			c.heard = make([]instant, len(c.channels))
			return c, Watch{Channels: c.channels}
		},
	})
}

func channelsOf(ids []int64) []measure.ChannelID {
	channels := make([]measure.ChannelID, len(ids))
	for i, id := range ids {
		channels[i] = measure.ChannelID(id)
	}
	return channels
}

// missing counts the silence of each channel from its last usable reading, or from the first look at it.
type missing struct {
	after    instant
	channels []measure.ChannelID
	heard    []instant
	begun    bool
	silent   []measure.ChannelID // as of the last verdict
}

func (c *missing) begin(now instant) {
	if c.begun {
		return
	}
	c.begun = true
	for i := range c.heard {
		c.heard[i] = now
	}
}

func (c *missing) reading(now instant, ch measure.ChannelID, _ float64) bool {
	c.begin(now)
	for i, id := range c.channels {
		if id == ch {
			c.heard[i] = max(c.heard[i], now)
		}
	}
	return true
}

func (c *missing) verdict(now instant) verdict {
	c.begin(now)
	c.silent = c.silent[:0]
	for i, at := range c.heard {
		if now-at >= c.after {
			c.silent = append(c.silent, c.channels[i])
		}
	}
	return verdict{known: true, raise: len(c.silent) > 0, clear: len(c.silent) == 0}
}

func (c *missing) evidence(n Names) Evidence {
	if len(c.silent) == 0 {
		return Evidence{Text: "all channels are heard of"}
	}
	return Evidence{Text: fmt.Sprintf("nothing from %s for %s", listOf(n, c.silent), length(c.after))}
}

// listOf names the first few of some channels.
func listOf(n Names, channels []measure.ChannelID) string {
	const few = 4
	names := make([]string, 0, few)
	for _, ch := range channels[:min(few, len(channels))] {
		names = append(names, n.Channel(ch))
	}
	if more := len(channels) - few; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), more)
	}
	return strings.Join(names, ", ")
}

// length writes a duration as people say it: "90 s", "15 min", "3 h".
func length(i instant) string {
	d := time.Duration(i)
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.0f h", d.Hours())
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}

type disagreementOptions struct {
	Channels  []int64 `json:"channels" format:"channel" min:"1" min_items:"2" max_items:"20" required:"true" title:"Channels" help:"In the same unit. Of three or more the one that is off is named"`
	Tolerance float64 `json:"tolerance" min:"0" required:"true" title:"Tolerance" help:"Two: their difference. More: from the median of all"`
	MaxAge    float64 `json:"max_age_s" unit:"s" min:"1" max:"86400" default:"300" title:"Compare readings not older than"`
}

// Validate looks for a channel that is there twice.
func (o disagreementOptions) Validate() error {
	seen := map[int64]bool{}
	for i, ch := range o.Channels {
		if seen[ch] {
			return fault(fmt.Sprintf("channels[%d]", i), "is there already: a channel always agrees with itself")
		}
		seen[ch] = true
	}
	return nil
}

func disagreementKind() Kind {
	return define(spec[disagreementOptions]{
		id: "disagreement", name: "Sensors disagree", icon: "git-compare", tags: []string{"sensor"}, silent: true, timed: true,
		description: "Channels that measure the same thing differ by more than they may.",
		make: func(o disagreementOptions) (condition, Watch) {
			c := &disagreement{tolerance: o.Tolerance, maxAge: secondsOf(o.MaxAge), channels: channelsOf(o.Channels)}
			c.last = make([]point, len(c.channels))
			c.has = make([]bool, len(c.channels))
			return c, Watch{Channels: c.channels}
		},
	})
}

type disagreement struct {
	tolerance float64
	maxAge    instant
	channels  []measure.ChannelID
	last      []point
	has       []bool
	off       []measure.ChannelID // those that disagree, as of the last verdict
	spread    float64             // how far
}

func (c *disagreement) reading(now instant, ch measure.ChannelID, v float64) bool {
	for i, id := range c.channels {
		if id == ch {
			c.last[i], c.has[i] = point{now, v}, true
		}
	}
	return c.fresh(now) >= 2 // one alone can agree with nobody: that is no data
}

func (c *disagreement) fresh(now instant) (n int) {
	for i := range c.channels {
		if c.has[i] && now-c.last[i].at <= c.maxAge {
			n++
		}
	}
	return n
}

func (c *disagreement) verdict(now instant) verdict {
	c.off, c.spread = c.off[:0], 0
	var values []float64
	var of []measure.ChannelID
	for i, id := range c.channels {
		if c.has[i] && now-c.last[i].at <= c.maxAge {
			values, of = append(values, c.last[i].v), append(of, id)
		}
	}
	if len(values) < 2 {
		return verdict{}
	}
	for i, far := range outliers(values, c.tolerance) {
		if far > 0 {
			c.off = append(c.off, of[i])
			c.spread = max(c.spread, far)
		}
	}
	return verdict{known: true, raise: len(c.off) > 0, clear: len(c.off) == 0}
}

// outliers returns how far each value is beyond the tolerance: 0 when it is within. Of two nobody can say which is wrong:
// both are, by their difference. Of more, those that are off are far from the median of all, and a majority cannot be.
func outliers(values []float64, tolerance float64) []float64 {
	far := make([]float64, len(values))
	if len(values) == 2 {
		if d := math.Abs(values[0] - values[1]); d > tolerance {
			far[0], far[1] = d, d
		}
		return far
	}
	m := median(values)
	for i, v := range values {
		if d := math.Abs(v - m); d > tolerance {
			far[i] = d
		}
	}
	return far
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

func (c *disagreement) evidence(n Names) Evidence {
	switch {
	case len(c.off) == 0:
		return Evidence{Text: fmt.Sprintf("%s agree", listOf(n, c.channels))}
	case len(c.channels) == 2 || len(c.off) > 1:
		return Evidence{fmt.Sprintf("%s differ by %s", listOf(n, c.off), n.Value(c.off[0], c.spread)), new(c.spread)}
	}
	return Evidence{fmt.Sprintf("%s is %s off what the others say", n.Channel(c.off[0]), n.Value(c.off[0], c.spread)), new(c.spread)}
}
