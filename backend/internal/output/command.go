package output

import (
	"encoding/json"
	"errors"
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

// Resting is a level to go to at start, at stop or when things fail: a level, or "keep" to leave the channel as it is. A
// timed or leased command that is under way at stop is not kept but made safe: nobody would end it.
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
	err := d.Decode(&r.Level)
	if name, unknown := strings.CutPrefix(fmt.Sprint(err), "json: unknown field "); unknown {
		return fmt.Errorf("%s is no part of a level: use \"keep\" or, for example, {\"on\":false}", name)
	}
	if err != nil { // the decoder speaks of Go's types, which are nobody's business
		return errors.New("is no level: use \"keep\" or, for example, {\"on\":false}")
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

// For is the level as a channel of type t says it: {"on":false} switches everything off that has an off, whatever its type.
func (l Level) For(t ChannelType) Level {
	off, ok := OffOf(t)
	if ok && l.Equal(Level{On: new(false)}) {
		return off
	}
	return l
}

// Check tells whether the level fits a channel of type t; field is the path that errors carry.
func (l Level) Check(t ChannelType, field string) error {
	want, example := t.field()
	fits := false
	for _, f := range l.fields() {
		switch {
		case !f.set:
		case f.name == want:
			fits = true
		default:
			return fieldError(join(field, f.name), fmt.Sprintf("does not fit a channel of type %s: use, for example, %s", t, example))
		}
	}
	if !fits {
		return fieldError(join(field, want), fmt.Sprintf("is required: this channel takes, for example, %s", example))
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

// field is the name of a level's field on a channel of this type, with an example of its use.
func (t ChannelType) field() (name, example string) {
	switch t {
	case OnOff:
		return "on", `{"on":true}`
	case PWM:
		return "duty", `{"duty":40}`
	case Volume:
		return "volume_ml", `{"volume_ml":5}`
	case Value:
		return "value", `{"value":1.5}`
	}
	return "on", `{"on":true}`
}

type named struct {
	name string
	set  bool
}

// fields are in a fixed order, so that the same mistake always gets the same answer.
func (l Level) fields() [4]named {
	return [...]named{{"on", l.On != nil}, {"duty", l.Duty != nil}, {"volume_ml", l.VolumeML != nil}, {"value", l.Value != nil}}
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

// String says the level in words, rounded as people read it.
func (l Level) String() string {
	switch {
	case l.On != nil && *l.On:
		return "on"
	case l.On != nil:
		return "off"
	case l.Duty != nil:
		return fmt.Sprintf("%.4g %%", *l.Duty)
	case l.VolumeML != nil:
		return fmt.Sprintf("%.4g ml", *l.VolumeML)
	case l.Value != nil:
		return fmt.Sprintf("%.6g", *l.Value)
	}
	return "nothing"
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
