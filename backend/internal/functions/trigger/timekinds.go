package trigger

import (
	"time"

	"hypha/internal/function"
	"hypha/internal/option"
	"hypha/internal/sun"
	"hypha/internal/wallclock"
)

// scheduled completes the spec of a kind that fires at points in time.
func scheduled[O interface{ common() Common }](s function.Spec[O], late func(O) Late, sequence func(O, function.Place, bool) (points, error)) function.Kind {
	s.Tags = []string{"react", "schedule"}
	s.PeriodOf = func(O) time.Duration { return lookEvery }
	return define(s, nil, func(o O, env function.Env) (condition, error) {
		place, known := env.Place()
		p, err := sequence(o, place, known)
		if err != nil {
			return nil, err
		}
		return &schedule{env: env, points: p, late: seconds(late(o).CatchUp)}, nil
	})
}

// clockOf reads a time of the day that was validated.
func clockOf(text string) wallclock.Time {
	t, err := wallclock.Parse(text)
	if err != nil {
		return 0
	}
	return t
}

func checkClock(field, text string) option.Errors {
	if _, err := wallclock.Parse(text); err != nil {
		return option.Errors{{Field: field, Message: err.Error()}}
	}
	return nil
}

// DailyOptions of trigger_daily.
type DailyOptions struct {
	Time     string   `json:"time" required:"true" title:"Time" placeholder:"06:30" max_len:"8"`
	Weekdays []string `json:"weekdays" title:"Days" help:"None: every day" enum:"mon,tue,wed,thu,fri,sat,sun" max_items:"7"`
	Late
	Common
}

// Validate checks the time.
func (o DailyOptions) Validate() error {
	if bad := checkClock("time", o.Time); bad != nil {
		return bad
	}
	return nil
}

func dailyKind() function.Kind {
	return scheduled(function.Spec[DailyOptions]{
		ID: "trigger_daily", Name: "Trigger: time of day",
		Description: "Does actions at a time of the day, on all days or some days of the week.",
		Formula:     "fires when clocks show time. A time that does not exist (clocks are put forward) fires at the moment of the change, one that exists twice the first time",
		Example:     `{"name": "Lamp on", "kind": "trigger_daily", "options": {"time": "06:00", "weekdays": ["mon", "tue", "wed", "thu", "fri"], "actions": [{"kind": "output_on", "options": {"output": {"output": 1}}}]}}`,
	}, func(o DailyOptions) Late { return o.Late },
		func(o DailyOptions, p function.Place, _ bool) (points, error) {
			return daily{at: clockOf(o.Time), days: o.Weekdays, zone: p.Zone}, nil
		})
}

// SpanOptions of trigger_span.
type SpanOptions struct {
	From     string   `json:"from" required:"true" title:"From" placeholder:"08:00" max_len:"8"`
	To       string   `json:"to" required:"true" title:"Until" help:"The same as from: the whole day. Before from: over midnight" placeholder:"20:00" max_len:"8"`
	Every    float64  `json:"every_s" required:"true" title:"Every" min:"1" max:"86400" unit:"s"`
	Weekdays []string `json:"weekdays" title:"Days" help:"On which the hours begin; none: every day" enum:"mon,tue,wed,thu,fri,sat,sun" max_items:"7"`
	Late
	Common
}

// Validate checks the times.
func (o SpanOptions) Validate() error {
	if bad := append(checkClock("from", o.From), checkClock("to", o.To)...); bad != nil {
		return bad
	}
	return nil
}

func spanKind() function.Kind {
	return scheduled(function.Spec[SpanOptions]{
		ID: "trigger_span", Name: "Trigger: within hours of the day",
		Description: "Does actions every so often within some hours of the day: water every half hour between 8 and 20 h.",
		Formula:     "fires at from + k every_s, k = 0, 1, 2 ..., in real seconds, before to",
		Example:     `{"name": "Mist", "kind": "trigger_span", "options": {"from": "08:00", "to": "20:00", "every_s": 1800, "actions": [{"kind": "output_on", "options": {"output": {"output": 3}, "duration_s": 15}}]}}`,
	}, func(o SpanOptions) Late { return o.Late },
		func(o SpanOptions, p function.Place, _ bool) (points, error) {
			return span{from: clockOf(o.From), to: clockOf(o.To), every: seconds(o.Every), days: o.Weekdays, zone: p.Zone}, nil
		})
}

// TimerOptions of trigger_timer.
type TimerOptions struct {
	Every  float64 `json:"every_s" required:"true" title:"Every" min:"1" max:"31536000" unit:"s"`
	Offset float64 `json:"offset_s" title:"Offset" help:"Every 3600 s with an offset of 900 s is a quarter past each hour" min:"0" max:"31536000" default:"0" unit:"s"`
	Late
	Common
}

