package script

import (
	"context"
	"encoding/json"
	"time"

	"hypha/internal/output"
)

// World is what a script sees. It is read only.
type World interface {
	// Now is the time of the run, in the zone of the place.
	Now() time.Time
	// Find returns the number of a channel, input, output or function by its name; ok is false when there is none, or more
	// than one.
	Find(what, name string) (id int64, ok bool)
	// Channel is the live value of a channel; the error says that there is no such channel, or why it cannot be known.
	Channel(ctx context.Context, id int64) (Reading, error)
	// Past sums up the usable readings of a channel over the last so long.
	Past(ctx context.Context, id int64, over time.Duration) (Past, error)
	// Output is a channel of an output; ok is false when there is none, or it does not run.
	Output(id int64, channel int) (o Output, ok bool)
	// Sun is that of the day of the time given; the error says why it is not known.
	Sun(t time.Time) (Sun, error)
}

// Reading is the live value of a channel.
type Reading struct {
	Name, Unit string
	Value      float64
	At         time.Time
	Age        time.Duration
	Quality    string
	Has        bool // there is a reading at all
	Usable     bool // it may be acted on: good or substituted, and its channel is not silent
}

// Past is what the usable readings of a range come to; of nothing when Count is 0.
type Past struct {
	Count               int64
	Mean, Sum, Min, Max float64
}

// Output is what a channel of an output does.
type Output struct {
	Name  string
	Type  output.ChannelType
	Level output.Level
	Known bool // it has been told something
}

// Sun is one day's. Rise and Set are zero on days without.
type Sun struct {
	Rise, Set time.Time
	Up        bool // it is above the horizon at the time asked for
}

// Limits bound one run. Zero values stand for those of [DefaultLimits].
type Limits struct {
	Steps  uint64        // of the interpreter; looking through 64 bytes counts as one
	Time   time.Duration // on the clock, with all that the World needs to answer
	Memory int64         // bytes asked for in all, see package guard
}

// DefaultLimits suit a script that runs each second on a small board.
func DefaultLimits() Limits { return Limits{Steps: 200_000, Time: time.Second, Memory: 16 << 20} }

// State is what a script keeps from run to run. It is JSON to keep.
type State struct {
	Vars  json.RawMessage    `json:"vars,omitempty"`  // the script's own: state
	Times map[string][]int64 `json:"times,omitempty"` // ms: when limited commands were given, and until when they last
	Told  map[string]int64   `json:"told,omitempty"`  // ms: what is being told of, and when it was told last
}

// MaxState is how many bytes of JSON the variables of a state may have.
const MaxState = 64 << 10

// Action is something that a script wants done.
type Action struct {
	What string `json:"what"` // set_output, set_point, adjust, enable, disable, notify, note
	Line int    `json:"line"`
	// Of set_output.
	Output    int64         `json:"output,omitempty"`
	Channel   int           `json:"channel,omitempty"`
	Level     *output.Level `json:"level,omitempty"`
	DurationS float64       `json:"duration_s,omitempty"`
	LeaseS    float64       `json:"lease_s,omitempty"` // 0: that of the function
	Priority  int           `json:"priority,omitempty"`
	// Ref is the part of the program that an order is for: "function/2".
	Ref  string         `json:"ref,omitempty"`
	Args map[string]any `json:"args,omitempty"`
	// Held says why it is not done after all; "" when it is.
	Held string `json:"held,omitempty"`
	// Text says it in words.
	Text string `json:"text"`
} //	@name	ScriptAction

// Read is a value that a script asked for.
type Read struct {
	What    string   `json:"what"` // value, mean, age ...
	Line    int      `json:"line"`
	Channel int64    `json:"channel,omitempty"`
	Name    string   `json:"name"`
	Unit    string   `json:"unit,omitempty"`
	OverS   float64  `json:"over_s,omitempty"`
	Value   *float64 `json:"value" extensions:"x-nullable"` // null: the script got None
	Why     string   `json:"why,omitempty"`                 // why it did
	At      int64    `json:"at,omitempty"`                  // ms: when the live value was true
	Quality string   `json:"quality,omitempty"`             // of the live value
} //	@name	ScriptRead

// Log is a line that a script wrote.
type Log struct {
	Line int    `json:"line"`
	Text string `json:"text"`
} //	@name	ScriptLog

// Value is a result of a script that yields channels.
type Value struct {
	Index int     `json:"index"`
	Value float64 `json:"value"`
} //	@name	ScriptResult

// Result is what came of a run. Reads and Logs are there after a failure too; nothing else is to be used then.
type Result struct {
	Actions []Action
	Reads   []Read
	Logs    []Log
	Values  []Value
	State   State
	Steps   uint64
	Memory  int64 // bytes
}
