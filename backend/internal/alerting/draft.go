package alerting

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hypha/internal/alert"
	"hypha/internal/alert/herald"
	"hypha/internal/fleet"
	"hypha/internal/option"
	"hypha/internal/output"
)

// Draft is a rule as a person writes it. Absent fields get their default.
type Draft struct {
	Name           string          `json:"name"`
	Kind           string          `json:"kind"`
	Options        json.RawMessage `json:"options,omitempty" swaggertype:"object"`
	Severity       alert.Severity  `json:"severity,omitempty" enums:"info,warning,critical"` // default warning
	Enabled        *bool           `json:"enabled,omitempty"`                                // default true
	Zone           *int64          `json:"zone,omitempty"`
	ForS           *float64        `json:"for_s,omitempty"`            // how long it must last before it fires; default 0
	RecoverS       *float64        `json:"recover_s,omitempty"`        // how long it must be well before it is over; default 0
	NoDataS        *float64        `json:"nodata_s,omitempty"`         // silence that is an alert of its own; 0: none; default 900 where there is data to miss
	RepeatS        *float64        `json:"repeat_s,omitempty"`         // a reminder each so often while nobody has acknowledged; 0: none; default 14400
	EscalateAfterS *float64        `json:"escalate_after_s,omitempty"` // without anybody having acknowledged; 0: never; default 0
	Routes         []int64         `json:"routes,omitempty"`           // none: all enabled ones that take its severity
	EscalateRoutes []int64         `json:"escalate_routes,omitempty"`  // further ones
	Actions        []Action        `json:"actions,omitempty"`
	Cause          string          `json:"cause,omitempty"` // alerts of one cause go into one message; default: what they watch
} //	@name	AlertDraft

// Action is what a rule does to an output while it fires.
type Action struct {
	Output  int64        `json:"output"`
	Channel int          `json:"channel"`
	Do      Deed         `json:"do" enums:"stop,hold,set"`
	Level   output.Level `json:"level,omitzero" validate:"optional"` // to set
	// Until is when the output is given back: when the alert is over, or only when a person has acknowledged as well.
	Until string `json:"until,omitempty" enums:"resolved,acknowledged"`
	// NoData: also when there is no data, or the rule cannot be judged.
	NoData bool `json:"no_data,omitempty"`
} //	@name	AlertAction

// Deed is what is done.
type Deed string

// The deeds: to the safe state; kept as it is; to a level.
const (
	Stop Deed = "stop"
	Hold Deed = "hold"
	Set  Deed = "set"
)

// timing is how the times of a rule are stored.
type timing struct {
	ForS           float64 `json:"for_s"`
	RecoverS       float64 `json:"recover_s"`
	NoDataS        float64 `json:"nodata_s"`
	RepeatS        float64 `json:"repeat_s"`
	EscalateAfterS float64 `json:"escalate_after_s"`
}

// telling is how it is stored who is told.
type telling struct {
	Routes   []int64 `json:"routes"`
	Escalate []int64 `json:"escalate"`
	Cause    string  `json:"cause"`
}

// The limits of drafts.
const (
	defaultNoDataS = 900
	defaultRepeatS = 4 * 3600
	leastRepeatS   = 60
	mostS          = 30 * 24 * 3600
	maxName        = 100
	maxRoutes      = 50
	maxActions     = 20
)

// fill gives absent fields their default.
func (d *Draft) fill(k alert.Kind) {
	or := func(v **float64, def float64) {
		if *v == nil {
			*v = &def
		}
	}
	if d.Severity == "" {
		d.Severity = alert.Warning
	}
	if d.Enabled == nil {
		d.Enabled = new(true)
	}
	or(&d.ForS, 0)
	or(&d.RecoverS, 0)
	if k.Silent {
		or(&d.NoDataS, defaultNoDataS)
	}
	or(&d.NoDataS, 0)
	or(&d.RepeatS, defaultRepeatS)
	or(&d.EscalateAfterS, 0)
	for i := range d.Actions {
		if d.Actions[i].Until == "" {
			d.Actions[i].Until = untilResolved
		}
	}
}

// When outputs are given back.
const (
	untilResolved     = "resolved"
	untilAcknowledged = "acknowledged"
)

