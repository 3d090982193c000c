// Package series is the part of the options that drivers with freely chosen channels share: a name, a quantity and a
// unit for each.
package series

import (
	"fmt"

	"hypha/internal/input"
	"hypha/internal/measure"
	"hypha/internal/option"
)

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

// Check looks the quantity and the unit up. Its error is an option.Errors with the fields below path; nil when all is
// right.
func (o Options) Check(c *measure.Catalogue, path string) option.Errors {
	var errs option.Errors
	if path != "" {
		path += "."
	}
	q, known := c.Quantity(measure.Quantity(o.Quantity))
	if !known {
		errs = append(errs, option.FieldError{Field: path + "quantity", Message: fmt.Sprintf("%q is no known quantity", o.Quantity)})
	}
	u, ok := c.Unit(measure.Unit(o.Unit))
	switch {
	case !ok:
		errs = append(errs, option.FieldError{Field: path + "unit", Message: fmt.Sprintf("%q is no known unit", o.Unit)})
	case known && !fits(c, q, u.ID):
		errs = append(errs, option.FieldError{Field: path + "unit", Message: fmt.Sprintf("%s is not measured in %s", q.Name, u.Name)})
	}
	return errs
}

// fits tells whether a value in u can be one of q: u is one of its units or converts into one.
func fits(c *measure.Catalogue, q measure.QuantityInfo, u measure.Unit) bool {
	for _, known := range q.Units {
		if known == u {
			return true
		}
		if _, err := c.Conversion(u, known); err == nil {
			return true
		}
	}
	return len(q.Units) == 0
}

// Channels checks several series, which stand in a list named field, and returns their channels.
func Channels(c *measure.Catalogue, field string, all []Options) ([]input.Channel, error) {
	var errs option.Errors
	channels := make([]input.Channel, len(all))
	for i, o := range all {
		errs = append(errs, o.Check(c, fmt.Sprintf("%s[%d]", field, i))...)
		channels[i] = o.Channel()
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return channels, nil
}
