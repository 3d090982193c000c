package fleet

import (
	"encoding/json"
	"time"

	"hypha/internal/controller"
	"hypha/internal/input"
	"hypha/internal/limp"
	"hypha/internal/measure"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// Time is written as RFC 3339 in UTC with milliseconds.
type Time time.Time

const timeFormat = "2006-01-02T15:04:05.000Z07:00"

// MarshalJSON writes the time.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + time.Time(t).UTC().Format(timeFormat) + `"`), nil
}

// FromMillis is the time of ms since the epoch.
func FromMillis(ms int64) Time { return Time(time.UnixMilli(ms)) }

func timeOf(t *time.Time) *Time {
	if t == nil || t.IsZero() {
		return nil
	}
	v := Time(*t)
	return &v
}

// Status is the state of a controller with the figures of its input, if it is one.
type Status struct {
	State     controller.State `json:"state" enums:"inactive,initializing,running,degraded,backing_off,stopping,stopped,failed"`
	Since     Time             `json:"since" swaggertype:"string" format:"date-time"`
	Attempt   int              `json:"attempt"`                                                           // tries in the present series
	NextTryAt *Time            `json:"next_try_at,omitempty" swaggertype:"string" format:"date-time"`     // while backing off
	Error     string           `json:"error,omitempty"`                                                   // why it is degraded, backing off or failed
	LastError string           `json:"last_error,omitempty"`                                              // of the last failed read, while it lasts
	LastAt    *Time            `json:"last_reading_at,omitempty" swaggertype:"string" format:"date-time"` // of the newest reading since the start
	Lateness  float64          `json:"lateness_ms"`                                                       // how late the last read began
	LateMax   float64          `json:"late_max_ms"`                                                       // the worst since the start
	Skipped   uint64           `json:"skipped"`                                                           // beats lost to reads that overran
	Reads     uint64           `json:"reads"`                                                             // successful reads since the start
	Failures  uint64           `json:"failures"`                                                          // failed reads since the start
	Rejected  uint64           `json:"rejected"`                                                          // values refused by range or filter
	Rejects   map[string]int64 `json:"rejects,omitempty"`                                                 // the same by check
	Abandoned uint64           `json:"abandoned_calls"`                                                   // calls that ignored their time-out
	Restarts  int              `json:"restarts"`                                                          // since the start of the program
}

// ControllerStatus is a controller's status as the feed tells it.
type ControllerStatus struct {
	Ref    string `json:"ref"` // "input/3"
	Status Status `json:"status"`
}

// OutputState is the state of an output channel as the feed tells it.
type OutputState struct {
	ID int64 `json:"id"`
	ChannelState
}

// ChannelState is what an output channel was last told.
type ChannelState struct {
	Index int `json:"index"`
	output.Level
	Since      *Time  `json:"since" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	EndsAt     *Time  `json:"ends_at,omitempty" swaggertype:"string" format:"date-time"`
	By         string `json:"by"`
	LeaseUntil *Time  `json:"lease_until,omitempty" swaggertype:"string" format:"date-time"`
	Reason     string `json:"reason,omitempty"`
	Assumed    bool   `json:"assumed,omitempty"` // last known, not confirmed since the start
	Error      string `json:"error,omitempty"`   // the device did not take it
	// Driver is whose claim is executed; null while nobody claims the channel.
	Driver *ClaimView `json:"driver,omitempty"`
	// Waiting are the claims that come after it, the next first.
	Waiting []ClaimView `json:"waiting,omitempty"`
	// Fault keeps the channel safe until somebody acknowledges it.
	Fault *FaultView `json:"fault,omitempty"`
}

// FaultView is what the feedback of an output channel has shown.
type FaultView struct {
	Kind  string `json:"kind" enums:"no_effect,stuck_on"`
	Text  string `json:"text"`
	Since Time   `json:"since" swaggertype:"string" format:"date-time"`
} //	@name	OutputFault

// Counters are what an output channel has run since counting began.
type Counters struct {
	Since    Time      `json:"since" swaggertype:"string" format:"date-time"`
	OnS      float64   `json:"on_s"` // seconds on
	Cycles   int64     `json:"cycles"`
	EnergyWh float64   `json:"energy_wh"` // of the channel's power_w
	VolumeML float64   `json:"volume_ml"`
	Service  Service   `json:"service"`
	Learned  []Learned `json:"learned,omitempty"` // by hour of the day; what limp mode would deliver, before its caps
} //	@name	OutputCounters

// Service is since when and how much a channel has run since it was serviced.
type Service struct {
	Due    bool    `json:"due"`
	At     *Time   `json:"at,omitempty" swaggertype:"string" format:"date-time"` // absent: never
	OnS    float64 `json:"on_s"`
	Cycles int64   `json:"cycles"`
} //	@name	OutputService

// Learned is the usual duty of one hour of the day.
type Learned struct {
	Duty float64 `json:"duty"` // percent
	Days int     `json:"days"` // it was learned from
} //	@name	LearnedHour

// ClaimView is what a driver asks of an output channel.
type ClaimView struct {
	By     string `json:"by"`
	Reason string `json:"reason,omitempty"`
	Rank   string `json:"rank" enums:"function,safety,override"`
	Until  *Time  `json:"until,omitempty" swaggertype:"string" format:"date-time"` // unless it is renewed
	// Chain is what led to it, the first cause first.
	Chain []output.Link `json:"chain,omitempty"`
	output.Level
} //	@name	OutputClaim

// Event is one entry of the journal.
type Event struct {
	ID      int64           `json:"id"`
	T       Time            `json:"t" swaggertype:"string" format:"date-time"`
	Type    string          `json:"type"` // controller, output, audit, alert, notification, system or auth
	Source  string          `json:"source"`
	User    string          `json:"user,omitempty"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data" swaggertype:"object"`
}

