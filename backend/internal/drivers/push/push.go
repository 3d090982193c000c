// Package push takes readings that other programs send through the API.
package push

import (
	"context"

	"hypha/internal/drivers/series"
	"hypha/internal/host"
	"hypha/internal/input"
)

// Options name the series that will be sent.
type Options struct {
	Channels []series.Options `json:"channels" required:"true" min_items:"1" max_items:"1000" title:"Channels" help:"One for each series that is sent"`
}

// Kind is the catalogue entry.
func Kind() input.Kind {
	return input.Define(input.Spec[Options]{
		ID: "push", Name: "Readings sent to Hypha", Icon: "upload", Tags: []string{"network"}, Bus: "network",
		Description: "Takes readings that a script, a microcontroller or another program sends with POST /api/v1/readings.",
		Pushed:      true,
		ChannelsOf: func(o Options) ([]input.Channel, error) {
			channels := make([]input.Channel, len(o.Channels))
			for i, s := range o.Channels {
				channels[i] = s.Channel()
				channels[i].Expected = series.Silence
			}
			return channels, nil
		},
		// Nothing to do but be there: the readings come in through the API.
		Listen: func(ctx context.Context, _ Options, _ host.Host, _ input.Emit) error {
			<-ctx.Done()
			return nil
		},
	})
}
