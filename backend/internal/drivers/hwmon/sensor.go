package hwmon

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"hypha/internal/drivers/sysfs"
	"hypha/internal/host"
	"hypha/internal/input"
	"hypha/internal/measure"
)

// sensor is one measurement of a chip: the file <key>_input and what belongs to it.
type sensor struct {
	key   string // temp1
	label string // what the mainboard's maker or the driver calls it; else the key
	of    family
	n     int
}

// family is a group of attributes, and how its unit becomes ours.
type family struct {
	prefix   string
	quantity measure.Quantity
	unit     measure.Unit
	divide   float64
}

// families are in the order in which the channels of a chip stand.
func families() []family {
	return []family{
		{"temp", measure.Temperature, measure.Celsius, 1000},      // m°C
		{"humidity", measure.Humidity, measure.Percent, 1000},     // m%
		{"fan", measure.Revolutions, measure.RPM, 1},              // rpm
		{"in", measure.ElectricalPotential, measure.Volt, 1000},   // mV
		{"curr", measure.ElectricalCurrent, measure.Ampere, 1000}, // mA
		{"power", measure.Power, measure.Watt, 1e6},               // µW
		{"energy", measure.Energy, measure.Joule, 1e6},            // µJ
		{"freq", measure.Frequency, measure.Hertz, 1},             // Hz
	}
}

// sensors finds the measurements among the files of a chip. Their order depends on the names alone, so that it is the
// same each time.
func sensors(h host.Host, folder string, files []string) []sensor {
	input := regexp.MustCompile(`^([a-z]+)(\d+)_input$`)
	var found []sensor
	order := families()
	for _, file := range files {
		m := input.FindStringSubmatch(file)
		if m == nil {
			continue
		}
		i := slices.IndexFunc(order, func(c family) bool { return c.prefix == m[1] })
		n, err := strconv.Atoi(m[2])
		if i < 0 || err != nil {
			continue
		}
		s := sensor{key: m[1] + m[2], of: order[i], n: n}
		s.label = s.key
		if sysfs.Has(h, class, folder, s.key+"_label") {
			if label, err := sysfs.Text(h, class, folder, s.key+"_label"); err == nil && label != "" {
				s.label = label
			}
		}
		found = append(found, s)
	}
	slices.SortFunc(found, func(a, b sensor) int {
		at := func(s sensor) int {
			return slices.IndexFunc(order, func(c family) bool { return c.prefix == s.of.prefix })*100_000 + s.n
		}
		return at(a) - at(b)
	})
	return found
}

func (s sensor) channel() input.Channel {
	name := s.key
	if s.label != s.key {
		name = fmt.Sprintf("%s (%s)", s.label, s.key)
	}
	return input.Channel{Name: name, Quantity: s.of.quantity, Unit: s.of.unit}
}

var errFault = errors.New("the chip reports a fault: the sensor is open or short-circuited")

// read returns the value unless the chip says that its sensor is broken or switched off.
func (s sensor) read(h host.Host, folder string) (float64, error) {
	for _, flag := range []struct {
		file string
		bad  float64
		err  error
	}{
		{s.key + "_fault", 1, errFault},
		{s.key + "_enable", 0, errors.New("the sensor is switched off")},
	} {
		if !sysfs.Has(h, class, folder, flag.file) {
			continue
		}
		state, err := sysfs.Number(h, class, folder, flag.file)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", s.label, err)
		}
		if state == flag.bad {
			return 0, fmt.Errorf("%s: %w", s.label, flag.err)
		}
	}
	v, err := sysfs.Number(h, class, folder, s.key+"_input")
	if err != nil {
		return 0, fmt.Errorf("%s: %w", s.label, err)
	}
	return v / s.of.divide, nil
}