// Input is a configured input with its state.
type Input struct {
	settings.Input
	Options    json.RawMessage // without secrets
	SecretsSet []string        // paths of the secrets that are set
	Status     Status
	Channels   []settings.Channel
}

// Output is a configured output with its state.
type Output struct {
	settings.Output
	Options    json.RawMessage // without secrets
	SecretsSet []string
	Status     Status
	States     []ChannelState // by channel
	Guards     []output.Guard // by channel
	Counters   []*Counters    // by channel; nil while it does not run
}

// Channel is a channel with its newest reading.
type Channel struct {
	settings.Channel
	OwnerName string
	Zone      *int64
	Decimals  int
	Last      *LastReading
	Stale     bool // silent for longer than its expected interval; also when it never answered
}

// LastReading is the newest reading of a channel.
type LastReading struct {
	T Time            `json:"t" swaggertype:"string" format:"date-time"`
	V float64         `json:"v"`
	Q measure.Quality `json:"quality" swaggertype:"string" enums:"good,stale,out_of_range,rejected,substituted,calibrating"`
}

func viewState(s output.State) ChannelState {
	v := ChannelState{
		Index: s.Index, Level: s.Level, EndsAt: timeOf(s.EndsAt), By: s.By, LeaseUntil: timeOf(s.LeaseUntil),
		Reason: s.Reason, Assumed: s.Assumed, Error: s.Error,
	}
	if !s.Since.IsZero() {
		v.Since = timeOf(&s.Since)
	}
	if s.Fault != nil {
		v.Fault = &FaultView{Kind: s.Fault.Kind, Text: s.Fault.Text, Since: Time(s.Fault.Since)}
	}
	if s.Driver != nil {
		v.Driver = new(viewClaim(*s.Driver))
	}
	for _, c := range s.Waiting {
		v.Waiting = append(v.Waiting, viewClaim(c))
	}
	return v
}

func viewCounters(t output.Tally, due bool) *Counters {
	c := &Counters{
		Since: Time(t.Since), OnS: t.OnS, Cycles: t.Cycles, EnergyWh: t.EnergyWh, VolumeML: t.VolumeML,
		Service: Service{Due: due, At: timeOf(t.ServicedAt), OnS: t.OnS - t.ServicedOnS, Cycles: t.Cycles - t.ServicedCycles},
	}
	if t.Learned != (limp.Learned{}) {
		for _, h := range t.Learned.Hours {
			c.Learned = append(c.Learned, Learned{Duty: h.Duty, Days: h.Days})
		}
	}
	return c
}

func viewClaim(c output.Claim) ClaimView {
	return ClaimView{By: c.By, Reason: c.Reason, Rank: c.Rank.String(), Until: timeOf(&c.Until), Chain: c.Chain, Level: c.Level}
}

func viewStatus(s controller.Status) Status {
	return Status{
		State: s.State, Since: Time(s.Since), Attempt: s.Attempt, NextTryAt: timeOf(s.NextTryAt), Error: s.Error,
		Abandoned: s.AbandonedCalls, Restarts: s.Restarts,
	}
}

func (s *Status) addStats(st input.Stats) {
	s.LastAt = timeOf(&st.LastReadingAt)
	s.Lateness = float64(st.Lateness) / float64(time.Millisecond)
	s.LateMax = float64(st.MaxLateness) / float64(time.Millisecond)
	s.Skipped, s.Reads, s.Failures = st.Skipped, st.Reads, st.Failures
	s.LastError = st.LastError
	for name, n := range st.Rejects {
		if n == 0 {
			continue
		}
		if s.Rejects == nil {
			s.Rejects = map[string]int64{}
		}
		s.Rejects[name] = int64(n)
		s.Rejected += n
	}
}

func viewEvent(e settings.Event) Event {
	data := e.Data
	if len(data) == 0 {
		data = json.RawMessage("{}")
	}
	return Event{ID: e.ID, T: FromMillis(e.T), Type: e.Type, Source: e.Source, User: e.User, Message: e.Message, Data: data}
}
