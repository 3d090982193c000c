package recipe

import (
	"context"
	"errors"
	"fmt"

	"hypha/internal/auth"
	"hypha/internal/fleet"
)

// Undo takes back what a recipe has made in a zone. Things that were there before stay, as they were; what somebody has deleted
// meanwhile stays deleted.
func (s *Service) Undo(ctx context.Context, zone int64, who auth.Principal) error {
	var made Applied
	key := fmt.Sprintf("%s%d", appliedKey, zone)
	found, err := s.store.KV.Get(ctx, key, &made)
	if err != nil {
		return err
	}
	if !found {
		return fleet.ErrNotFound
	}
	if err := s.takeBack(ctx, made, who); err != nil {
		return err
	}
	return s.store.KV.Delete(ctx, key)
}

// takeBack deletes in the reverse order in which things were made, and goes on when something cannot be.
func (s *Service) takeBack(ctx context.Context, made Applied, who auth.Principal) error {
	var errs []error
	done := func(err error) {
		if err != nil && !errors.Is(err, fleet.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	by := who.By()
	if made.Dashboard != 0 {
		done(s.dashboards.Delete(ctx, who, made.Dashboard))
	}
	for _, id := range made.Alerts {
		done(s.alerts.Delete(ctx, id, by))
	}
	for _, id := range made.Functions {
		done(s.fleet.DeleteFunction(ctx, id, by))
	}
	for _, id := range made.Methods {
		done(s.fleet.DeleteMethod(ctx, id, by))
	}
	for _, b := range made.Before {
		var err error
		if b.Input != 0 {
			_, err = s.fleet.UpdateInput(ctx, b.Input, b.Patch, by)
		} else {
			_, err = s.fleet.UpdateOutput(ctx, b.Output, b.Patch, by)
		}
		done(err)
	}
	for _, id := range made.Outputs {
		done(s.fleet.DeleteOutput(ctx, id, by))
	}
	for _, id := range made.Inputs {
		done(s.fleet.DeleteInput(ctx, id, by))
	}
	if made.Zone != 0 {
		done(s.fleet.DeleteZone(ctx, made.Zone, by))
	}
	return errors.Join(errs...)
}
