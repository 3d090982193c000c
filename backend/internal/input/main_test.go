package input

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/controller"
	"hypha/internal/host"
	"hypha/internal/measure"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errNoAnswer = errors.New("no answer")

type noOptions struct{}

// device is a fake device and its Reader. read is called with the count of reads so far; nil yields the count.
type device struct {
	mu       sync.Mutex
	values   int // per read; 0 = 1
	read     func(ctx context.Context, n int) ([]float64, error)
	opening  error
	reads    int
	began    []time.Time
	opened   int
	closed   int
	inFlight int
	overlap  bool
}

func (d *device) open(context.Context, noOptions, host.Host) (Reader, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.opening != nil {
		return nil, d.opening
	}
	d.opened++
	return d, nil
}

func (d *device) Read(ctx context.Context) ([]float64, error) {
	d.mu.Lock()
	n, read := d.reads, d.read
	d.reads++
	d.began = append(d.began, time.Now())
	d.inFlight++
	d.overlap = d.overlap || d.inFlight > 1
	d.mu.Unlock()
	defer func() { d.mu.Lock(); d.inFlight--; d.mu.Unlock() }()
	if read != nil {
		return read(ctx, n)
	}
	return slices.Repeat([]float64{float64(n)}, max(d.values, 1)), nil
}

func (d *device) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed++
	return nil
}

// do changes what the device does.
func (d *device) do(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

// takes is a read that lasts so long whatever its context says.
func takes(d time.Duration) func(context.Context, int) ([]float64, error) {
	return func(_ context.Context, n int) ([]float64, error) {
		<-time.After(d)
		return []float64{float64(n)}, nil
	}
}

// sink keeps what it is given.
type sink struct {
	mu      sync.Mutex
	got     []measure.Reading
	at      []time.Time // when each batch came
	skipped int
	block   chan struct{} // Accept waits until it is closed or its context ends
}

func (s *sink) Accept(ctx context.Context, batch []measure.Reading) {
	s.mu.Lock()
	block := s.block
	s.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-ctx.Done():
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, batch...)
	s.at = append(s.at, time.Now())
}

func (s *sink) Beat(_ time.Duration, skipped int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skipped += skipped
}

// of returns the readings of a channel, or of all for 0.
func (s *sink) of(id measure.ChannelID) []measure.Reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.got), func(r measure.Reading) bool { return id != 0 && r.Channel != id })
}

// kindOf makes a kind of a fake device with n channels.
func kindOf(d *device, n int, period time.Duration) Kind {
	return Define(Spec[noOptions]{ID: "fake", Period: period, Timeout: time.Second, Channels: channels(n), Open: d.open})
}

func channels(n int) []Channel {
	all := make([]Channel, n)
	for k := range all {
		all[k] = Channel{Name: string(rune('a' + k)), Quantity: measure.Temperature, Unit: measure.Celsius}
	}
	return all
}

// newInput makes an input of a kind; its channels have the ids 1, 2, ...
func newInput(tb testing.TB, k Kind, s Sink, change ...func(*Config)) *Input {
	tb.Helper()
	dev, err := k.Bind([]byte(`{}`))
	if err != nil {
		tb.Fatal(err)
	}
	cfg := Config{Device: dev, Sink: s, Lanes: controller.NewLanes()}
	for n, ch := range k.Channels {
		cfg.Channels = append(cfg.Channels, ChannelConfig{ID: measure.ChannelID(n + 1), Name: ch.Name})
	}
	for _, c := range change {
		c(&cfg)
	}
	in, err := New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return in
}

// reporter hears what a running input says of itself.
type reporter struct {
	mu        sync.Mutex
	now       string
	log       []string
	abandoned int
}

func (r *reporter) Degraded(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == "" {
		r.log = append(r.log, "degraded")
	}
	r.now = why
}

func (r *reporter) Recovered() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now != "" {
		r.log = append(r.log, "recovered")
	}
	r.now = ""
}

func (r *reporter) Abandoned() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.abandoned++
}

func (r *reporter) said() (string, []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now, slices.Clone(r.log)
}

// running is an input between Initialize and Stop.
type running struct {
	*Input
	report *reporter
	end    context.CancelFunc
	ended  chan error
}

func start(t *testing.T, in *Input) *running {
	t.Helper()
	if err := in.Initialize(t.Context()); err != nil {
		t.Fatalf("Initialize: %v", err)
	}
	report := &reporter{}
	ctx, cancel := context.WithCancel(controller.NewContext(t.Context(), report))
	u := &running{Input: in, report: report, end: cancel, ended: make(chan error, 1)}
	go func() { u.ended <- in.Run(ctx) }()
	t.Cleanup(cancel)
	return u
}

func (u *running) stop(t *testing.T) {
	t.Helper()
	u.end()
	if err := <-u.ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
	if err := u.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Errorf("Stop: %v", err)
	}
	later(time.Second) // a read that does not heed its context comes to its end
}

// later lets virtual time pass, and what is due then happen.
func later(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}
