package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// Dependant is something whose settings name a thing, and that would miss it.
type Dependant struct {
	Ref   string `json:"ref"` // "function/3", "output/1", "zone/2", "alert/4"
	Name  string `json:"name"`
	Needs string `json:"needs"` // which of the things: "input/3"
} //	@name	Dependant

// Subjects are the things that are asked about, with the channels that go with them.
type Subjects struct {
	refs     map[string]bool
	channels map[measure.ChannelID]string
}

// NeedsChannel returns which of the things a channel belongs to.
func (s Subjects) NeedsChannel(id measure.ChannelID) (ref string, ok bool) {
	ref, ok = s.channels[id]
	return ref, ok
}

// Needs returns the reference of a thing that is asked about.
func (s Subjects) Needs(kind string, id int64) (ref string, ok bool) {
	ref = settings.Ref(kind, id)
	return ref, s.refs[ref]
}

// Includes tells whether it is one of the things itself: what goes too misses nothing.
func (s Subjects) Includes(ref string) bool { return s.refs[ref] }

// SubjectsOf looks up things by their references.
func (f *Fleet) SubjectsOf(ctx context.Context, refs []string) (Subjects, error) {
	s := Subjects{refs: map[string]bool{}, channels: map[measure.ChannelID]string{}}
	for _, ref := range refs {
		s.refs[ref] = true
	}
	channels, _, err := f.cfg.Store.Channels.List(ctx, settings.ChannelFilter{})
	if err != nil {
		return s, err
	}
	for _, ch := range channels {
		if s.refs[ch.Owner] {
			s.channels[ch.ID] = ch.Owner
		}
	}
	return s, nil
}

// Dependants lists the functions, outputs and zones whose settings name one of the things. Names within scripts are not
// looked for.
func (f *Fleet) Dependants(ctx context.Context, s Subjects) ([]Dependant, error) {
	all := []Dependant{}
	functions, _, err := f.cfg.Store.Functions.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	for _, row := range functions {
		if needs := f.functionNeeds(row, s); needs != "" && !s.Includes(row.Ref()) {
			all = append(all, Dependant{row.Ref(), row.Name, needs})
		}
	}
	outputs, _, err := f.cfg.Store.Outputs.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	for _, row := range outputs {
		if needs := outputNeeds(row, s); needs != "" && !s.Includes(row.Ref()) {
			all = append(all, Dependant{row.Ref(), row.Name, needs})
		}
	}
	zones, _, err := f.cfg.Store.Zones.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	for _, row := range zones {
		if needs := zoneNeeds(row, s); needs != "" {
			all = append(all, Dependant{row.Ref(), row.Name, needs})
		}
	}
	return all, nil
}

// functionNeeds is "" when a function needs none of the things, or nobody knows.
func (f *Fleet) functionNeeds(row settings.Function, s Subjects) string {
	kind, ok := f.functions[row.Kind]
	if !ok {
		return ""
	}
	options, _, err := f.openOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return ""
	}
	bound, err := kind.Bind(options)
	if err != nil {
		return ""
	}
	for _, u := range bound.Uses.Channels {
		if ref, ok := s.NeedsChannel(u.ID); ok {
			return ref
		}
	}
	for _, u := range bound.Uses.Outputs {
		if ref, ok := s.Needs("output", u.Output); ok {
			return ref
		}
	}
	for _, u := range bound.Uses.Functions {
		if ref, ok := s.Needs("function", u.ID); ok {
			return ref
		}
	}
	for _, u := range bound.Uses.Methods {
		if ref, ok := s.Needs("method", u.ID); ok {
			return ref
		}
	}
	return ""
}

func outputNeeds(row settings.Output, s Subjects) string {
	for _, ch := range row.Channels {
		var g output.Guard
		if len(ch.Guard) == 0 || json.Unmarshal(ch.Guard, &g) != nil {
			continue
		}
		if g.Feedback != nil {
			if ref, ok := s.NeedsChannel(measure.ChannelID(g.Feedback.Channel)); ok {
				return ref
			}
		}
		for _, step := range g.Ladder {
			if ref, ok := s.Needs("output", step.Output); ok {
				return ref
			}
			if ref, ok := s.NeedsChannel(measure.ChannelID(step.Outdoor)); ok {
				return ref
			}
		}
	}
	return ""
}

func zoneNeeds(row settings.Zone, s Subjects) string {
	var targets []Target
	if len(row.Targets) == 0 || json.Unmarshal(row.Targets, &targets) != nil {
		return ""
	}
	for _, t := range targets {
		if ref, ok := s.NeedsChannel(t.Channel); ok {
			return ref
		}
	}
	return ""
}

// maxSubjects bounds one question for dependants.
const maxSubjects = 1000

// CheckSubjects sees that references can be looked up.
func CheckSubjects(refs []string) error {
	if len(refs) == 0 || len(refs) > maxSubjects {
		return option.Errors{{Field: "of", Message: fmt.Sprintf("must name 1 to %d things: input/3, output/1, function/2 or method/1, with commas between", maxSubjects)}}
	}
	for _, ref := range refs {
		kind, number, _ := strings.Cut(ref, "/")
		id, err := strconv.ParseInt(number, 10, 64)
		switch {
		case err != nil || id <= 0:
			return option.Errors{{Field: "of", Message: fmt.Sprintf("%.40q is no reference; write input/3", ref)}}
		case kind != "input" && kind != "output" && kind != "function" && kind != "method":
			return option.Errors{{Field: "of", Message: fmt.Sprintf("%.40q: must be an input, output, function or method", ref)}}
		}
	}
	return nil
}
