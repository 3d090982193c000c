// Package series is the part of the options that drivers with freely chosen channels share: a name, a quantity and a
// unit for each. Whether quantity and unit exist and go together is checked above the drivers, where those that users
// defined are known.
package series

import (
	"time"

	"hypha/internal/input"
	"hypha/internal/measure"
)

// Silence is how long a source that sends when it likes may be silent before its channels count as stale, unless the
// channel's own setting says otherwise. Tasmota devices, for one, send every 5 minutes.
const Silence = 15 * time.Minute

// Options describe one series.
type Options struct {
	Name     string `json:"name" required:"true" max_len:"100" title:"Name" help:"How the series is called in charts and rules" placeholder:"Canopy temperature"`
	Quantity string `json:"quantity" required:"true" format:"quantity" title:"Quantity" help:"What is measured"`
	Unit     string `json:"unit" required:"true" format:"unit" title:"Unit" help:"The unit in which the values arrive"`
}

// Channel is the series as the catalogue knows it.
func (o Options) Channel() input.Channel {
	return input.Channel{Name: o.Name, Quantity: measure.Quantity(o.Quantity), Unit: measure.Unit(o.Unit)}
}

// Boolean tells whether the series takes true and false, as 1 and 0.
func (o Options) Boolean() bool { return measure.Unit(o.Unit) == measure.Bool }
