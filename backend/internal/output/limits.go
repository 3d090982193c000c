package output

import (
	"fmt"
	"math"

	"hypha/internal/option"
)

// Limits are kept by the output itself, whoever drives it. Nil fields do not limit.
type Limits struct {
	MaxOnS   *float64 `json:"max_on_s,omitempty"`
	MinOnS   *float64 `json:"min_on_s,omitempty"`
	MinOffS  *float64 `json:"min_off_s,omitempty"`
	DutyMin  *float64 `json:"duty_min,omitempty"`
	DutyMax  *float64 `json:"duty_max,omitempty"`
	ValueMin *float64 `json:"value_min,omitempty"`
	ValueMax *float64 `json:"value_max,omitempty"`
	// Volumes are in ml. The hour and the day slide: they are the last 60 minutes and the last 24 hours.
	VolumePerDose *float64 `json:"max_volume_ml_per_dose,omitempty"`
	VolumePerHour *float64 `json:"max_volume_ml_per_hour,omitempty"`
	VolumePerDay  *float64 `json:"max_volume_ml_per_day,omitempty"`
}

type limit struct {
	name string
	v    *float64
}

func (l Limits) volumes() [3]limit {
	return [...]limit{{"max_volume_ml_per_dose", l.VolumePerDose}, {"max_volume_ml_per_hour", l.VolumePerHour}, {"max_volume_ml_per_day", l.VolumePerDay}}
}

// Check tells whether the limits make sense for a channel of type t; field is the path that errors carry.
func (l Limits) Check(t ChannelType, field string) error {
	var errs option.Errors
	add := func(name, message string) {
		errs = append(errs, option.FieldError{Field: join(field, name), Message: message})
	}
	for _, one := range []limit{{"max_on_s", l.MaxOnS}, {"min_on_s", l.MinOnS}, {"min_off_s", l.MinOffS}} {
		switch {
		case one.v == nil:
		case t != OnOff && t != PWM:
			add(one.name, fmt.Sprintf("limits a time, which a channel of type %s does not have", t))
		case !(*one.v >= 0.001 && *one.v <= 366*24*3600):
			add(one.name, "must be above 0 s and at most a year")
		}
	}
	for _, one := range []limit{{"duty_min", l.DutyMin}, {"duty_max", l.DutyMax}} {
		switch {
		case one.v == nil:
		case t != PWM:
			add(one.name, fmt.Sprintf("limits a duty, which a channel of type %s does not have", t))
		case !(*one.v >= 0 && *one.v <= 100):
			add(one.name, "must be 0 to 100 %")
		}
	}
	for _, one := range []limit{{"value_min", l.ValueMin}, {"value_max", l.ValueMax}} {
		switch {
		case one.v == nil:
		case t != Value:
			add(one.name, fmt.Sprintf("limits a value, which a channel of type %s does not have", t))
		case math.IsNaN(*one.v) || math.IsInf(*one.v, 0):
			add(one.name, "must be a finite number")
		}
	}
	for _, one := range l.volumes() {
		switch {
		case one.v == nil:
		case t != Volume:
			add(one.name, fmt.Sprintf("limits a volume, which a channel of type %s does not have", t))
		case !(*one.v > 0 && *one.v <= 1e9):
			add(one.name, "must be above 0 ml")
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

// Allow refuses a level beyond the limits; field is the path that errors carry. Off and 0 % are always allowed.
func (l Limits) Allow(level Level, field string) error {
	switch {
	case level.Duty != nil && *level.Duty > 0 && l.DutyMin != nil && *level.Duty < *l.DutyMin:
		return fieldError(join(field, "duty"), fmt.Sprintf("must be 0 or at least %g %%: a limit of this output", *l.DutyMin))
	case level.Duty != nil && l.DutyMax != nil && *level.Duty > *l.DutyMax:
		return fieldError(join(field, "duty"), fmt.Sprintf("must be at most %g %%: a limit of this output", *l.DutyMax))
	case level.Value != nil && l.ValueMin != nil && *level.Value < *l.ValueMin:
		return fieldError(join(field, "value"), fmt.Sprintf("must be at least %g: a limit of this output", *l.ValueMin))
	case level.Value != nil && l.ValueMax != nil && *level.Value > *l.ValueMax:
		return fieldError(join(field, "value"), fmt.Sprintf("must be at most %g: a limit of this output", *l.ValueMax))
	case level.VolumeML != nil:
		for _, one := range l.volumes() { // more than fits an hour or a day can never be given at once
			if one.v != nil && *level.VolumeML > *one.v {
				return fieldError(join(field, "volume_ml"), fmt.Sprintf("must be at most %g ml: the limit %s of this output", *one.v, one.name))
			}
		}
	}
	return nil
}
