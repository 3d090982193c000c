package measure

import (
	"fmt"
	"slices"
)

// Quantity is the id of what is measured: "temperature", "humidity", "co2".
type Quantity string

// Unit is the id of a unit: "C", "percent", "uS_cm". Ids are case-sensitive ("mW" is not "MW").
type Unit string

// ChannelID is the numeric id of a channel, one measured series. Ids start at 1; zero is no channel.
type ChannelID int64

// Reading is one value of a channel at one time. It is small and free of pointers: millions of them are moved.
type Reading struct {
	Channel ChannelID
	T       int64   // milliseconds since the Unix epoch, UTC
	V       float64 // in the unit of the channel; finite
	Q       Quality
}

// Quality says how far a value can be trusted. The zero value is Good.
type Quality uint8

// The qualities. Their numbers are stored in the history: append, never renumber.
const (
	Good        Quality = iota // measured, plausible, in time
	Stale                      // true once, but older than the channel's expected interval
	OutOfRange                 // outside what the device or the quantity can have
	Rejected                   // spike, stuck value or failed checksum
	Substituted                // from a backup sensor or a declared fall-back
	Calibrating                // taken while the sensor was in a reference solution or warming up
)

// qualityNames returns the names of the contract, in the order of the constants.
func qualityNames() [6]string {
	return [...]string{"good", "stale", "out_of_range", "rejected", "substituted", "calibrating"}
}

// Usable reports whether control and aggregates may use the value: only good and substituted ones.
func (q Quality) Usable() bool { return q == Good || q == Substituted }

// String returns the name used in the API and the history, such as "out_of_range".
func (q Quality) String() string {
	if names := qualityNames(); int(q) < len(names) {
		return names[q]
	}
	return fmt.Sprintf("quality(%d)", uint8(q))
}

// MarshalText returns the name of q, or an error if q is none of the constants.
func (q Quality) MarshalText() ([]byte, error) {
	if q > Calibrating {
		return nil, fmt.Errorf("unknown quality %d", uint8(q))
	}
	return []byte(q.String()), nil
}

// UnmarshalText sets q from its name. It accepts no other spelling and leaves q alone on an error.
func (q *Quality) UnmarshalText(text []byte) error {
	names := qualityNames()
	i := slices.Index(names[:], string(text))
	if i < 0 {
		return fmt.Errorf("unknown quality %q: must be one of %q", text, names)
	}
	*q = Quality(i)
	return nil
}
