package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hypha/internal/measure"
	"hypha/internal/settings"
)

// Target is the band in which a channel of a zone should be, in the channel's unit; one limit may be absent.
type Target struct {
	Channel measure.ChannelID `json:"channel" swaggertype:"integer"`
	Min     *float64          `json:"min,omitempty"`
	Max     *float64          `json:"max,omitempty"`
}

// ZoneDraft is a zone as a person writes it.
type ZoneDraft struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Icon        string   `json:"icon,omitempty"`
	Targets     []Target `json:"targets,omitempty"`
}

// Zone is a place or vessel with what belongs to it.
type Zone struct {
	settings.Zone
	Targets   []Target
	Inputs    []int64
	Outputs   []int64
	Functions []int64
}

// checkZoneDraft judges a draft; had are the targets that the zone has already, whose channels may lie in the bin.
func (f *Fleet) checkZoneDraft(ctx context.Context, d ZoneDraft, had []Target) (json.RawMessage, error) {
	var bad faults
	bad.name("name", d.Name)
	if utf8.RuneCountInString(d.Description) > 1000 {
		bad.add("description", "must be at most 1000 characters")
	}
	if len(d.Icon) > 40 || strings.ContainsAny(d.Icon, "<>\"'&") {
		bad.add("icon", "must be the name of an icon")
	}
	if len(d.Targets) > 200 {
		bad.add("targets", "must be at most 200")
	}
	seen := map[measure.ChannelID]bool{}
	for n, t := range d.Targets {
		at := fmt.Sprintf("targets[%d]", n)
		known := slices.ContainsFunc(had, func(h Target) bool { return h.Channel == t.Channel })
		if _, err := f.cfg.Store.Channels.Get(ctx, t.Channel); !known && errors.Is(err, ErrNotFound) {
			bad.add(at+".channel", "there is no channel %d", t.Channel)
		}
		if seen[t.Channel] {
			bad.add(at+".channel", "channel %d has a target already", t.Channel)
		}
		seen[t.Channel] = true
		switch {
		case t.Min == nil && t.Max == nil:
			bad.add(at+".min", "or max is required")
		case t.Min != nil && t.Max != nil && *t.Min >= *t.Max:
			bad.add(at+".min", "must be below max")
		}
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(d.Targets)
	if err != nil {
		return nil, fmt.Errorf("encode the targets: %w", err)
	}
	return raw, nil
}

// CreateZone stores a zone.
func (f *Fleet) CreateZone(ctx context.Context, d ZoneDraft, by string) (Zone, error) {
	targets, err := f.checkZoneDraft(ctx, d, nil)
	if err != nil {
		return Zone{}, err
	}
	row := settings.Zone{Item: settings.Item{Name: d.Name}, Description: d.Description, Icon: d.Icon, Targets: targets}
	if err := f.cfg.Store.Zones.Create(ctx, &row); err != nil {
		return Zone{}, err
	}
	f.binned.take(row.ID) // the number may have been that of one which is gone for good
	f.journal.audit(row.Ref(), "created", by, fmt.Sprintf("The zone %s was added", row.Name))
	return f.Zone(ctx, row.ID)
}

// Zone returns one zone.
func (f *Fleet) Zone(ctx context.Context, id int64) (Zone, error) {
	row, err := f.cfg.Store.Zones.Get(ctx, id)
	if err != nil {
		return Zone{}, err
	}
	zones, err := f.viewZones(ctx, []settings.Zone{row})
	if err != nil {
		return Zone{}, err
	}
	return zones[0], nil
}

// Zones lists zones by id, and how many there are without limit and offset.
func (f *Fleet) Zones(ctx context.Context, filter settings.Filter) ([]Zone, int64, error) {
	rows, total, err := f.cfg.Store.Zones.List(ctx, filter)
	if err != nil {
		return nil, 0, err
	}
	zones, err := f.viewZones(ctx, rows)
	return zones, total, err
}

func (f *Fleet) viewZones(ctx context.Context, rows []settings.Zone) ([]Zone, error) {
	inputs, _, err := f.cfg.Store.Inputs.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	outputs, _, err := f.cfg.Store.Outputs.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	functions, _, err := f.cfg.Store.Functions.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	zones := make([]Zone, len(rows))
	for n, row := range rows {
		z := Zone{Zone: row, Inputs: []int64{}, Outputs: []int64{}, Functions: []int64{}}
		if z.Targets, err = targetsOf(row); err != nil {
			return nil, err
		}
		for _, in := range inputs {
			if in.ZoneID != nil && *in.ZoneID == row.ID {
				z.Inputs = append(z.Inputs, in.ID)
			}
		}
		for _, o := range outputs {
			if o.ZoneID != nil && *o.ZoneID == row.ID {
				z.Outputs = append(z.Outputs, o.ID)
			}
		}
		for _, fn := range functions {
			if fn.ZoneID != nil && *fn.ZoneID == row.ID {
				z.Functions = append(z.Functions, fn.ID)
			}
		}
		zones[n] = z
	}
	return zones, nil
}

// targetsOf are the targets of a stored zone; never nil.
func targetsOf(row settings.Zone) ([]Target, error) {
	targets := []Target{}
	if present(row.Targets) {
		if err := json.Unmarshal(row.Targets, &targets); err != nil {
			return nil, fmt.Errorf("stored targets of zone %d: %w", row.ID, err)
		}
	}
	return targets, nil
}

// UpdateZone applies a JSON merge patch.
func (f *Fleet) UpdateZone(ctx context.Context, id int64, patch json.RawMessage, by string) (Zone, error) {
	row, err := f.cfg.Store.Zones.Update(ctx, id, func(z *settings.Zone) error {
		before, err := targetsOf(*z)
		if err != nil {
			return err
		}
		after, err := merge(ZoneDraft{Name: z.Name, Description: z.Description, Icon: z.Icon, Targets: before}, patch)
		if err != nil {
			return err
		}
		z.Name, z.Description, z.Icon = after.Name, after.Description, after.Icon
		z.Targets, err = f.checkZoneDraft(ctx, after, before)
		return err
	})
	if err != nil {
		return Zone{}, err
	}
	f.journal.audit(row.Ref(), "updated", by, fmt.Sprintf("The zone %s was changed", row.Name))
	return f.Zone(ctx, id)
}

// DeleteZone puts a zone into the bin. What belongs to it stays, and belongs to it again when it is restored.
func (f *Fleet) DeleteZone(ctx context.Context, id int64, by string) error {
	row, err := f.cfg.Store.Zones.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := f.cfg.Store.Zones.SoftDelete(ctx, id); err != nil {
		return err
	}
	f.binned.put(id)
	f.journal.audit(row.Ref(), "deleted", by, fmt.Sprintf("The zone %s was deleted", row.Name))
	return nil
}

// RestoreZone takes a zone out of the bin.
func (f *Fleet) RestoreZone(ctx context.Context, id int64, by string) (Zone, error) {
	row, err := f.cfg.Store.Zones.Restore(ctx, id)
	if err != nil {
		return Zone{}, err
	}
	f.binned.take(id)
	f.journal.audit(row.Ref(), "restored", by, fmt.Sprintf("The zone %s was brought back", row.Name))
	return f.Zone(ctx, id)
}
