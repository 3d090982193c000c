package app

import (
	"context"
	"sync"

	"hypha/internal/history/remote"
	"hypha/internal/measure"
	"hypha/internal/settings"
	"hypha/internal/sqlite"
)

// channelLabels tells a remote engine what channels are. It reads the settings anew when they have changed: a unit that
// is a moment too old would make wrong values.
type channelLabels struct {
	settings  *settings.Store
	watch     *sqlite.Watch
	catalogue *measure.Catalogue

	mu      sync.Mutex
	version int64 // of the settings in known
	known   map[measure.ChannelID]remote.Labels
}

var _ remote.Source = (*channelLabels)(nil)

// Labels is of remote.Source.
func (c *channelLabels) Labels(ctx context.Context, ids []measure.ChannelID) (map[measure.ChannelID]remote.Labels, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	version, err := c.watch.Version(ctx) // before the settings, so that a change while they are read is seen the next time
	if err != nil {
		return nil, err
	}
	if c.known == nil || version != c.version {
		if c.known, err = c.read(ctx); err != nil {
			return nil, err
		}
		c.version = version
	}
	some := make(map[measure.ChannelID]remote.Labels, len(ids))
	for _, id := range ids {
		if l, ok := c.known[id]; ok {
			some[id] = l
		}
	}
	return some, nil
}

func (c *channelLabels) read(ctx context.Context) (map[measure.ChannelID]remote.Labels, error) {
	inputs, _, err := c.settings.Inputs.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(inputs))
	for _, in := range inputs {
		names[in.Ref()] = in.Name
	}
	channels, _, err := c.settings.Channels.List(ctx, settings.ChannelFilter{})
	if err != nil {
		return nil, err
	}
	known := make(map[measure.ChannelID]remote.Labels, len(channels))
	for _, ch := range channels {
		known[ch.ID] = remote.Labels{Input: names[ch.Owner], Name: ch.Name, Quantity: ch.Quantity, Unit: ch.Unit}
	}
	return known, nil
}

// Conversion is of remote.Source.
func (c *channelLabels) Conversion(from, to measure.Unit) (measure.Affine, error) {
	return c.catalogue.Conversion(from, to)
}
