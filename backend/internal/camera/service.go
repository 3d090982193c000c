package camera

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"hypha/internal/camera/reel"
	"hypha/internal/controller"
	"hypha/internal/fleet"
	"hypha/internal/option"
	"hypha/internal/secret"
	"hypha/internal/settings"
)

// StillsFolder is the name of the folder of stills inside the data folder.
const StillsFolder = "stills"

const (
	binFor     = 24 * time.Hour // how long a deleted camera can be restored
	restEvery  = 5 * time.Minute
	sweepEach  = 12 // rests
	liveEvery  = time.Second
	startGrace = time.Second
)

// Config is what a Service is built of.
type Config struct {
	Store *settings.Store
	Dir   string // the data folder
	Kinds []Kind // nil: all
	Host  Host
	// Room says why there is no room for stills on the disk; nil: there is.
	Room func() error
	// Lit tells whether a channel of an output is on.
	Lit  func(output int64, channel int) (on, known bool)
	Zone *time.Location
	// Changed is told of every new state of a camera. It must not block.
	Changed func(controller.Status)
	// Note adds an entry to the journal. It must not block.
	Note   func(kind, source, user, message string, data any)
	Logger *slog.Logger
}

// Service keeps the configured cameras and runs them. It is safe for concurrent use.
type Service struct {
	cfg     Config
	kinds   map[string]Kind
	lapses  *option.Spec
	manager *controller.Manager
	reel    *reel.Store
	edits   sync.Mutex // one edit at a time

	mu      sync.RWMutex // guards what follows
	running map[int64]*Camera
	broken  map[int64]fleet.Status // what could not even be built
}

// New builds a service; Start runs the cameras.
func New(cfg Config) *Service {
	if cfg.Kinds == nil {
		cfg.Kinds = Kinds()
	}
	if cfg.Zone == nil {
		cfg.Zone = time.Local
	}
	s := &Service{
		cfg: cfg, kinds: map[string]Kind{}, lapses: option.MustFor[Timelapse](), reel: reel.New(filepath.Join(cfg.Dir, StillsFolder)),
		running: map[int64]*Camera{}, broken: map[int64]fleet.Status{},
	}
	for _, k := range cfg.Kinds {
		s.kinds[k.ID] = k
	}
	s.manager = controller.NewManager(controller.Config{OnChange: cfg.Changed, Logger: cfg.Logger})
	return s
}

// Kinds is the catalogue of cameras.
func (s *Service) Kinds() []Kind { return s.cfg.Kinds }

// TimelapseSchema is the JSON Schema of what a camera keeps.
func (s *Service) TimelapseSchema() json.RawMessage { return s.lapses.Schema() }

// Start runs the enabled cameras.
func (s *Service) Start(ctx context.Context) error {
	rows, _, err := s.cfg.Store.Cameras.List(ctx, settings.Filter{})
	if err != nil {
		return fmt.Errorf("load cameras: %w", err)
	}
	for _, row := range rows {
		s.begin(ctx, row)
	}
	return nil
}

// Run lets old things go until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(restEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		if n%sweepEach == 0 {
			if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
				s.cfg.Logger.Error("stills of deleted cameras could not be removed", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			s.reel.Rest()
		}
	}
}

// Close stops all cameras at once.
func (s *Service) Close(ctx context.Context) error { return s.manager.Close(ctx) }

// sweep removes what was deleted a day ago, and stills without a camera.
func (s *Service) sweep(ctx context.Context) error {
	if _, err := s.cfg.Store.Cameras.Purge(ctx, time.Now().Add(-binFor)); err != nil {
		return err
	}
	keep := map[int64]bool{}
	rows, _, err := s.cfg.Store.Cameras.List(ctx, settings.Filter{})
	if err != nil {
		return err
	}
	binned, err := s.cfg.Store.Cameras.Deleted(ctx, time.Now().Add(time.Hour))
	if err != nil {
		return err
	}
	for _, row := range append(rows, binned...) {
		keep[row.ID] = true
	}
	return s.reel.Keep(keep)
}

// begin runs a camera as it is stored, in the place of what runs under its name. Whoever calls holds edits, or is alone.
func (s *Service) begin(ctx context.Context, row settings.Camera) {
	ref := controller.Ref(row.Ref())
	s.mu.Lock()
	delete(s.broken, row.ID)
	delete(s.running, row.ID)
	s.mu.Unlock()
	if !row.Enabled {
		s.halt(ctx, ref)
		return
	}
	c, err := s.build(row)
	if err != nil {
		s.halt(ctx, ref)
		s.mu.Lock()
		s.broken[row.ID] = fleet.Status{State: controller.Failed, Since: fleet.Time(time.Now()), Error: err.Error()}
		s.mu.Unlock()
		s.cfg.Logger.Error("a camera cannot be run", "camera", row.ID, "error", err)
		return
	}
	s.mu.Lock()
	s.running[row.ID] = c
	s.mu.Unlock()
	policy := controller.Policy{InitTimeout: c.timeout + startGrace, StopTimeout: 4 * time.Second}
	if err := s.manager.Replace(ctx, ref, c, policy); err != nil {
		s.cfg.Logger.Error("a camera could not be started", "camera", row.ID, "error", err)
	}
}

