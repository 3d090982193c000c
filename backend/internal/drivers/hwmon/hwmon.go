// Package hwmon reads the sensors of the kernel's hardware monitoring: mainboards, processors, fans, supply voltages, and
// sensor chips on I2C for which the kernel has a driver. Source: Documentation/hwmon/sysfs-interface.rst of the kernel.
package hwmon

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hypha/internal/drivers/sysfs"
	"hypha/internal/host"
	"hypha/internal/input"
)

const class = "sys/class/hwmon"

// Options of an input.
type Options struct {
	Name   string `json:"name" required:"true" max_len:"100" pattern:"^[^/]+$" title:"Chip" placeholder:"cpu_thermal" help:"What the chip calls itself, as in /sys/class/hwmon/hwmon*/name, or the number of its folder, such as hwmon2, which may change when the machine starts"`
	Device string `json:"device" max_len:"200" pattern:"^[^/]*$" advanced:"true" title:"Place" placeholder:"1-0048" help:"Where the chip sits, if there are several of its name: the last part of what its device link points to"`
}

// Kind is the catalogue entry.
func Kind() input.Kind {
	return input.Define(input.Spec[Options]{
		ID: "hwmon", Name: "Hardware monitor chip", Icon: "cpu", Tags: []string{"host", "climate", "power"}, Bus: "sysfs",
		Description: "All temperatures, fans, voltages, currents, powers and humidities of a chip that the kernel monitors.",
		Period:      15 * time.Second,
		Probe: func(_ context.Context, o Options, h host.Host) ([]input.Channel, error) {
			c, err := find(o, h)
			if err != nil {
				return nil, err
			}
			channels := make([]input.Channel, len(c.sensors))
			for i, s := range c.sensors {
				channels[i] = s.channel()
			}
			return channels, nil
		},
		Open: func(_ context.Context, o Options, h host.Host) (input.Reader, error) {
			c, err := find(o, h)
			if err != nil {
				return nil, err
			}
			return c, nil
		},
		Discover: discover,
	})
}

// chip is one folder of the class.
type chip struct {
	h       host.Host
	folder  string // hwmon2
	name    string // lm75
	place   string // 1-0048; empty if unknown
	sensors []sensor
}

// Read reads every sensor of the chip.
func (c *chip) Read(ctx context.Context) ([]float64, error) {
	values, failed := make([]float64, len(c.sensors)), input.ChannelErrors{}
	// The folder may by now belong to another chip: numbers are given anew when drivers are loaded.
	if name, err := sysfs.Text(c.h, class, c.folder, "name"); err != nil {
		return nil, err
	} else if name != c.name {
		return nil, fmt.Errorf("%s is %s now, not %s", c.folder, name, c.name)
	}
	for i, s := range c.sensors {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v, err := s.read(c.h, c.folder)
		if err != nil {
			failed[i] = err
		}
		values[i] = v
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

// chips lists what is there, with what it can measure.
func chips(h host.Host) ([]*chip, error) {
	folders, err := sysfs.Names(h, class)
	if err != nil {
		return nil, err
	}
	var all []*chip
	for _, folder := range folders {
		name, err := sysfs.Text(h, class, folder, "name")
		if err != nil {
			continue // gone while we looked, or of a driver so old that it has no name
		}
		files, err := sysfs.Names(h, class, folder)
		if err != nil {
			return nil, err
		}
		c := &chip{h: h, folder: folder, name: name, sensors: sensors(h, folder, files)}
		if link, err := os.Readlink(h.Path(class, folder, "device")); err == nil {
			c.place = filepath.Base(link)
		}
		all = append(all, c)
	}
	return all, nil
}

// find returns the one chip that the options mean.
func find(o Options, h host.Host) (*chip, error) {
	all, err := chips(h)
	if err != nil {
		return nil, err
	}
	var fit []*chip
	var names, places []string
	for _, c := range all {
		names = append(names, c.name)
		if (c.name == o.Name || c.folder == o.Name) && (o.Device == "" || c.place == o.Device) {
			fit = append(fit, c)
			places = append(places, c.place)
		}
	}
	switch {
	case len(fit) == 1 && len(fit[0].sensors) == 0:
		return nil, fmt.Errorf("the chip %s has no sensor", o.Name)
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) > 1:
		return nil, fmt.Errorf("there are %d chips called %s; choose by their place: %s", len(fit), o.Name, strings.Join(places, ", "))
	case len(names) == 0:
		return nil, fmt.Errorf("the chip %s %w; this machine has none at all", o.Name, sysfs.ErrGone)
	default:
		return nil, fmt.Errorf("the chip %s %w; there are %s", o.Name, sysfs.ErrGone, strings.Join(names, ", "))
	}
}

func discover(_ context.Context, h host.Host) ([]input.Found, error) {
	all, err := chips(h)
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	for _, c := range all {
		count[c.name]++
	}
	var found []input.Found
	for _, c := range all {
		if len(c.sensors) == 0 {
			continue
		}
		o := Options{Name: c.name}
		if count[c.name] > 1 {
			if o.Device = c.place; c.place == "" {
				o.Name = c.folder
			}
		}
		options, err := json.Marshal(o)
		if err != nil {
			return nil, err
		}
		var what []string
		for _, s := range c.sensors {
			what = append(what, s.label)
		}
		found = append(found, input.Found{Kind: "hwmon", Name: c.name, Detail: strings.Join(what, ", "), Options: options})
	}
	return found, nil
}
