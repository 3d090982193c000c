package output

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/controller"
	"hypha/internal/host"
	"hypha/internal/option"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errNoAnswer = errors.New("no answer")
	errDiskFull = errors.New("disk full")
)

type noOptions struct{}

// rig is a fake device and a fake memory that share one diary, so that a test can say what came first.
type rig struct {
	mu       sync.Mutex
	diary    []string      // "save 0 on", "write 0 on", "close"
	levels   map[int]Level // what the device does, as far as it has taken it
	kept     map[int]State // what the memory has
	doses    []Dose
	tallies  map[int]Tally
	tallied  int // how often they were saved
	alerts   []Alert
	helps    []string // what the backup was told
	readings map[int64]float64
	told     []State // Changed
	saving   error   // what Save answers
	loading  error
	opening  error
	refuses  map[int]error // what Write answers, by channel

	// hangs makes Write ignore its context until it is closed.
	hangs   chan struct{}
	slow    map[int]time.Duration // a Write takes so long, by channel, and honours its context
	latched atomic.Bool
	ending  atomic.Bool
	panel   *Panel
	ref     string       // "": output/1
	rate    float64      // ml a second; 0: doses take no time
	in      atomic.Int32 // Writes under way
	overlap atomic.Bool
}

func newRig() *rig {
	return &rig{levels: map[int]Level{}, kept: map[int]State{}, refuses: map[int]error{}, tallies: map[int]Tally{}, readings: map[int64]float64{}}
}

func (r *rig) Write(ctx context.Context, n int, l Level) error {
	if r.in.Add(1) > 1 {
		r.overlap.Store(true)
	}
	defer r.in.Add(-1)
	r.mu.Lock()
	hangs, slow := r.hangs, r.slow[n]
	r.mu.Unlock()
	if hangs != nil {
		<-hangs
	}
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refuses[n]; err != nil {
		r.diary = append(r.diary, fmt.Sprintf("refuse %d %s", n, l))
		return err
	}
	r.diary = append(r.diary, fmt.Sprintf("write %d %s", n, l))
	r.levels[n] = l
	return nil
}

func (r *rig) DoseTime(_ int, ml float64) time.Duration {
	if r.rate == 0 {
		return 0
	}
	return seconds(ml / r.rate)
}

// reading is always fresh.
func (r *rig) reading(channel int64) (float64, time.Time, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.readings[channel]
	return v, time.Now(), ok
}

func (r *rig) help(s Step, l *Level, cause Cause) {
	r.mu.Lock()
	defer r.mu.Unlock()
	what := "let go"
	if l != nil {
		what = l.String()
	}
	r.helps = append(r.helps, fmt.Sprintf("output/%d %d %s for %s", s.Output, s.Channel, what, cause.By))
}

func (r *rig) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.diary = append(r.diary, "close")
	return nil
}

func (r *rig) Save(_ context.Context, s State) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.saving != nil {
		return r.saving
	}
	r.diary = append(r.diary, fmt.Sprintf("save %d %s", s.Index, s.Level))
	r.kept[s.Index] = s
	return nil
}

func (r *rig) Load(context.Context) ([]State, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []State
	for _, s := range r.kept {
		all = append(all, s)
	}
	return all, r.loading
}

func (r *rig) level(n int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.levels[n].String()
}

// entries are the diary's lines that contain one of the words.
func (r *rig) entries(words ...string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.diary), func(line string) bool {
		return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(line, w) })
	})
}

// set changes what the device or the memory does.
func (r *rig) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

// output makes an Output of the rig with the given channels, whose names follow from their place.
func (r *rig) output(t *testing.T, lanes *controller.Lanes, channels ...ChannelConfig) *Output {
	t.Helper()
	return r.outputOf(r, lanes, channels)
}