// faults collects field errors.
type faults struct{ list option.Errors }

func (f *faults) add(field, format string, args ...any) {
	f.list = append(f.list, option.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

// under takes an error over: field errors with their path below prefix, others as one fault of prefix.
func (f *faults) under(prefix string, err error) {
	var errs option.Errors
	switch {
	case err == nil:
	case errors.As(err, &errs):
		for _, e := range errs {
			path := prefix
			if e.Field != "" {
				path += "." + e.Field
			}
			f.add(path, "%s", e.Message)
		}
	default:
		f.add(prefix, "%v", err)
	}
}

func (f *faults) name(name string) {
	switch {
	case strings.TrimSpace(name) == "":
		f.add("name", "is required: say what people will know it by")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		f.add("name", "must be plain text without control characters")
	case utf8.RuneCountInString(name) > maxName:
		f.add("name", "must be at most %d characters", maxName)
	}
}

func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	slices.SortStableFunc(f.list, func(a, b option.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return f.list
}

// check judges what can be judged of a filled draft by itself.
func (d *Draft) check(bad *faults, k alert.Kind) {
	bad.name(d.Name)
	severity(bad, "severity", d.Severity)
	for _, t := range []struct {
		name  string
		v     *float64
		least float64 // above 0
	}{
		{"for_s", d.ForS, 0},
		{"recover_s", d.RecoverS, 0},
		{"nodata_s", d.NoDataS, 1},
		{"repeat_s", d.RepeatS, leastRepeatS},
		{"escalate_after_s", d.EscalateAfterS, 1},
	} {
		if *t.v != 0 && !(*t.v >= t.least && *t.v <= mostS) {
			bad.add(t.name, "must be 0, or %g to %d s", t.least, mostS)
		}
	}
	if *d.NoDataS != 0 && !k.Silent {
		bad.add("nodata_s", "does not apply to %q, which does not wait for data: leave it out", k.ID)
	}
	if *d.EscalateAfterS > 0 && len(d.EscalateRoutes) == 0 {
		bad.add("escalate_routes", "is required with escalate_after_s: say who is told then")
	}
	if utf8.RuneCountInString(d.Cause) > maxName {
		bad.add("cause", "must be at most %d characters", maxName)
	}
	if len(d.Actions) > maxActions {
		bad.add("actions", "must be at most %d", maxActions)
	}
	for i, a := range d.Actions {
		at := fmt.Sprintf("actions[%d]", i)
		switch a.Do {
		case Stop, Hold:
			if a.Level != (output.Level{}) {
				bad.add(at+".level", "belongs to \"set\" only")
			}
		case Set:
		default:
			bad.add(at+".do", "must be stop, hold or set")
		}
		if a.Until != untilResolved && a.Until != untilAcknowledged {
			bad.add(at+".until", "must be resolved or acknowledged")
		}
	}
}

func severity(bad *faults, field string, s alert.Severity) {
	switch s {
	case alert.Info, alert.Warning, alert.Critical:
	default:
		bad.add(field, "must be info, warning or critical")
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// timing is what the engine needs of it.
func (d *Draft) timing() alert.Timing {
	return alert.Timing{For: seconds(*d.ForS), Recover: seconds(*d.RecoverS), NoData: seconds(*d.NoDataS)}
}

// rule is what the herald needs of it; routes and cause come from elsewhere.
func (d *Draft) rule(id int64) herald.Rule {
	return herald.Rule{
		ID: id, Name: d.Name, Severity: d.Severity, Repeat: seconds(*d.RepeatS), EscalateAfter: seconds(*d.EscalateAfterS),
		Routes: d.Routes, Escalate: d.EscalateRoutes, Cause: d.Cause,
	}
}

// merge applies an RFC 7396 patch to something that people write.
func merge[T any](current T, patch json.RawMessage) (merged T, err error) {
	base, err := json.Marshal(current)
	if err != nil {
		return merged, fmt.Errorf("encode the present settings: %w", err)
	}
	raw, err := option.Merge(base, patch)
	if err != nil {
		return merged, err
	}
	return merged, fleet.Strict(raw, &merged)
}