// Validate sees that the offset is one.
func (o TimerOptions) Validate() error {
	if o.Offset >= o.Every {
		return option.Errors{{Field: "offset_s", Message: "must be less than every_s"}}
	}
	return nil
}

func timerKind() function.Kind {
	return scheduled(function.Spec[TimerOptions]{
		ID: "trigger_timer", Name: "Trigger: timer",
		Description: "Does actions again and again after the same time; a restart does not shift it.",
		Formula:     "fires at offset_s + k every_s after 1970-01-01T00:00Z, for all whole k",
		Example:     `{"name": "Feed", "kind": "trigger_timer", "options": {"every_s": 21600, "catch_up_s": 3600, "actions": [{"kind": "output_volume", "options": {"output": {"output": 4}, "volume_ml": 5}}]}}`,
	}, func(o TimerOptions) Late { return o.Late },
		func(o TimerOptions, _ function.Place, _ bool) (points, error) {
			return timer{every: seconds(o.Every), offset: seconds(o.Offset)}, nil
		})
}

// CronOptions of trigger_cron.
type CronOptions struct {
	Expression string `json:"expression" required:"true" title:"Expression" help:"Minute, hour, day, month, day of the week" placeholder:"30 6 * * 1-5" max_len:"200"`
	Late
	Common
}

// Validate checks the expression.
func (o CronOptions) Validate() error {
	if _, err := parseCron(o.Expression); err != nil {
		return option.Errors{{Field: "expression", Message: err.Error()}}
	}
	return nil
}

func cronKind() function.Kind {
	return scheduled(function.Spec[CronOptions]{
		ID: "trigger_cron", Name: "Trigger: cron",
		Description: "Does actions at the times of a cron expression.",
		Formula:     "fires at minute, hour, day of month, month, day of week as crontab(5) has them. Named hours are times of the day and come once a day, also when clocks change; with * for the hour real time counts",
		Source:      "crontab(5); parsed by github.com/robfig/cron",
		Example:     `{"name": "Weekly backup", "kind": "trigger_cron", "options": {"expression": "0 3 * * sun", "actions": [{"kind": "backup"}]}}`,
	}, func(o CronOptions) Late { return o.Late },
		func(o CronOptions, p function.Place, _ bool) (points, error) {
			s, err := parseCron(o.Expression)
			if err != nil {
				return nil, err
			}
			return crontab{text: o.Expression, sched: s, zone: p.Zone}, nil
		})
}

// SunOptions of trigger_sun.
type SunOptions struct {
	Event    string  `json:"event" required:"true" title:"Event" enum:"sunrise,sunset,noon,civil_dawn,civil_dusk,nautical_dawn,nautical_dusk,astronomical_dawn,astronomical_dusk"`
	Offset   float64 `json:"offset_min" title:"Offset" help:"Below 0: before the event" min:"-720" max:"720" default:"0" unit:"min"`
	Fallback string  `json:"fallback_time" title:"On days without it" help:"Time of the day; none: it does not fire on those days" placeholder:"06:00" max_len:"8"`
	Late
	Common
}

// Validate checks the fallback.
func (o SunOptions) Validate() error {
	if o.Fallback == "" {
		return nil
	}
	if bad := checkClock("fallback_time", o.Fallback); bad != nil {
		return bad
	}
	return nil
}

func sunKind() function.Kind {
	return scheduled(function.Spec[SunOptions]{
		ID: "trigger_sun", Name: "Trigger: sun",
		Description: "Does actions when the sun rises or sets or a twilight begins or ends, or some minutes before or after.",
		Formula:     "fires at the event's time + offset_min at the configured place. On a day that lacks the event (beyond the polar circles): at fallback_time",
		Source:      "Meeus, Astronomical Algorithms, by package sun",
		Example:     `{"name": "Dusk", "kind": "trigger_sun", "options": {"event": "sunset", "offset_min": -30, "fallback_time": "18:00", "actions": [{"kind": "output_duty", "options": {"output": {"output": 5}, "duty": 20}}]}}`,
	}, func(o SunOptions) Late { return o.Late },
		func(o SunOptions, p function.Place, known bool) (points, error) {
			event, err := sun.ParseEvent(o.Event)
			if err != nil {
				return nil, err
			}
			s := solar{event: event, offset: time.Duration(o.Offset * float64(time.Minute)), place: p, known: known}
			if o.Fallback != "" {
				at := clockOf(o.Fallback)
				s.fallback = &at
			}
			return s, nil
		})
}
