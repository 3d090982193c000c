package output

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"hypha/internal/option"
)

// Command tells a channel what to do, and for how long.
type Command struct {
	Level
	// Duration ends the command by itself: the channel then goes to off, 0 % or, for values, its safe value. Zero:
	// until the next command.
	Duration time.Duration
	// Lease is how long the command holds without being renewed; then the channel goes to its safe level. Zero: no
	// lease.
	Lease time.Duration
}

// Limits are kept by the output itself, whoever drives it. Nil fields do not limit.
type Limits struct {
	MaxOnS   *float64 `json:"max_on_s,omitempty"`
	MinOnS   *float64 `json:"min_on_s,omitempty"`
	MinOffS  *float64 `json:"min_off_s,omitempty"`
	DutyMin  *float64 `json:"duty_min,omitempty"`
	DutyMax  *float64 `json:"duty_max,omitempty"`
	ValueMin *float64 `json:"value_min,omitempty"`
	ValueMax *float64 `json:"value_max,omitempty"`
}

// Resting is a level to go to at start, at stop or when things fail: a level, or "keep" to leave the channel as it is.
type Resting struct {
	Keep bool
	Level
}

// MarshalJSON writes "keep" or the level.
func (r Resting) MarshalJSON() ([]byte, error) {
	if r.Keep {
		return []byte(`"keep"`), nil
	}
	return json.Marshal(r.Level)
}

// UnmarshalJSON reads "keep" or a level.
func (r *Resting) UnmarshalJSON(raw []byte) error {
	var word string
	if json.Unmarshal(raw, &word) == nil {
		if word != "keep" {
			return fmt.Errorf("%q is no level: use \"keep\" or, for example, {\"on\":false}", word)
		}
		*r = Resting{Keep: true}
		return nil
	}
	*r = Resting{}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(&r.Level); err != nil {
		return fmt.Errorf("use \"keep\" or, for example, {\"on\":false}: %w", err)
	}
	return nil
}

// OffOf is the level of rest of a channel type: off, 0 % or 0 ml. A value has none: ok is false.
func OffOf(t ChannelType) (l Level, ok bool) {
	zero := 0.0
	switch t {
	case OnOff:
		off := false
		return Level{On: &off}, true
	case PWM:
		return Level{Duty: &zero}, true
	case Volume:
		return Level{VolumeML: &zero}, true
	case Value:
		return Level{}, false
	}
	return Level{}, false
}

// Check tells whether the level fits a channel of type t; field is the path that errors carry.
func (l Level) Check(t ChannelType, field string) error {
	var set []string
	for name, is := range map[string]bool{"on": l.On != nil, "duty": l.Duty != nil, "volume_ml": l.VolumeML != nil, "value": l.Value != nil} {
		if is {
			set = append(set, name)
		}
	}
	want := map[ChannelType]string{OnOff: "on", PWM: "duty", Volume: "volume_ml", Value: "value"}[t]
	if len(set) != 1 || set[0] != want {
		example := map[ChannelType]string{OnOff: `{"on":true}`, PWM: `{"duty":40}`, Volume: `{"volume_ml":5}`, Value: `{"value":1.5}`}[t]
		if len(set) == 0 {
			return fieldError(join(field, want), fmt.Sprintf("is required: this channel takes, for example, %s", example))
		}
		for _, name := range set {
			if name != want {
				return fieldError(join(field, name), fmt.Sprintf("does not fit a channel of type %s: use, for example, %s", t, example))
			}
		}
	}
	switch {
	case l.Duty != nil && !(*l.Duty >= 0 && *l.Duty <= 100):
		return fieldError(join(field, "duty"), "must be 0 to 100 %")
	case l.VolumeML != nil && !(*l.VolumeML >= 0 && !math.IsInf(*l.VolumeML, 0)):
		return fieldError(join(field, "volume_ml"), "must be 0 ml or more")
	case l.Value != nil && (math.IsNaN(*l.Value) || math.IsInf(*l.Value, 0)):
		return fieldError(join(field, "value"), "must be a finite number")
	}
	return nil
}

