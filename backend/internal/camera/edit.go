package camera

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hypha/internal/camera/reel"
	"hypha/internal/controller"
	"hypha/internal/fleet"
	"hypha/internal/option"
	"hypha/internal/secret"
	"hypha/internal/settings"
)

// Draft is a camera as a person writes it.
type Draft struct {
	Name      string          `json:"name"`
	Kind      string          `json:"kind"`
	Options   json.RawMessage `json:"options,omitempty" swaggertype:"object"`
	Enabled   *bool           `json:"enabled,omitempty"` // default true
	Zone      *int64          `json:"zone,omitempty"`
	Timelapse json.RawMessage `json:"timelapse,omitempty" swaggertype:"object"` // as GET /cameras/timelapse-schema describes it
} //	@name	CameraDraft

// View is a camera with how it is.
type View struct {
	settings.Camera
	Options    json.RawMessage // without secrets
	SecretsSet []string
	Status     fleet.Status
	Stills     reel.Size
}

const maxName = 100

// check judges a draft and fills in what is absent.
func (s *Service) check(ctx context.Context, d Draft) (Draft, Kind, error) {
	var bad option.Errors
	add := func(field, message string) { bad = append(bad, option.FieldError{Field: field, Message: message}) }
	switch name := strings.TrimSpace(d.Name); {
	case name == "":
		add("name", "is required: say what people will know it by")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) || utf8.RuneCountInString(name) > maxName:
		add("name", fmt.Sprintf("must be plain text of at most %d characters", maxName))
	}
	d.Name = strings.TrimSpace(d.Name)
	if d.Enabled == nil {
		d.Enabled = new(true)
	}
	if d.Zone != nil {
		if _, err := s.cfg.Store.Zones.Get(ctx, *d.Zone); errors.Is(err, settings.ErrNotFound) {
			add("zone", "there is no such zone")
		} else if err != nil {
			return d, Kind{}, err
		}
	}
	kind, ok := s.kinds[d.Kind]
	faults := []error{}
	if !ok {
		faults = append(faults, unknownKind(d.Kind))
	} else if _, err := kind.Open(d.Options, s.cfg.Host); err != nil {
		faults = append(faults, under("options", err))
	}
	if len(d.Timelapse) > 0 && !bytes.Equal(d.Timelapse, []byte("null")) {
		var t Timelapse
		if err := s.lapses.Decode(d.Timelapse, &t); err != nil {
			faults = append(faults, under("timelapse", err))
		} else if t.When == "lamp" && t.IntervalS > 0 {
			if o, err := s.cfg.Store.Outputs.Get(ctx, t.Output); errors.Is(err, settings.ErrNotFound) || err == nil && t.Channel >= len(o.Channels) {
				add("timelapse.output", "there is no such output")
			} else if err != nil {
				return d, kind, err
			}
		}
	}
	for _, err := range faults {
		fields, ok := errors.AsType[option.Errors](err)
		if !ok {
			return d, kind, err
		}
		bad = append(bad, fields...)
	}
	if len(bad) > 0 {
		return d, kind, bad
	}
	return d, kind, nil
}

// rowOf is what is stored of a draft.
func (s *Service) rowOf(d Draft, kind Kind) (settings.Camera, error) {
	options, err := s.cfg.Store.Secrets.SealOptions(d.Options, kind.Options.Secrets())
	if err != nil {
		return settings.Camera{}, fmt.Errorf("seal the secrets: %w", err)
	}
	return settings.Camera{
		Item: settings.Item{Name: d.Name}, Kind: d.Kind, Options: options, Enabled: *d.Enabled, ZoneID: d.Zone, Timelapse: d.Timelapse,
	}, nil
}

// Create checks, stores and starts a camera.
func (s *Service) Create(ctx context.Context, d Draft, by string) (View, error) {
	s.edits.Lock()
	defer s.edits.Unlock()
	d, kind, err := s.check(ctx, d)
	if err != nil {
		return View{}, err
	}
	row, err := s.rowOf(d, kind)
	if err != nil {
		return View{}, err
	}
	if err := s.cfg.Store.Cameras.Create(ctx, &row); err != nil {
		return View{}, err
	}
	s.audit(row, "created", by, "was added")
	s.begin(context.WithoutCancel(ctx), row)
	return s.view(row)
}

func (s *Service) audit(row settings.Camera, action, by, words string) {
	s.cfg.Note("audit", row.Ref(), by, row.Name+" "+words, map[string]string{"ref": row.Ref(), "action": action})
}

// Get returns one camera.
func (s *Service) Get(ctx context.Context, id int64) (View, error) {
	row, err := s.cfg.Store.Cameras.Get(ctx, id)
	if err != nil {
		return View{}, err
	}
	return s.view(row)
}

// List returns cameras by id, and how many there are without limit and offset.
func (s *Service) List(ctx context.Context, f settings.Filter) ([]View, int64, error) {
	rows, total, err := s.cfg.Store.Cameras.List(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	all := make([]View, 0, len(rows))
	for _, row := range rows {
		v, err := s.view(row)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, v)
	}
	return all, total, nil
}

func (s *Service) view(row settings.Camera) (v View, err error) {
	v = View{Camera: row, SecretsSet: []string{}, Status: s.status(row)}
	if kind, ok := s.kinds[row.Kind]; ok {
		var set []string
		if v.Options, set, err = secret.RedactOptions(row.Options, kind.Options.Secrets()); err != nil {
			return v, fmt.Errorf("take the secrets out: %w", err)
		}
		v.SecretsSet = append(v.SecretsSet, set...)
	}
	v.Stills, err = s.reel.SizeOf(row.ID)
	return v, err
}

