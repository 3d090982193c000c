package action

import (
	"time"

	"hypha/internal/function"
	"hypha/internal/output"
)

// Planned are the commands that the list will give to outputs when it is set off at a moment and every action works.
func (l List) Planned(at time.Time) (list []function.Planned) {
	for _, s := range l.Actions {
		at = at.Add(seconds(s.Delay))
		command := func(t function.Target, level output.Level, forS float64) {
			list = append(list, function.Planned{At: at, Target: t, Level: level, For: seconds(forS)})
		}
		switch {
		case s.On != nil:
			command(s.On.Output, output.Level{On: new(true)}, s.On.Duration)
		case s.Off != nil:
			command(s.Off.Output, output.Level{On: new(false)}, 0)
		case s.Duty != nil:
			command(s.Duty.Output, output.Level{Duty: &s.Duty.Duty}, s.Duty.Duration)
		case s.Value != nil:
			command(s.Value.Output, output.Level{Value: &s.Value.Value}, s.Value.Duration)
		case s.Volume != nil:
			command(s.Volume.Output, output.Level{VolumeML: &s.Volume.Volume}, 0)
		case s.Ramp != nil: // on its way it is neither; the plan tells where it goes
			command(s.Ramp.Output, output.Level{Duty: &s.Ramp.To}, 0)
			at = at.Add(seconds(s.Ramp.Over))
		}
	}
	return list
}