// Active tells whether the level makes the actuator do something: on, a duty above 0, any volume or value.
func (l Level) Active() bool {
	switch {
	case l.On != nil:
		return *l.On
	case l.Duty != nil:
		return *l.Duty > 0
	case l.VolumeML != nil:
		return *l.VolumeML > 0
	default:
		return l.Value != nil
	}
}

// Equal compares two levels by what they say.
func (l Level) Equal(o Level) bool {
	return same(l.On, o.On) && same(l.Duty, o.Duty) && same(l.VolumeML, o.VolumeML) && same(l.Value, o.Value)
}

func same[T comparable](a, b *T) bool {
	return (a == nil) == (b == nil) && (a == nil || *a == *b)
}

// String says the level in words.
func (l Level) String() string {
	switch {
	case l.On != nil && *l.On:
		return "on"
	case l.On != nil:
		return "off"
	case l.Duty != nil:
		return fmt.Sprintf("%g %%", *l.Duty)
	case l.VolumeML != nil:
		return fmt.Sprintf("%g ml", *l.VolumeML)
	case l.Value != nil:
		return fmt.Sprintf("%g", *l.Value)
	}
	return "nothing"
}

// Check tells whether the limits make sense for a channel of type t; field is the path that errors carry.
func (l Limits) Check(t ChannelType, field string) error {
	var errs option.Errors
	add := func(name, message string) {
		errs = append(errs, option.FieldError{Field: join(field, name), Message: message})
	}
	for name, v := range map[string]*float64{"max_on_s": l.MaxOnS, "min_on_s": l.MinOnS, "min_off_s": l.MinOffS} {
		if v == nil {
			continue
		}
		if t != OnOff && t != PWM {
			add(name, fmt.Sprintf("limits a time, which a channel of type %s does not have", t))
		} else if !(*v > 0 && *v <= 366*24*3600) {
			add(name, "must be above 0 s and at most a year")
		}
	}
	for name, v := range map[string]*float64{"duty_min": l.DutyMin, "duty_max": l.DutyMax} {
		if v == nil {
			continue
		}
		if t != PWM {
			add(name, fmt.Sprintf("limits a duty, which a channel of type %s does not have", t))
		} else if !(*v >= 0 && *v <= 100) {
			add(name, "must be 0 to 100 %")
		}
	}
	for name, v := range map[string]*float64{"value_min": l.ValueMin, "value_max": l.ValueMax} {
		if v != nil && t != Value {
			add(name, fmt.Sprintf("limits a value, which a channel of type %s does not have", t))
		}
	}
	if l.DutyMin != nil && l.DutyMax != nil && *l.DutyMin > *l.DutyMax {
		add("duty_min", "must not be above duty_max")
	}
	if l.ValueMin != nil && l.ValueMax != nil && *l.ValueMin > *l.ValueMax {
		add("value_min", "must not be above value_max")
	}
	if l.MaxOnS != nil && l.MinOnS != nil && *l.MinOnS > *l.MaxOnS {
		add("min_on_s", "must not be above max_on_s")
	}
	if len(errs) == 0 {
		return nil
	}
	return errs
}

// allow refuses a level beyond the limits. Off and 0 % are always allowed.
func (l Limits) allow(level Level) error {
	switch {
	case level.Duty != nil && *level.Duty > 0 && l.DutyMin != nil && *level.Duty < *l.DutyMin:
		return fieldError("duty", fmt.Sprintf("must be 0 or at least %g %%: a limit of this output", *l.DutyMin))
	case level.Duty != nil && l.DutyMax != nil && *level.Duty > *l.DutyMax:
		return fieldError("duty", fmt.Sprintf("must be at most %g %%: a limit of this output", *l.DutyMax))
	case level.Value != nil && l.ValueMin != nil && *level.Value < *l.ValueMin:
		return fieldError("value", fmt.Sprintf("must be at least %g: a limit of this output", *l.ValueMin))
	case level.Value != nil && l.ValueMax != nil && *level.Value > *l.ValueMax:
		return fieldError("value", fmt.Sprintf("must be at most %g: a limit of this output", *l.ValueMax))
	}
	return nil
}

func fieldError(field, message string) error {
	return option.Errors{{Field: field, Message: message}}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