// outputOf makes an Output of another device with the memory of the rig.
func (r *rig) outputOf(device Writer, lanes *controller.Lanes, channels []ChannelConfig) *Output {
	declared := make([]Channel, len(channels))
	for n := range channels {
		if channels[n].Name == "" {
			channels[n].Name = fmt.Sprintf("channel %d", n)
		}
		declared[n] = Channel{Name: channels[n].Name, Type: channels[n].Type}
	}
	kind := Define(Spec[noOptions]{
		ID: "fake", Timeout: 2 * time.Second, Channels: declared,
		Open: func(context.Context, noOptions, host.Host) (Writer, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			return device, r.opening
		},
	})
	bound, err := kind.Bind([]byte(`{}`))
	if err != nil {
		panic(err) // it has no options that could be wrong
	}
	return New(Config{
		Device: bound, Ref: cmp.Or(r.ref, "output/1"), Channels: channels, Lanes: lanes, Memory: r, Latched: r.latched.Load,
		Panel: r.panel, Ending: r.ending.Load,
		Alert:   func(_ int, a Alert) { r.mu.Lock(); r.alerts = append(r.alerts, a); r.mu.Unlock() },
		Reading: r.reading, Backup: r.help,
		Name:    cmp.Or(r.ref, "output/1"),
		Changed: func(s State) { r.mu.Lock(); r.told = append(r.told, s); r.mu.Unlock() },
	})
}

// running is an output between Initialize and Stop.
type running struct {
	*Output
	report *reporter
	end    context.CancelFunc
	ended  chan error
}

// run initializes an output and runs it; the test ends it with stop or crash.
func (r *rig) run(t *testing.T, channels ...ChannelConfig) *running {
	t.Helper()
	o := r.output(t, controller.NewLanes(), channels...)
	if err := o.Initialize(t.Context()); err != nil {
		t.Fatalf("Initialize: %v", err)
	}
	return begin(t, o)
}

func begin(t *testing.T, o *Output) *running {
	t.Helper()
	report := &reporter{}
	ctx, cancel := context.WithCancel(controller.NewContext(t.Context(), report))
	u := &running{Output: o, report: report, end: cancel, ended: make(chan error, 1)}
	go func() { u.ended <- o.Run(ctx) }()
	t.Cleanup(cancel)
	return u
}

// crash ends Run without Stop, as kill -9 does.
func (u *running) crash() {
	u.end()
	<-u.ended //nolint:errcheck // a crash has no last word
}

func (u *running) stop(t *testing.T) error {
	t.Helper()
	u.crash()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 5*time.Second)
	defer cancel()
	return u.Stop(ctx)
}

func (u *running) drive(t *testing.T, n int, c Command) State {
	t.Helper()
	s, err := u.Drive(t.Context(), n, c, maya())
	if err != nil {
		t.Fatalf("drive channel %d to %s: %v", n, c.Level, err)
	}
	return s
}

// maya is a person; pid a function that renews its claim.
func maya() Cause { return Cause{By: "user:maya", Rank: OverrideRank} }

func on() Level              { return Level{On: new(true)} }
func off() Level             { return Level{On: new(false)} }
func duty(v float64) Level   { return Level{Duty: &v} }
func value(v float64) Level  { return Level{Value: &v} }
func volume(v float64) Level { return Level{VolumeML: &v} }
func keep() *Resting         { return &Resting{Keep: true} }
func rest(l Level) *Resting  { return &Resting{Level: l} }
func cmd(l Level) Command    { return Command{Level: l} }
func heater() ChannelConfig  { return ChannelConfig{Type: OnOff} }

// wantField fails unless err is an option.Errors whose only fault is of that field.
func wantField(t *testing.T, err error, field string) {
	t.Helper()
	var errs option.Errors
	if !errors.As(err, &errs) || len(errs) != 1 || errs[0].Field != field {
		t.Errorf("error %v, want one of field %q", err, field)
	}
}

func wantLevel(t *testing.T, r *rig, n int, want Level, when string) {
	t.Helper()
	if got := r.level(n); got != want.String() {
		t.Errorf("%s: the device does %s, want %s", when, got, want)
	}
}

// later lets virtual time pass, and what is due then happen.
func later(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}
