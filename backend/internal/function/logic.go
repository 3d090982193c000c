package function

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hypha/internal/measure"
	"hypha/internal/output"
)

// Logic is what a kind does. Calls to one Logic never overlap.
type Logic interface {
	// Step acts on what has happened. It returns when it wants to be called next whatever happens (zero: only when
	// something happens or its period comes).
	//
	// A [*Trouble] says that the function cannot do its work at present and why; it goes on, is shown as degraded, and
	// its claims on outputs are up to it. Any other error, like a panic, is a crash: its claims on outputs are released,
	// and it is opened anew after a wait.
	Step(ctx context.Context, m Moment) (next time.Time, err error)
}

// Stater is a Logic that has something to show: its terms, its mode. The value becomes JSON.
type Stater interface{ State() any }

// Aimer is a Logic that holds a set-point; ok is false when it has none at present.
type Aimer interface {
	Aim() (setpoint float64, ok bool)
}

// Adjuster is a Logic of which something can be changed without opening it anew, as PATCH /functions/{id}/pid does.
// Adjust gets the fields to change and returns the options that are to be stored in the place of these (nil: none). Its
// errors are option.Errors.
type Adjuster interface {
	Adjust(ctx context.Context, now time.Time, change json.RawMessage) (options json.RawMessage, err error)
}

// Commander is a Logic that takes orders of its kind, such as to begin an experiment. The answer becomes JSON.
type Commander interface {
	Command(ctx context.Context, now time.Time, order string, args json.RawMessage) (answer any, err error)
}

// Waker is a Commander that may want a step, a Tick, right after an order. Wake says so, once for each order.
type Waker interface{ Wake() bool }

// Ender is a Logic that leaves something to be done when it is stopped. Its claims on outputs are released afterwards.
type Ender interface{ End(ctx context.Context) }

// Changed is an answer of a Commander whose order has changed its options: they are to be stored.
type Changed struct {
	Options json.RawMessage
	Answer  any
}

// ErrUnknownOrder says that a Commander does not know an order.
var ErrUnknownOrder = errors.New("this kind of function does not know that")

// Why is the reason for a step.
type Why int

// The reasons.
const (
	Start   Why = iota // the first step after Open
	Tick               // the period, or the time asked for
	Arrival            // a reading of a watched channel
	Event              // something it listens to
)

// Moment is one step's reason.
type Moment struct {
	Now     time.Time // carries the monotonic clock when it is real
	Why     Why
	Reading measure.Reading // of an Arrival: the newest that made the step due
	Event   Happening       // of an Event
}

// Happening is an event as functions see it.
type Happening struct {
	Type, Source, Message string
	Data                  json.RawMessage
	At                    time.Time
}

// Trouble says why a function cannot do its work at present.
type Trouble struct{ Reason string }

func (t *Trouble) Error() string { return t.Reason }

// Measurement is the live value of a channel as control may see it.
type Measurement struct {
	V   float64
	T   time.Time // when it was true, by the wall clock
	Age time.Duration
	Q   measure.Quality // stale when the channel is silent
	Has bool            // there was a reading
}

// Usable tells whether control may act on the value: it is there, good or substituted, and no older than maxAge (0: as
// the channel's own expected interval says, which Q already does).
func (m Measurement) Usable(maxAge time.Duration) bool {
	return m.Has && m.Q.Usable() && (maxAge <= 0 || m.Age <= maxAge)
}

// Link is one cause in the chain that leads to a command: a reading, a function, a rule, a limit, a person.
type Link = output.Link

// Command is what a function wants of an output channel, with its reasons.
type Command struct {
	output.Command
	Reason   string // for people, in one sentence
	Chain    []Link // the causes, the first one first
	Priority int    // among functions: the higher wins
	Safety   bool   // ranks above every other function
	// Anew: it is given once and not renewed, so among equals it takes the newest place.
	Anew bool
}

// Driven is what became of a command.
type Driven struct {
	// Outranked: somebody of higher rank drives the channel; the command is remembered as long as its lease.
	Outranked bool
	By        string       // who drives the channel now
	Level     output.Level // what the channel really does
}

// Value is one value of a channel of the function itself.
type Value struct {
	Index int
	V     float64
	Q     measure.Quality
}

// Env is the world as a function sees it. It is safe for concurrent use.
type Env interface {
	// Ref names the function ("function/2"), Name is what people call it.
	Ref() string
	Name() string
	// Place is where the sun rises and sets; ok is false when latitude and longitude are not configured. The zone is
	// always there.
	Place() (p Place, ok bool)
	// Latest is the live value of a channel.
	Latest(id measure.ChannelID) Measurement
	// Lookup tells quantity, unit and name of channels.
	Lookup() Lookup
	// SetpointOf is the value of a stored method at a time. A method with a beginning begins when the function first asks for
	// it, over restarts of the program too, and anew when the function is enabled again, or by BeginMethod. ended is true when it has run
	// out; an error says that there is no such method or that it has no value now.
	SetpointOf(method int64, now time.Time) (v float64, ended bool, err error)
	BeginMethod(method int64, now time.Time)
	// Aggregate sums up the usable readings of a channel over the last so long.
	Aggregate(ctx context.Context, id measure.ChannelID, over time.Duration) (Aggregate, error)
	// Drive commands a channel of an output in the function's own name.
	Drive(ctx context.Context, t Target, c Command) (Driven, error)
	// TypeOf is the type of a channel of an output; "" when there is none.
	TypeOf(t Target) output.ChannelType
	// Actual is what a channel of an output does, by what it was told last; ok is false while nothing is known.
	Actual(t Target) (l output.Level, ok bool)
	// StateOf is the state of an input, output or function ("input/3"), as its status shows it; inactive when nothing runs
	// under that name.
	StateOf(ref string) string
	// Release gives up what the function claims of a channel.
	Release(t Target, reason string)
	// Lead gives the set-point of another PID for a while, and learns whether that can follow.
	Lead(ctx context.Context, id int64, setpoint float64, lease time.Duration) (LeadAnswer, error)
	// Emit publishes values of the function's own channels.
	Emit(ctx context.Context, at time.Time, values ...Value)
	// Say adds an entry to the journal: kind is function, alert or note.
	Say(kind, message string, data any)
	// Save keeps a value over restarts, Load reads it; found is false when there is none.
	Save(ctx context.Context, value any) error
	Load(ctx context.Context, into any) (found bool, err error)
	// Do carries out an order on other parts of the program, for actions and scripts.
	Do(ctx context.Context, order Order) error
	// Find returns the number of a channel, an output or a function that is called by its name; ok is false when there is
	// none, or more than one.
	Find(what, name string) (id int64, ok bool)
}

// Aggregate is what the usable readings of a range come to; of nothing when Count is 0.
type Aggregate struct {
	Count               int64
	Mean, Sum, Min, Max float64
	Last                float64
	LastAt              time.Time
}

// Place is a place on earth, with its time zone.
type Place struct {
	Latitude, Longitude float64 // degrees, north and east positive
	Zone                *time.Location
}

// LeadAnswer is what an inner loop tells the outer one.
type LeadAnswer struct {
	DrivenBy               string `json:"driven_by"`  // who drives the inner output instead of the loop
	BlockedUp, BlockedDown bool   `json:",omitempty"` // it cannot raise, or lower, its measurement any further
}

// Order is something that a function asks of the rest of the program.
type Order struct {
	What string // set_point, adjust, order, enable, disable, notify, note, webhook, mqtt, command, script, read, clear_total, backup
	Ref  string // "function/2", "input/3"
	Args map[string]any
}
