package output

import "time"

// Link is one cause in the chain that leads to a command.
type Link struct {
	What  string    `json:"what"` // reading, function, rule, limit, person, timer, stop, trigger, alert
	Ref   string    `json:"ref,omitempty"`
	Text  string    `json:"text"`
	T     time.Time `json:"t,omitzero"`
	Value *float64  `json:"value,omitempty"`
}
