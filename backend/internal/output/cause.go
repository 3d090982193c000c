package output

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Rank orders who may drive a channel. Above all ranks is the stop of everything.
type Rank int

// The ranks, lowest first.
const (
	FunctionRank Rank = iota // a function; among functions the priority decides
	SafetyRank               // a guard: an alert that stops, a runaway check
	OverrideRank             // a person, or a program in a person's place
)

// String is the rank as people read it.
func (r Rank) String() string {
	switch r {
	case FunctionRank:
		return "function"
	case SafetyRank:
		return "safety"
	case OverrideRank:
		return "override"
	}
	return fmt.Sprintf("rank %d", int(r))
}

// MarshalText writes "function", "safety" or "override".
func (r Rank) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *Rank) UnmarshalText(text []byte) error {
	for _, one := range []Rank{FunctionRank, SafetyRank, OverrideRank} {
		if one.String() == string(text) {
			*r = one
			return nil
		}
	}
	return fmt.Errorf("%q is no rank", text)
}

// Link is one step of the way that led to a command.
type Link struct {
	What  string    `json:"what"`           // reading, function, rule, limit, person, timer, stop, trigger or alert
	Ref   string    `json:"ref,omitempty"`  // of what: "channel/17", "function/2"
	Text  string    `json:"text,omitempty"` // for people
	T     time.Time `json:"t,omitzero"`     // when
	Value *float64  `json:"value,omitempty"`
} //	@name	CauseLink

// MarshalJSON writes the time to the millisecond, in UTC, as the API does.
func (l Link) MarshalJSON() ([]byte, error) {
	type plain Link
	if !l.T.IsZero() {
		l.T = l.T.UTC().Truncate(time.Millisecond)
	}
	return json.Marshal(plain(l))
}

// Cause says who commands and why.
type Cause struct {
	By       string    `json:"by"` // "user:maya", "function/2"
	Reason   string    `json:"reason,omitempty"`
	Rank     Rank      `json:"rank" swaggertype:"string" enums:"function,safety,override"`
	Priority int       `json:"priority,omitempty"` // among functions: the higher wins
	Until    time.Time `json:"-"`                  // when the claim ends whatever is renewed; zero: as the command says
	Chain    []Link    `json:"chain,omitempty"`    // what led to it, the first cause first
	// Anew: the command is given once and not renewed, so among equals it takes the newest place, whatever its driver said before.
	Anew bool `json:"-"`
}

// ErrOutranked says that somebody of higher rank drives the channel. The error itself is an *OutrankedError.
var ErrOutranked = errors.New("somebody of higher rank drives the channel")

// OutrankedError says who drives the channel instead, and until when. The command is remembered as long as it holds, and
// executed when its turn comes.
type OutrankedError struct {
	By     string
	Reason string
	Rank   Rank
	Until  time.Time // zero: no end is known
}

func (e *OutrankedError) Error() string {
	until := ""
	if !e.Until.IsZero() {
		until = " until " + e.Until.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("%s drives the channel%s (%s)", e.By, until, e.Rank)
}

// Unwrap makes it an ErrOutranked.
func (e *OutrankedError) Unwrap() error { return ErrOutranked }
