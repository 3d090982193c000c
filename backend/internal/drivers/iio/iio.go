// Package iio reads sensors through the kernel's Industrial I/O: converters, environment, light and gas sensors for which
// the kernel has a driver. Source: Documentation/ABI/testing/sysfs-bus-iio of the kernel.
package iio

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hypha/internal/drivers/sysfs"
	"hypha/internal/host"
	"hypha/internal/input"
)

const devices = "sys/bus/iio/devices"

// Options of an input.
type Options struct {
	Device string `json:"device" required:"true" max_len:"100" pattern:"^[^/]+$" title:"Device" placeholder:"bme280" help:"What the chip calls itself, its label, or the number of its folder, such as iio:device0, which may change when the machine starts"`
	Chip   string `json:"chip" max_len:"100" advanced:"true" title:"Chip" help:"What the device must call itself; then a device that got another number is noticed. Empty: not checked"`
}

// Kind is the catalogue entry.
func Kind() input.Kind {
	return input.Define(input.Spec[Options]{
		ID: "iio", Name: "Industrial I/O device", Icon: "activity", Tags: []string{"climate", "light", "gas", "power"}, Bus: "sysfs",
		Description: "All measurements of a sensor or converter that the kernel drives through Industrial I/O.",
		Period:      15 * time.Second,
		Probe: func(_ context.Context, o Options, h host.Host) ([]input.Channel, error) {
			d, err := find(o, h)
			if err != nil {
				return nil, err
			}
			channels := make([]input.Channel, len(d.parts))
			for i, p := range d.parts {
				channels[i] = input.Channel{Name: p.name(), Quantity: p.of.quantity, Unit: p.of.unit}
			}
			return channels, nil
		},
		Open: func(_ context.Context, o Options, h host.Host) (input.Reader, error) {
			d, err := find(o, h)
			if err != nil {
				return nil, err
			}
			return d, nil
		},
		Discover: discover,
	})
}

type device struct {
	h      host.Host
	folder string // iio:device0
	name   string // bme280
	label  string
	parts  []part
}

// Read reads every measurement of the device.
func (d *device) Read(ctx context.Context) ([]float64, error) {
	name, err := sysfs.Text(d.h, devices, d.folder, "name")
	if err != nil {
		return nil, err
	}
	if name != d.name {
		return nil, fmt.Errorf("%s is %s now, not %s", d.folder, name, d.name)
	}
	values, failed := make([]float64, len(d.parts)), input.ChannelErrors{}
	for i, p := range d.parts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if values[i], err = p.read(d.h, d.folder); err != nil {
			failed[i] = err
		}
	}
	switch len(failed) {
	case 0:
		return values, nil
	case len(values):
		return nil, failed
	default:
		return values, failed
	}
}

func list(h host.Host) ([]*device, error) {
	folders, err := sysfs.Names(h, devices)
	if err != nil {
		return nil, err
	}
	var all []*device
	for _, folder := range folders {
		if !strings.HasPrefix(folder, "iio:device") { // triggers live here too
			continue
		}
		name, err := sysfs.Text(h, devices, folder, "name")
		if err != nil {
			continue
		}
		files, err := sysfs.Names(h, devices, folder)
		if err != nil {
			return nil, err
		}
		d := &device{h: h, folder: folder, name: name, parts: parts(h, folder, files)}
		if sysfs.Has(h, devices, folder, "label") {
			if d.label, err = sysfs.Text(h, devices, folder, "label"); err != nil {
				d.label = ""
			}
		}
		all = append(all, d)
	}
	return all, nil
}

func find(o Options, h host.Host) (*device, error) {
	all, err := list(h)
	if err != nil {
		return nil, err
	}
	var fit []*device
	var names, folders []string
	for _, d := range all {
		names = append(names, d.name)
		if d.folder == o.Device || d.name == o.Device || d.label != "" && d.label == o.Device {
			fit = append(fit, d)
			folders = append(folders, d.folder)
		}
	}
	switch {
	case len(names) == 0:
		return nil, fmt.Errorf("the device %s %w; this machine has none at all", o.Device, sysfs.ErrGone)
	case len(fit) == 0:
		return nil, fmt.Errorf("the device %s %w; there are %s", o.Device, sysfs.ErrGone, strings.Join(names, ", "))
	case len(fit) > 1:
		return nil, fmt.Errorf("there are %d devices called %s; choose one of %s", len(fit), o.Device, strings.Join(folders, ", "))
	case o.Chip != "" && fit[0].name != o.Chip:
		return nil, fmt.Errorf("%s is %s, not %s; has it got another number?", o.Device, fit[0].name, o.Chip)
	case len(fit[0].parts) == 0:
		return nil, fmt.Errorf("the device %s has no measurement in a known unit", o.Device)
	}
	return fit[0], nil
}

func discover(_ context.Context, h host.Host) ([]input.Found, error) {
	all, err := list(h)
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	for _, d := range all {
		count[d.name]++
		if d.label != "" && d.label != d.name {
			count[d.label]++
		}
	}
	var found []input.Found
	for _, d := range all {
		if len(d.parts) == 0 {
			continue
		}
		o := Options{Device: d.name}
		switch { // by what stays the same over a restart, as long as it is unique
		case count[d.name] == 1:
		case d.label != "" && count[d.label] == 1:
			o.Device = d.label
		default:
			o.Device, o.Chip = d.folder, d.name
		}
		options, err := json.Marshal(o)
		if err != nil {
			return nil, err
		}
		var what []string
		for _, p := range d.parts {
			what = append(what, p.key)
		}
		found = append(found, input.Found{Kind: "iio", Name: d.name, Detail: strings.Join(what, ", "), Options: options})
	}
	return found, nil
}