func (s *Service) status(row settings.Camera) fleet.Status {
	s.mu.RLock()
	broken, isBroken := s.broken[row.ID]
	s.mu.RUnlock()
	if isBroken {
		return broken
	}
	if st, ok := s.manager.Status(controller.Ref(row.Ref())); ok && row.Enabled {
		return fleet.StatusOf(st)
	}
	return fleet.Status{State: controller.Inactive, Since: fleet.Time(row.UpdatedAt)}
}

// Update applies a JSON merge patch. Secrets that it does not mention stay. What only gets another name goes on.
func (s *Service) Update(ctx context.Context, id int64, patch json.RawMessage, by string) (View, error) {
	s.edits.Lock()
	defer s.edits.Unlock()
	old, err := s.cfg.Store.Cameras.Get(ctx, id)
	if err != nil {
		return View{}, err
	}
	kind, ok := s.kinds[old.Kind]
	if !ok {
		return View{}, option.Errors{{Field: "kind", Message: fmt.Sprintf("this program does not know the kind %q any more: the camera can only be deleted", old.Kind)}}
	}
	options, err := s.opened(old, kind)
	if err != nil {
		return View{}, err
	}
	before := Draft{Name: old.Name, Kind: old.Kind, Options: options, Enabled: &old.Enabled, Zone: old.ZoneID, Timelapse: old.Timelapse}
	base, err := json.Marshal(before)
	if err != nil {
		return View{}, fmt.Errorf("encode the present settings: %w", err)
	}
	merged, err := option.Merge(base, patch)
	if err != nil {
		return View{}, err
	}
	var after Draft
	if err := fleet.Strict(merged, &after); err != nil {
		return View{}, err
	}
	if after.Kind != before.Kind {
		return View{}, option.Errors{{Field: "kind", Message: "cannot be changed: add a new camera of the other kind"}}
	}
	if after, _, err = s.check(ctx, after); err != nil {
		return View{}, err
	}
	changed, err := s.rowOf(after, kind)
	if err != nil {
		return View{}, err
	}
	row, err := s.cfg.Store.Cameras.Update(ctx, id, func(c *settings.Camera) error {
		item := c.Item
		*c = changed
		c.Item, c.Name = item, changed.Name
		return nil
	})
	if err != nil {
		return View{}, err
	}
	s.audit(row, "updated", by, "was changed")
	if old.Enabled != row.Enabled || !same(options, after.Options) || !same(before.Timelapse, after.Timelapse) {
		s.begin(context.WithoutCancel(ctx), row)
		if !row.Enabled {
			s.cfg.Changed(controller.Status{Ref: controller.Ref(row.Ref()), State: controller.Inactive, Since: time.Now()})
		}
	}
	return s.view(row)
}

// same compares two JSON texts, whatever their spaces.
func same(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	if json.Compact(&x, a) != nil || json.Compact(&y, b) != nil {
		return bytes.Equal(a, b)
	}
	return bytes.Equal(x.Bytes(), y.Bytes())
}

// Duplicate adds a copy, switched off: two of one device are in each other's way.
func (s *Service) Duplicate(ctx context.Context, id int64, by string) (View, error) {
	row, err := s.cfg.Store.Cameras.Get(ctx, id)
	if err != nil {
		return View{}, err
	}
	kind, ok := s.kinds[row.Kind]
	if !ok {
		return View{}, unknownKind(row.Kind)
	}
	options, err := s.opened(row, kind)
	if err != nil {
		return View{}, err
	}
	name := []rune(row.Name)
	const suffix = " (copy)"
	name = name[:min(len(name), maxName-len(suffix))]
	return s.Create(ctx, Draft{Name: string(name) + suffix, Kind: row.Kind, Options: options, Enabled: new(false), Zone: row.ZoneID, Timelapse: row.Timelapse}, by)
}

// Delete stops a camera and puts it into the bin, with its stills.
func (s *Service) Delete(ctx context.Context, id int64, by string) error {
	s.edits.Lock()
	defer s.edits.Unlock()
	row, err := s.cfg.Store.Cameras.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.cfg.Store.Cameras.SoftDelete(ctx, id); err != nil {
		return err
	}
	s.mu.Lock()
	delete(s.running, id)
	delete(s.broken, id)
	s.mu.Unlock()
	s.halt(context.WithoutCancel(ctx), controller.Ref(row.Ref()))
	s.audit(row, "deleted", by, "was deleted")
	return nil
}

// Restore takes a camera out of the bin and starts it if it is enabled.
func (s *Service) Restore(ctx context.Context, id int64, by string) (View, error) {
	s.edits.Lock()
	defer s.edits.Unlock()
	row, err := s.cfg.Store.Cameras.Restore(ctx, id)
	if err != nil {
		return View{}, err
	}
	s.audit(row, "restored", by, "was brought back")
	s.begin(context.WithoutCancel(ctx), row)
	return s.view(row)
}

// Retry tries a camera again now instead of waiting for the backoff.
func (s *Service) Retry(ctx context.Context, id int64) (View, error) {
	if _, err := s.camera(ctx, id); err != nil && !errors.Is(err, fleet.ErrNotRunning) {
		if _, isDevice := errors.AsType[*fleet.DeviceError](err); !isDevice {
			return View{}, err
		}
	}
	if err := s.manager.Retry(controller.Ref(settings.Ref("camera", id))); err != nil {
		return View{}, fleet.ErrNotRunning
	}
	return s.Get(ctx, id)
}
