package alert

import "hypha/internal/measure"

// OutputChannel names one channel of an output.
type OutputChannel struct {
	Output  int64
	Channel int
}

// Output is what an output channel does.
type Output struct {
	OutputChannel
	Known  bool    // false: nobody knows, for example since the start
	Active bool    // on, a duty above 0, any volume or value
	Level  float64 // 1 or 0 for on and off, else duty in %, volume in ml, or the value
	Fault  string  // why the device did not take its command; "": it did
}

// Controller is the state of a running input, output or function.
type Controller struct {
	Ref   string // "input/3"
	State string // "degraded", "backing_off", "failed", "running", ...
	Error string
}

// Event is an entry of the journal.
type Event struct {
	Type, Source, Message string
}

// Watch says what a rule must be told.
type Watch struct {
	Channels    []measure.ChannelID
	Outputs     []OutputChannel
	Functions   []int64 // whose set-points
	Controllers bool
	Events      bool
}

// Names gives the words for what rules talk about.
type Names interface {
	Value(ch measure.ChannelID, v float64) string // "31.2 °C"
	Rate(ch measure.ChannelID, perMinute float64) string
	Channel(ch measure.ChannelID) string // "Air temperature"
	Output(o OutputChannel) string       // "Heater"
}

// Evidence is why a rule is in its state.
type Evidence struct {
	Text  string   // for people: "Air temperature is 31.2 °C, above 30 °C"
	Value *float64 // what was judged, if it is one number
}

// condition judges one rule. Beside this it has methods for what it must be told: see the takers.
type condition interface {
	verdict(now instant) verdict
	evidence(n Names) Evidence
}

// The takers return whether what they are told was accepted, that is, counts against silence; an output's state never does.
type (
	readingTaker interface {
		reading(now instant, ch measure.ChannelID, v float64) bool
	}
	outputTaker interface {
		output(now instant, o Output)
	}
	setpointTaker interface {
		setpoint(now instant, function int64, v float64, known bool) bool
	}
	controllerTaker interface {
		controller(now instant, c Controller) bool
	}
	eventTaker interface {
		event(now instant, e Event) bool
	}
)
