package alerting

import (
	"context"
	"errors"
	"fmt"

	"hypha/internal/alert"
	"hypha/internal/settings"
)

// checked judges a draft and fills in what is absent. had is the draft before, whose channels may lie in the bin.
func (s *Service) checked(ctx context.Context, d Draft, had *Draft) (Draft, error) {
	var bad faults
	k, ok := s.kinds[d.Kind]
	if !ok {
		said := "is required:"
		if d.Kind != "" {
			said = fmt.Sprintf("there is no alert kind %q:", d.Kind)
		}
		bad.add("kind", "%s GET /api/v1/kinds?type=alert lists them", said)
		bad.name(d.Name)
		return d, bad.err()
	}
	d.fill(k)
	d.check(&bad, k)
	check, err := k.Bind(d.Options)
	bad.under("options", err)
	t, err := loadNames(ctx, s.cfg.Store)
	if err != nil {
		return d, err
	}
	if check != nil && (had == nil || string(had.Options) != string(d.Options)) {
		if err := t.missing(check.Watch); err != nil {
			bad.add("options", "%v", err)
		}
		s.checkFunctions(ctx, &bad, check.Watch)
	}
	for i, a := range d.Actions {
		at := fmt.Sprintf("actions[%d]", i)
		row, ok := t.outputs[a.Output]
		switch {
		case !ok:
			bad.add(at+".output", "there is no output %d", a.Output)
		case a.Channel < 0 || a.Channel >= len(row.Channels):
			bad.add(at+".channel", "the output has no channel %d", a.Channel)
		case a.Do == Set:
			bad.under(at+".level", a.Level.Check(channelType(row, a.Channel), ""))
		}
	}
	if d.Zone != nil {
		if _, err := s.cfg.Store.Zones.Get(ctx, *d.Zone); errors.Is(err, settings.ErrNotFound) && (had == nil || had.Zone == nil || *had.Zone != *d.Zone) {
			bad.add("zone", "there is no zone %d", *d.Zone)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, list := range []struct {
		name string
		ids  []int64
	}{{"routes", d.Routes}, {"escalate_routes", d.EscalateRoutes}} {
		if len(list.ids) > maxRoutes {
			bad.add(list.name, "must be at most %d", maxRoutes)
		}
		for i, id := range list.ids {
			if _, ok := s.routes[id]; !ok {
				bad.add(fmt.Sprintf("%s[%d]", list.name, i), "there is no notification route %d", id)
			}
		}
	}
	return d, bad.err()
}

func (s *Service) checkFunctions(ctx context.Context, bad *faults, w alert.Watch) {
	for _, id := range w.Functions {
		if _, err := s.cfg.Store.Functions.Get(ctx, id); errors.Is(err, settings.ErrNotFound) {
			bad.add("options.function", "there is no function %d", id)
		}
	}
}
