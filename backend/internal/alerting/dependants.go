package alerting

import (
	"cmp"
	"slices"

	"hypha/internal/fleet"
)

// Dependants lists the rules that watch one of the things, or hold it when they fire.
func (s *Service) Dependants(subjects fleet.Subjects) []fleet.Dependant {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []fleet.Dependant
	for _, r := range s.rules {
		if needs := r.needs(subjects); needs != "" {
			all = append(all, fleet.Dependant{Ref: r.row.Ref(), Name: r.row.Name, Needs: needs})
		}
	}
	slices.SortFunc(all, func(a, b fleet.Dependant) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

func (r *rule) needs(s fleet.Subjects) string {
	for _, act := range r.draft.Actions {
		if ref, ok := s.Needs("output", act.Output); ok {
			return ref
		}
	}
	if r.check == nil {
		return ""
	}
	for _, ch := range r.check.Watch.Channels {
		if ref, ok := s.NeedsChannel(ch); ok {
			return ref
		}
	}
	for _, o := range r.check.Watch.Outputs {
		if ref, ok := s.Needs("output", o.Output); ok {
			return ref
		}
	}
	for _, id := range r.check.Watch.Functions {
		if ref, ok := s.Needs("function", id); ok {
			return ref
		}
	}
	return ""
}