func (s *Service) halt(ctx context.Context, ref controller.Ref) {
	if err := s.manager.Remove(ctx, ref); err != nil {
		s.cfg.Logger.Warn("a camera did not stop cleanly", "camera", ref, "error", err)
	}
}

// build makes the running camera of what is stored.
func (s *Service) build(row settings.Camera) (*Camera, error) {
	kind, ok := s.kinds[row.Kind]
	if !ok {
		return nil, fmt.Errorf("this program does not know the kind %q", row.Kind)
	}
	options, err := s.cfg.Store.Secrets.OpenOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return nil, fmt.Errorf("open the secrets: %w", err)
	}
	source, err := kind.Open(options, s.cfg.Host)
	if err != nil {
		return nil, err
	}
	c := &Camera{source: source, timeout: kind.Timeout, every: liveEvery}
	if len(row.Timelapse) > 0 && !bytes.Equal(row.Timelapse, []byte("null")) {
		var t Timelapse
		if err := s.lapses.Decode(row.Timelapse, &t); err != nil {
			return nil, fmt.Errorf("timelapse: %w", err)
		}
		if t.IntervalS > 0 {
			c.lapse = &lapse{camera: row.ID, t: t, reel: s.reel, room: s.cfg.Room, lit: s.cfg.Lit, zone: s.cfg.Zone}
		}
	}
	return c, nil
}

// camera is the running camera of an id. fleet.ErrNotFound, fleet.ErrNotRunning when it is disabled, or why it could not be built.
func (s *Service) camera(ctx context.Context, id int64) (*Camera, error) {
	s.mu.RLock()
	c, broken := s.running[id], s.broken[id]
	s.mu.RUnlock()
	if c != nil {
		return c, nil
	}
	if _, err := s.cfg.Store.Cameras.Get(ctx, id); err != nil {
		return nil, err
	}
	if broken.Error != "" {
		return nil, &fleet.DeviceError{Err: errors.New(broken.Error)}
	}
	return nil, fleet.ErrNotRunning
}

// Still returns a picture of a camera that is at most so old.
func (s *Service) Still(ctx context.Context, id int64, oldest time.Duration) (*Picture, error) {
	c, err := s.camera(ctx, id)
	if err != nil {
		return nil, err
	}
	p, err := c.Still(ctx, oldest)
	if errors.Is(err, ErrNotOpen) {
		if st, ok := s.manager.Status(controller.Ref(settings.Ref("camera", id))); ok && st.Error != "" {
			err = fmt.Errorf("%w: %s", ErrNotOpen, st.Error)
		}
	}
	return p, err
}

// Watch begins to watch a camera.
func (s *Service) Watch(ctx context.Context, id int64) (*Viewer, error) {
	c, err := s.camera(ctx, id)
	if err != nil {
		return nil, err
	}
	return c.Watch()
}

// Try takes one picture with options that need not be stored. of is the camera whose secrets fill in those left out; 0: none.
func (s *Service) Try(ctx context.Context, d Draft, of int64) (*Picture, error) {
	kind, ok := s.kinds[d.Kind]
	if !ok {
		return nil, unknownKind(d.Kind)
	}
	options := d.Options
	if of != 0 {
		row, err := s.cfg.Store.Cameras.Get(ctx, of)
		if err != nil {
			return nil, err
		}
		if old, err := s.opened(row, kind); err == nil && row.Kind == d.Kind {
			if options, err = secret.KeepSecrets(old, options, kind.Options.Secrets()); err != nil {
				return nil, fmt.Errorf("keep the secrets: %w", err)
			}
		}
	}
	source, err := kind.Open(options, s.cfg.Host)
	if err != nil {
		return nil, under("options", err)
	}
	jpeg, err := controller.Call(ctx, nil, kind.Timeout, source.Still)
	if err != nil {
		return nil, &fleet.DeviceError{Err: err}
	}
	p, err := newPicture(jpeg)
	if err != nil {
		return nil, &fleet.DeviceError{Err: err}
	}
	return p, nil
}

// opened is the options of a camera with open secrets.
func (s *Service) opened(row settings.Camera, kind Kind) (json.RawMessage, error) {
	options, err := s.cfg.Store.Secrets.OpenOptions(row.Options, kind.Options.Secrets())
	if errors.Is(err, secret.ErrNoKey) || errors.Is(err, secret.ErrWrongKey) || errors.Is(err, secret.ErrDamaged) {
		options, _, err = secret.RedactOptions(row.Options, kind.Options.Secrets()) // they are asked for anew
	}
	if err != nil {
		return nil, fmt.Errorf("open the secrets: %w", err)
	}
	return options, nil
}

func unknownKind(kind string) error {
	said := "is required:"
	if kind != "" {
		said = fmt.Sprintf("there is no camera kind %q:", kind)
	}
	return option.Errors{{Field: "kind", Message: said + " GET /api/v1/kinds?type=camera lists them"}}
}

// under puts field errors below a member of the request.
func under(prefix string, err error) error {
	fields, ok := errors.AsType[option.Errors](err)
	if !ok {
		return err
	}
	moved := make(option.Errors, len(fields))
	for n, f := range fields {
		moved[n] = option.FieldError{Field: strings.TrimSuffix(prefix+"."+f.Field, "."), Message: f.Message}
	}
	return moved
}
