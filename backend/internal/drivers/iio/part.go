package iio

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hypha/internal/drivers/sysfs"
	"hypha/internal/host"
	"hypha/internal/measure"
)

// part is one measurement of a device: in_<type>[number][_modifier] with _input, or with _raw and _scale.
type part struct {
	key           string // in_voltage0
	label         string
	of            family
	scale, offset string // files; scale is empty where the kernel gives the value finished
	order         int
	number        int
}

// family is a type of measurement with, where one is needed, its modifier.
type family struct {
	kind, modifier string
	quantity       measure.Quantity
	unit           measure.Unit
	factor         float64 // from the unit of the kernel to ours
}

// families are in the order in which the channels of a device stand. Types without a unit, such as in_intensity and
// in_proximity, are left out: their numbers mean something else on every chip.
func families() []family {
	return []family{
		{"temp", "", measure.Temperature, measure.Celsius, 1e-3},          // m°C
		{"temp", "ambient", measure.Temperature, measure.Celsius, 1e-3},   // of a contactless thermometer itself
		{"temp", "object", measure.Temperature, measure.Celsius, 1e-3},    // of what it looks at
		{"humidityrelative", "", measure.Humidity, measure.Percent, 1e-3}, // m%
		{"pressure", "", measure.Pressure, measure.Pascal, 1e3},           // kPa
		{"illuminance", "", measure.Light, measure.Lux, 1},                // lux
		{"uvindex", "", measure.UVIndex, measure.Unitless, 1},             //
		{"concentration", "co2", measure.CO2, measure.PPM, 1e4},           // %
		{"concentration", "voc", measure.VOC, measure.PPB, 1e7},           // %
		{"concentration", "o2", measure.O2, measure.Percent, 1},           // %
		{"concentration", "h2", measure.Hydrogen, measure.PPM, 1e4},       // %
		{"concentration", "ethanol", measure.Gas, measure.PPM, 1e4},       // %
		{"concentration", "", measure.Gas, measure.Percent, 1},            // %
		{"massconcentration", "pm1", measure.ParticulateMatter1, measure.UgPerM3, 1},
		{"massconcentration", "pm2p5", measure.ParticulateMatter2_5, measure.UgPerM3, 1},
		{"massconcentration", "pm4", measure.ParticulateMatter4, measure.UgPerM3, 1},
		{"massconcentration", "pm10", measure.ParticulateMatter10, measure.UgPerM3, 1},
		{"ph", "", measure.IonConcentration, measure.PH, 1},
		{"electricalconductivity", "", measure.ElectricalConductivity, measure.MicrosiemensPerCm, 1e4}, // S/m
		{"voltage", "", measure.ElectricalPotential, measure.Volt, 1e-3},                               // mV
		{"voltage", "supply", measure.ElectricalPotential, measure.Volt, 1e-3},                         // mV
		{"current", "", measure.ElectricalCurrent, measure.Ampere, 1e-3},                               // mA
		{"power", "", measure.Power, measure.Watt, 1e-3},                                               // mW
		{"resistance", "", measure.Resistance, measure.Ohm, 1},                                         // ohm
		{"capacitance", "", measure.Capacitance, measure.Nanofarad, 1},                                 // nF
		{"distance", "", measure.Length, measure.Metre, 1},                                             // m
	}
}

// parts finds the measurements among the files of a device. Their order depends on the names alone. A raw value without
// a scale has no unit; it is left out unless the kernel gives the value finished as well.
func parts(h host.Host, folder string, files []string) []part {
	// in_voltage0-voltage1_raw is the difference of two inputs.
	name := regexp.MustCompile(`^in_([a-z]+?)(\d*)(-[a-z]+\d+)?(?:_(ambient|object|co2|voc|o2|h2|ethanol|pm1|pm2p5|pm4|pm10|supply))?_(raw|input)$`)
	order := families()
	has := func(file string) bool { return slices.Contains(files, file) }
	found := map[string]part{}
	for _, file := range files {
		m := name.FindStringSubmatch(file)
		if m == nil {
			continue
		}
		kind, number, minus, modifier, form := m[1], m[2], m[3], m[4], m[5]
		p := part{key: strings.TrimSuffix(file, "_"+form)}
		p.order = slices.IndexFunc(order, func(f family) bool { return f.kind == kind && f.modifier == modifier })
		if p.order < 0 || form == "raw" && has(p.key+"_input") {
			continue
		}
		p.of = order[p.order]
		p.number = -1
		if n, err := strconv.Atoi(number); err == nil {
			p.number = n
		}
		if form == "raw" {
			// The nearest file counts: of the channel itself, of its modifier, of all differences, of all of its type.
			shared := []string{p.key}
			if modifier != "" {
				shared = append(shared, "in_"+kind+number, "in_"+kind+"_"+modifier)
			}
			if minus != "" {
				shared = append(shared, "in_"+kind+"-"+kind)
			}
			shared = append(shared, "in_"+kind)
			p.scale, p.offset = first(shared, "_scale", has), first(shared, "_offset", has)
			if p.scale == "" {
				continue
			}
		}
		if label := p.key + "_label"; has(label) {
			if text, err := sysfs.Text(h, devices, folder, label); err == nil {
				p.label = text
			}
		}
		found[p.key] = p
	}
	all := make([]part, 0, len(found))
	for _, p := range found {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b part) int {
		if a.order != b.order {
			return a.order - b.order
		}
		if a.number != b.number {
			return a.number - b.number
		}
		return strings.Compare(a.key, b.key)
	})
	return all
}

func first(keys []string, ending string, has func(string) bool) string {
	for _, key := range keys {
		if has(key + ending) {
			return key + ending
		}
	}
	return ""
}

func (p part) name() string {
	if p.label != "" {
		return fmt.Sprintf("%s (%s)", p.label, p.key)
	}
	return p.key
}

// read returns (raw + offset) * scale. Scale and offset are read each time: changing the gain of a chip changes them.
func (p part) read(h host.Host, folder string) (float64, error) {
	if p.scale == "" {
		v, err := sysfs.Number(h, devices, folder, p.key+"_input")
		if err != nil {
			return 0, err
		}
		return v * p.of.factor, nil
	}
	scale, err := sysfs.Number(h, devices, folder, p.scale)
	if err != nil {
		return 0, err
	}
	offset := 0.0
	if p.offset != "" {
		if offset, err = sysfs.Number(h, devices, folder, p.offset); err != nil {
			return 0, err
		}
	}
	raw, err := sysfs.Number(h, devices, folder, p.key+"_raw")
	if err != nil {
		return 0, err
	}
	return (raw + offset) * scale * p.of.factor, nil
}
