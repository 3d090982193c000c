package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"hypha/internal/alert/herald"
	"hypha/internal/fleet"
	"hypha/internal/option"
	"hypha/internal/secret"
)

// Preferences hold for all notifications.
type Preferences struct {
	Heartbeat   HeartbeatOptions `json:"heartbeat" title:"Heartbeat"`
	Digest      DigestOptions    `json:"digest" title:"Daily digest"`
	Quiet       QuietOptions     `json:"quiet_hours" title:"Quiet hours"`
	Maintenance string           `json:"maintenance_until" max_len:"40" default:"" title:"Maintenance until" help:"RFC 3339; until then nothing is told, and everything judged. Empty: no maintenance" placeholder:"2026-05-01T18:00:00Z"`
} //	@name	NotificationSettings

// HeartbeatOptions say where an outside watchman is told that all is running. Silence there is his alarm.
type HeartbeatOptions struct {
	Enabled bool    `json:"enabled" default:"false" title:"Enabled"`
	URL     string  `json:"url,omitempty" secret:"true" max_len:"2000" title:"Address" placeholder:"https://hc-ping.com/..." help:"Of a service that alarms you when it is not called, such as healthchecks.io or another Hypha"`
	Method  string  `json:"method" enum:"GET,POST" default:"GET" title:"Method"`
	Every   float64 `json:"every_s" unit:"s" min:"10" max:"86400" default:"300" title:"Every"`
}

// Validate checks the address.
func (o HeartbeatOptions) Validate() error {
	if o.URL == "" {
		if o.Enabled {
			return option.Errors{{Field: "url", Message: "is required: give the address that the watchman has told you"}}
		}
		return nil
	}
	if u, err := url.Parse(o.URL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return option.Errors{{Field: "url", Message: "is no address; write it as https://example.org/path"}}
	}
	return nil
}

// DigestOptions say when the digest is sent.
type DigestOptions struct {
	Enabled bool   `json:"enabled" default:"false" title:"Enabled"`
	At      string `json:"at" pattern:"^([01]\\d|2[0-3]):[0-5]\\d$" placeholder:"08:00" default:"08:00" title:"At" help:"Local time"`
}

// QuietOptions say when only critical alerts are told.
type QuietOptions struct {
	Enabled bool   `json:"enabled" default:"false" title:"Enabled"`
	From    string `json:"from" pattern:"^([01]\\d|2[0-3]):[0-5]\\d$" placeholder:"22:00" default:"22:00" title:"From" help:"Local time"`
	To      string `json:"to" pattern:"^([01]\\d|2[0-3]):[0-5]\\d$" placeholder:"07:00" default:"07:00" title:"To"`
}

// Validate refuses a day without end.
func (o QuietOptions) Validate() error {
	if o.Enabled && o.From == o.To {
		return option.Errors{{Field: "to", Message: "must differ from the beginning"}}
	}
	return nil
}

// Validate checks the end of maintenance.
func (p Preferences) Validate() error {
	if p.Maintenance == "" {
		return nil
	}
	until, err := time.Parse(time.RFC3339, p.Maintenance)
	switch {
	case err != nil:
		return option.Errors{{Field: "maintenance_until", Message: "is no time: use RFC 3339 (2026-05-01T18:00:00Z)"}}
	case time.Until(until) > longestSilence:
		return option.Errors{{Field: "maintenance_until", Message: "must be within 30 days"}}
	}
	return nil
}

// minutes are those since midnight of a checked time.
func minutes(text string) int {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0
	}
	return t.Hour()*60 + t.Minute()
}

func (p Preferences) herald(zone *time.Location) herald.Config {
	c := herald.Config{Location: zone}
	if p.Quiet.Enabled {
		c.Quiet = &herald.Quiet{From: minutes(p.Quiet.From), To: minutes(p.Quiet.To)}
	}
	if until, err := time.Parse(time.RFC3339, p.Maintenance); err == nil {
		c.Maintenance = until
	}
	return c
}

// preferencesKey is where they lie, secrets sealed.
const preferencesKey = "notifications/settings"

// PreferencesSpec is their form.
func (s *Service) PreferencesSpec() *option.Spec { return option.MustFor[Preferences]() }

// stored returns the preferences as they lie in the store, with open secrets; {} when there are none.
func (s *Service) storedPreferences(ctx context.Context) (json.RawMessage, error) {
	var sealed json.RawMessage
	found, err := s.cfg.Store.KV.Get(ctx, preferencesKey, &sealed)
	if err != nil {
		return nil, err
	}
	if !found {
		return json.RawMessage("{}"), nil
	}
	raw, err := s.cfg.Store.Secrets.OpenOptions(sealed, s.PreferencesSpec().Secrets())
	if err != nil {
		return nil, fmt.Errorf("open the secrets: %w", err)
	}
	return raw, nil
}

func (s *Service) loadPreferences(ctx context.Context) error {
	var p Preferences
	if err := s.PreferencesSpec().Decode(nil, &p); err != nil {
		return err
	}
	raw, err := s.storedPreferences(ctx)
	if err == nil {
		err = s.PreferencesSpec().Decode(raw, &p)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prefs = p
	return err
}

// PreferencesView is what is shown of them.
type PreferencesView struct {
	Preferences
	SecretsSet []string  `json:"secrets_set"`
	Beat       BeatState `json:"heartbeat_state"`
} //	@name	NotificationSettingsView

// BeatState is how the heartbeat does.
type BeatState struct {
	LastAt *fleet.Time `json:"last_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"` // of the last one that arrived
	Error  string      `json:"error,omitempty"`
} //	@name	HeartbeatState

// View returns the preferences without secrets.
func (s *Service) View() PreferencesView {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := PreferencesView{Preferences: s.prefs, SecretsSet: []string{}, Beat: BeatState{Error: s.beat.failed}}
	if v.Preferences.Heartbeat.URL != "" {
		v.Preferences.Heartbeat.URL = ""
		v.SecretsSet = []string{"heartbeat.url"}
	}
	if !s.beat.arrived.IsZero() {
		at := fleet.Time(s.beat.arrived)
		v.Beat.LastAt = &at
	}
	return v
}

// SetPreferences replaces the preferences by what is given; a secret that is not mentioned stays.
func (s *Service) SetPreferences(ctx context.Context, raw json.RawMessage, by string) (PreferencesView, error) {
	s.edits.Lock()
	defer s.edits.Unlock()
	spec := s.PreferencesSpec()
	old, err := s.storedPreferences(ctx)
	if err != nil {
		old = json.RawMessage("{}") // the secret cannot be opened: it is asked for anew
	}
	if raw, err = secret.KeepSecrets(old, raw, spec.Secrets()); err != nil {
		return PreferencesView{}, option.Errors{{Message: "is no valid JSON"}}
	}
	var p Preferences
	if err := spec.Decode(raw, &p); err != nil {
		return PreferencesView{}, err
	}
	sealed, err := s.cfg.Store.Secrets.SealOptions(raw, spec.Secrets())
	if err != nil {
		return PreferencesView{}, fmt.Errorf("seal the secrets: %w", err)
	}
	if err := s.cfg.Store.KV.Set(ctx, preferencesKey, sealed); err != nil {
		return PreferencesView{}, err
	}
	s.mu.Lock()
	s.prefs = p
	s.herald.Configure(p.herald(s.cfg.Location))
	s.beat.next = time.Time{}
	s.mu.Unlock()
	s.audit("notification-settings", "updated", by, "The settings of notifications were changed")
	return s.View(), nil
}
