package app

import (
	"context"
	"strings"
	"time"

	"hypha/internal/alerting"
	"hypha/internal/event"
	"hypha/internal/fleet"
	"hypha/internal/measure"
)

// alertsRing is how many states of alerts the feed can tell again.
const alertsRing = 1_000

// newAlerts puts the alert service together; the topic is what it tells the feed by.
func (p *program) newAlerts(catalogue *measure.Catalogue) (*alerting.Service, *event.Topic[alerting.AlertStatus]) {
	topic := event.NewTopic[alerting.AlertStatus](p.fleet.Hub, "alerts", alertsRing)
	zone := time.Local
	if name := p.opts.Config.System.Timezone; name != "" {
		if own, err := time.LoadLocation(name); err == nil { // the configuration has been checked
			zone = own
		}
	}
	return alerting.New(alerting.Config{
		Store: p.settings, Outputs: alerting.Imposing(p.fleet), Note: p.fleet.Note, Alerts: topic, HTTP: httpClient(p.opts.Build.Version),
		BaseURL: strings.TrimRight(p.opts.Config.BaseURL, "/"), Location: zone, Logger: p.log,
		Sources: alerting.Sources{
			Readings: p.fleet.Readings, Outputs: p.fleet.OutputMoves, Controllers: p.fleet.Controllers, Journal: p.fleet.Journal,
			OutputsNow: p.fleet.OutputsNow, ControllersNow: p.fleet.ControllersNow, ReadingsNow: p.fleet.ReadingsNow,
			Setpoint: p.fleet.Setpoint,
		},
		Unit: func(u measure.Unit) (symbol string, decimals int) {
			info, _ := catalogue.Unit(u)
			return info.Symbol, info.Decimals
		},
	}), topic
}

// present is what the feed's snapshots are made of.
type present struct {
	*fleet.Fleet
	alerts *alerting.Service
}

// AlertsNow is how every rule stands.
func (p present) AlertsNow(ctx context.Context) ([]alerting.AlertStatus, error) {
	return p.alerts.AlertsNow(ctx)
}
