// Package drivers lists every kind of input and output. Adding one takes a folder and a line here.
package drivers

import (
	"hypha/internal/drivers/command"
	"hypha/internal/drivers/demotent"
	"hypha/internal/drivers/hostsystem"
	"hypha/internal/drivers/httpjson"
	"hypha/internal/drivers/httprequest"
	"hypha/internal/drivers/hwmon"
	"hypha/internal/drivers/iio"
	"hypha/internal/drivers/mqttpublish"
	"hypha/internal/drivers/mqttsubscribe"
	"hypha/internal/drivers/push"
	"hypha/internal/drivers/simulated"
	"hypha/internal/drivers/thermalzone"
	"hypha/internal/drivers/virtual"
	"hypha/internal/drivers/w1therm"
	"hypha/internal/input"
	"hypha/internal/output"
	"hypha/internal/plant"
)

// Deps are what some drivers need beside the host they get when they open.
type Deps struct {
	Tent    *plant.Tent // nil without --demo: then the kinds of the demo tent are left out
	DataDir string      // whose disk host_system watches
}

// Inputs returns all kinds of inputs, in the order in which the catalogue shows them.
func Inputs(d Deps) []input.Kind {
	kinds := []input.Kind{
		mqttsubscribe.Kind(),
		httpjson.Kind(),
		push.Kind(),
		iio.Kind(),
		hwmon.Kind(),
		hostsystem.Kind(d.DataDir),
		thermalzone.Kind(),
		simulated.Kind(),
	}
	kinds = append(kinds, w1therm.Kinds()...)
	if d.Tent != nil {
		kinds = append(kinds, demotent.Inputs(d.Tent)...)
	}
	return kinds
}

// Outputs returns all kinds of outputs, in the order in which the catalogue shows them.
func Outputs(d Deps) []output.Kind {
	kinds := []output.Kind{
		mqttpublish.Kind(),
		httprequest.Kind(),
		command.Kind(),
		virtual.OnOff(),
		virtual.PWM(),
		virtual.Value(), virtual.Volume(),
	}
	if d.Tent != nil {
		kinds = append(kinds, demotent.Outputs(d.Tent)...)
	}
	return kinds
}
