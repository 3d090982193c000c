package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"hypha/internal/alert"
	"hypha/internal/controller"
	"hypha/internal/notify"
)

// opened is a sender with what it was made of.
type opened struct {
	sender notify.Sender
	at     time.Time // of the row it was made of
	lane   *controller.Lane
}

// RouteKinds is the catalogue of ways.
func (s *Service) RouteKinds() []notify.Kind {
	contact := s.cfg.BaseURL
	if len(contact) < 8 || contact[:8] != "https://" {
		contact = "mailto:hypha@localhost"
	}
	return notify.Kinds(notify.Deps{HTTP: s.cfg.HTTP, Keys: s.PushKeys, Contact: contact})
}

// pushKey is where the key of web push lies, sealed.
const pushKey = "notifications/push"

// PushKeys is the key pair of web push; it is made when it is first asked for.
func (s *Service) PushKeys(ctx context.Context) (keys notify.PushKeys, err error) {
	secrets := []string{"private"}
	var sealed json.RawMessage
	made := false
	err = s.cfg.Store.KV.Update(ctx, pushKey, &sealed, func() error {
		if len(sealed) > 0 && string(sealed) != "null" {
			return nil
		}
		made = true
		if keys, err = notify.NewPushKeys(); err != nil {
			return err
		}
		raw, err := json.Marshal(keys)
		if err != nil {
			return err
		}
		sealed, err = s.cfg.Store.Secrets.SealOptions(raw, secrets)
		return err
	})
	if err != nil || made {
		return keys, err
	}
	raw, err := s.cfg.Store.Secrets.OpenOptions(sealed, secrets)
	if err != nil {
		return keys, fmt.Errorf("open the key of web push: %w", err)
	}
	return keys, json.Unmarshal(raw, &keys)
}

// routesOf are the routes that a rule is told by. Needs mu.
func (s *Service) routesOf(d Draft) []int64 {
	if len(d.Routes) > 0 {
		return s.present(d.Routes)
	}
	ids := []int64{}
	for id, r := range s.routes {
		if r.Enabled && d.Severity.Rank() >= alert.Severity(r.MinSeverity).Rank() {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// present leaves out the routes that are disabled or gone. Needs mu.
func (s *Service) present(ids []int64) []int64 {
	there := []int64{}
	for _, id := range ids {
		if r, ok := s.routes[id]; ok && r.Enabled {
			there = append(there, id)
		}
	}
	return there
}

// sender opens a route for the queue.
func (s *Service) sender(_ context.Context, id int64) (notify.Sender, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	row, ok := s.routes[id]
	if !ok || !row.Enabled {
		return nil, false, nil
	}
	if o, ok := s.senders[id]; ok && o.at.Equal(row.UpdatedAt) {
		return o.sender, true, nil
	}
	kind, ok := s.ways[row.Kind]
	if !ok {
		return nil, false, fmt.Errorf("this program does not know the kind %q", row.Kind)
	}
	options, err := s.cfg.Store.Secrets.OpenOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return nil, false, fmt.Errorf("open the secrets: %w", err)
	}
	lane := s.lanes.Lane(row.Ref()) // of a name, so that a call that hangs is found busy after an edit too
	sender, err := kind.Bind(options, lane)
	if err != nil {
		lane.Release()
		return nil, false, err
	}
	if old, ok := s.senders[id]; ok {
		old.lane.Release()
	}
	s.senders[id] = opened{sender, row.UpdatedAt, lane}
	return sender, true, nil
}
