package trigger

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hypha/internal/action"
	"hypha/internal/function"
)

// pollEvery is how often states are looked at that may change without an entry in the journal.
const pollEvery = time.Second

// apart is the least time between two firings of triggers that their own actions may set off again: two of them that answer
// each other must not fill the journal.
const apart = time.Second

// OutputOptions of trigger_output.
type OutputOptions struct {
	Output function.Target `json:"output" required:"true" title:"Output"`
	To     string          `json:"to" title:"When it goes" enum:"on,off,any" enum_titles:"on,off,on or off" default:"any"`
	Common
}

func outputKind() function.Kind {
	return define(function.Spec[OutputOptions]{
		ID: "trigger_output", Name: "Trigger: output",
		Description: "Does actions when an output goes on or off, whoever drives it.",
		Formula:     "fires when the channel becomes active (on, duty above 0) or inactive, looked at each second and when the journal tells of it",
		Example:     `{"name": "After the pump", "kind": "trigger_output", "options": {"output": {"output": 2}, "to": "off", "actions": [{"kind": "output_on", "delay_s": 30, "options": {"output": {"output": 3}, "duration_s": 60}}]}}`,
		PeriodOf:    func(OutputOptions) time.Duration { return pollEvery },
	}, func(o OutputOptions) function.Uses {
		return function.Uses{Outputs: []function.OutputUse{{Field: "output", Target: o.Output}}, Events: []string{"output"}}
	}, func(o OutputOptions, env function.Env) (condition, error) {
		return &outputChange{o: o, env: env}, nil
	})
}

type outputChange struct {
	o      OutputOptions
	env    function.Env
	active bool
	known  bool
	pause  pause
}

func (c *outputChange) look(m function.Moment, _ *memory) (*action.Cause, time.Time, error) {
	l, ok := c.env.Actual(c.o.Output)
	if !ok {
		return nil, time.Time{}, &function.Trouble{Reason: fmt.Sprintf("what output %d does is not known", c.o.Output.Output)}
	}
	was, known := c.active, c.known
	c.active, c.known = l.Active(), true
	if !known || was == c.active || c.o.To == "on" && !c.active || c.o.To == "off" && c.active || !c.pause.over(m.Now) {
		return nil, time.Time{}, nil
	}
	reason := fmt.Sprintf("output %d went to %s", c.o.Output.Output, l)
	return &action.Cause{
		Reason: reason, At: m.Now,
		Chain: []function.Link{{What: "output", Ref: fmt.Sprintf("output/%d", c.o.Output.Output), Text: reason, T: m.Now}},
	}, time.Time{}, nil
}

func (c *outputChange) show(into map[string]any) {
	if c.known {
		into["on"] = c.active
	}
}

// pause is the least time between two firings.
type pause struct{ last time.Time }

func (p *pause) over(now time.Time) bool {
	if !p.last.IsZero() && now.Sub(p.last) < apart && now.Sub(p.last) >= 0 {
		return false
	}
	p.last = now
	return true
}

// ControllerOptions of trigger_controller.
type ControllerOptions struct {
	Ref   string `json:"ref" required:"true" title:"What" help:"input/1, output/2 or function/3" placeholder:"input/1" pattern:"^(input|output|function)/[1-9][0-9]{0,9}$"`
	State string `json:"state" required:"true" title:"State" enum:"running,degraded,backing_off,failed,inactive,stopped"`
	Common
}

func controllerKind() function.Kind {
	return define(function.Spec[ControllerOptions]{
		ID: "trigger_controller", Name: "Trigger: state of a device or function",
		Description: "Does actions when an input, output or function comes into a state: fails, is degraded, runs again.",
		Formula:     "fires when the state becomes the one given, looked at each second and when the journal tells of it; degraded, backing_off and failed also if it is so at the start",
		Example:     `{"name": "Sensor down", "kind": "trigger_controller", "options": {"ref": "input/1", "state": "backing_off", "actions": [{"kind": "notify", "options": {"text": "{reason}", "severity": "warning"}}]}}`,
		PeriodOf:    func(ControllerOptions) time.Duration { return pollEvery },
	}, func(ControllerOptions) function.Uses { return function.Uses{Events: []string{"controller"}} },
		func(o ControllerOptions, env function.Env) (condition, error) {
			return &controllerState{o: o, env: env}, nil
		})
}

type controllerState struct {
	o     ControllerOptions
	env   function.Env
	state string
	pause pause
}

func (c *controllerState) look(m function.Moment, _ *memory) (*action.Cause, time.Time, error) {
	was := c.state
	c.state = c.env.StateOf(c.o.Ref)
	ill := c.state == "degraded" || c.state == "backing_off" || c.state == "failed"
	if c.state != c.o.State || was == c.state || was == "" && !ill || !c.pause.over(m.Now) {
		return nil, time.Time{}, nil
	}
	reason := fmt.Sprintf("%s is %s", c.o.Ref, strings.ReplaceAll(c.state, "_", " "))
	return &action.Cause{Reason: reason, At: m.Now, Chain: []function.Link{{What: "controller", Ref: c.o.Ref, Text: reason, T: m.Now}}}, time.Time{}, nil
}

