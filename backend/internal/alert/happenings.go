package alert

import (
	"fmt"
	"path"
	"strings"
)

type controllerOptions struct {
	Ref  string `json:"ref" default:"*" max_len:"100" title:"Which" placeholder:"input/3" help:"input/3 for one, input/* for all inputs, * for everything"`
	From string `json:"from" enum:"degraded,backing_off,failed" enum_titles:"Degraded,Not answering,Out of order" default:"backing_off" title:"Alert when it is at least"`
}

// Validate checks the pattern.
func (o controllerOptions) Validate() error { return pattern("ref", o.Ref) }

func pattern(field, glob string) error {
	if _, err := path.Match(glob, ""); err != nil {
		return fault(field, "is no pattern: use a name, with * for any text")
	}
	return nil
}

// matches compares a name with a pattern; "*" and "" fit everything, slashes included.
func matches(glob, name string) bool {
	if glob == "" || glob == "*" {
		return true
	}
	ok, err := path.Match(glob, name)
	return err == nil && ok
}

func controllerKind() Kind {
	return define(spec[controllerOptions]{
		id: "controller", name: "Input, output or function out of order", icon: "plug-zap", tags: []string{"system"},
		description: "A controller is degraded, does not answer, or has failed.",
		make: func(o controllerOptions) (condition, Watch) {
			return &controllers{o: o, ill: map[string]Controller{}}, Watch{Controllers: true}
		},
	})
}

type controllers struct {
	o    controllerOptions
	ill  map[string]Controller // by ref; bounded by what is configured
	last string                // the one that fell ill last
}

func illness(state string) int {
	switch state {
	case "degraded":
		return 1
	case "backing_off":
		return 2
	case "failed":
		return 3
	}
	return 0
}

func (c *controllers) controller(_ instant, now Controller) bool {
	if !matches(c.o.Ref, now.Ref) {
		return false
	}
	switch {
	case illness(now.State) >= illness(c.o.From):
		c.ill[now.Ref], c.last = now, now.Ref
	case now.State == "initializing": // the next try: it is as ill as it was until that works
	default:
		delete(c.ill, now.Ref)
	}
	return true
}

func (c *controllers) verdict(instant) verdict {
	return verdict{known: true, raise: len(c.ill) > 0, clear: len(c.ill) == 0}
}

func (c *controllers) evidence(Names) Evidence {
	n := float64(len(c.ill))
	worst, ok := c.ill[c.last]
	if !ok {
		for _, worst = range c.ill {
			break
		}
	}
	switch len(c.ill) {
	case 0:
		return Evidence{"all is well", &n}
	case 1:
		return Evidence{fmt.Sprintf("%s: %s", worst.Ref, worst.Error), &n}
	}
	return Evidence{fmt.Sprintf("%d are out of order, %s among them: %s", len(c.ill), worst.Ref, worst.Error), &n}
}

type eventOptions struct {
	Type   string  `json:"type" max_len:"40" default:"" title:"Type of event" placeholder:"alert" help:"controller, output, alert, system, auth, audit; empty: any"`
	Source string  `json:"source" max_len:"100" default:"*" title:"From" placeholder:"output/2" help:"With * for any text"`
	Text   string  `json:"text" max_len:"200" default:"" title:"Whose text has" help:"Upper or lower case; empty: any"`
	Hold   float64 `json:"hold_s" unit:"s" min:"1" max:"2592000" default:"300" title:"Counts for" help:"An event is over at once: how long the alert goes on after the last one"`
}

// Validate checks the pattern and refuses what would fire at everything.
func (o eventOptions) Validate() error {
	if o.Type == "" && (o.Source == "" || o.Source == "*") && o.Text == "" {
		return fault("type", "or from, or a text, is required: else every event would count")
	}
	return pattern("source", o.Source)
}

func eventKind() Kind {
	return define(spec[eventOptions]{
		id: "event", name: "Something happens", icon: "bell-ring", tags: []string{"system"}, timed: true,
		description: "An entry of the journal: a refused command, a fall-back of an output, somebody who signs in.",
		make:        func(o eventOptions) (condition, Watch) { return &happening{o: o}, Watch{Events: true} },
	})
}

// AlertSource begins the source of the journal's entries about alerts. Rules do not see those: one that fires at its own
// firing would never end.
const AlertSource = "alert/"

type happening struct {
	o     eventOptions
	until instant
	last  Event
	count int // since it began to be raised
}

func (c *happening) event(now instant, e Event) bool {
	if strings.HasPrefix(e.Source, AlertSource) || c.o.Type != "" && c.o.Type != e.Type || !matches(c.o.Source, e.Source) {
		return false
	}
	if c.o.Text != "" && !strings.Contains(strings.ToLower(e.Message), strings.ToLower(c.o.Text)) {
		return false
	}
	if now >= c.until {
		c.count = 0
	}
	c.count++
	c.last, c.until = e, now+secondsOf(c.o.Hold)
	return true
}

func (c *happening) verdict(now instant) verdict {
	raise := now < c.until
	return verdict{known: true, raise: raise, clear: !raise}
}

func (c *happening) evidence(Names) Evidence {
	n := float64(c.count)
	switch c.count {
	case 0:
		return Evidence{"nothing of the kind has happened", &n}
	case 1:
		return Evidence{c.last.Message, &n}
	}
	return Evidence{fmt.Sprintf("%s (%d times)", c.last.Message, c.count), &n}
}