func (c *controllerState) show(into map[string]any) { into["state"] = c.state }

// EventOptions of trigger_event.
type EventOptions struct {
	Type     string `json:"type" required:"true" title:"Type" help:"Of the entry of the journal: alert, output, controller, auth, audit, note, function, system" pattern:"^[a-z_]{1,40}$" placeholder:"alert"`
	Source   string `json:"source" title:"Source" help:"Such as output/2; none: any" max_len:"100"`
	Contains string `json:"contains" title:"With the words" help:"In the message, in any case; none: any" max_len:"200"`
	Common
}

func eventKind() function.Kind {
	return define(function.Spec[EventOptions]{
		ID: "trigger_event", Name: "Trigger: event",
		Description: "Does actions when something is written into the journal.",
		Formula:     "fires for an entry of the type, from the source, whose message contains the words; at most once a second, and never for entries of its own",
		Example:     `{"name": "Somebody knocks", "kind": "trigger_event", "options": {"type": "auth", "contains": "wrong password", "cooldown_s": 600, "actions": [{"kind": "notify", "options": {"text": "{reason}", "severity": "warning"}}]}}`,
	}, func(o EventOptions) function.Uses { return function.Uses{Events: []string{o.Type}} },
		func(o EventOptions, env function.Env) (condition, error) {
			return &told{o: o, env: env}, nil
		})
}

type told struct {
	o     EventOptions
	env   function.Env
	pause pause
}

func (c *told) look(m function.Moment, _ *memory) (*action.Cause, time.Time, error) {
	e := m.Event
	if m.Why != function.Event || e.Type != c.o.Type || e.Source == c.env.Ref() || c.o.Source != "" && e.Source != c.o.Source ||
		!strings.Contains(strings.ToLower(e.Message), strings.ToLower(c.o.Contains)) || !c.pause.over(m.Now) {
		return nil, time.Time{}, nil
	}
	return &action.Cause{Reason: e.Message, At: e.At, Chain: []function.Link{{What: "event", Ref: e.Source, Text: e.Message, T: e.At}}}, time.Time{}, nil
}

func (*told) show(map[string]any) {}

// WebhookOptions of trigger_webhook.
type WebhookOptions struct {
	Token string `json:"token" required:"true" secret:"true" title:"Token" help:"Whoever knows it can set the trigger off: POST /api/v1/hooks/{token}. At least 16 letters and digits" min_len:"16" max_len:"200" pattern:"^[A-Za-z0-9_-]+$"`
	Common
}

func webhookKind() function.Kind {
	return define(function.Spec[WebhookOptions]{
		ID: "trigger_webhook", Name: "Trigger: call from outside",
		Description: "Does actions when another program calls POST /api/v1/hooks/{token}; it needs no account.",
		Formula:     `fires for each call with its token, at most once a second. {"value": number} in the call is the {value} of the actions, {"reason": text} their {reason}`,
		Example:     `{"name": "Doorbell", "kind": "trigger_webhook", "options": {"token": "a-long-word-of-your-own", "actions": [{"kind": "output_on", "options": {"output": {"output": 1}, "duration_s": 5}}]}}`,
	}, func(o WebhookOptions) function.Uses {
		return function.Uses{Events: []string{function.HookEvent(o.Token)}}
	},
		func(o WebhookOptions, _ function.Env) (condition, error) {
			return &called{event: function.HookEvent(o.Token)}, nil
		})
}

type called struct {
	event string
	pause pause
}

func (c *called) look(m function.Moment, _ *memory) (*action.Cause, time.Time, error) {
	if m.Why != function.Event || m.Event.Type != c.event || !c.pause.over(m.Now) {
		return nil, time.Time{}, nil
	}
	var body struct {
		Value  *float64 `json:"value"`
		Reason string   `json:"reason"`
	}
	if len(m.Event.Data) > 0 {
		if err := json.Unmarshal(m.Event.Data, &body); err != nil {
			body.Value, body.Reason = nil, "" // other programs send what they like; the call itself is the message
		}
	}
	reason := "it was called from " + m.Event.Source
	if text := []rune(body.Reason); len(text) > 0 {
		reason = string(text[:min(len(text), 200)])
	}
	return &action.Cause{
		Reason: reason, Value: body.Value, At: m.Event.At,
		Chain: []function.Link{{What: "webhook", Text: "called from " + m.Event.Source, T: m.Event.At, Value: body.Value}},
	}, time.Time{}, nil
}

func (*called) show(map[string]any) {}
