package remote

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"hypha/internal/measure"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// channels is a Source of a test.
type channels struct {
	mu        sync.Mutex
	labels    map[measure.ChannelID]Labels
	fail      error
	catalogue *measure.Catalogue
}

func newChannels(ids ...measure.ChannelID) *channels {
	c := &channels{labels: map[measure.ChannelID]Labels{}, catalogue: measure.NewCatalogue()}
	for _, id := range ids {
		c.labels[id] = Labels{Input: "Tent \"north\"", Name: fmt.Sprintf("probe %d", id), Quantity: measure.Temperature, Unit: measure.Celsius}
	}
	return c
}

func (c *channels) Labels(context.Context, []measure.ChannelID) (map[measure.ChannelID]Labels, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.labels), c.fail
}

func (c *channels) Conversion(from, to measure.Unit) (measure.Affine, error) {
	return c.catalogue.Conversion(from, to)
}

func (c *channels) change(id measure.ChannelID, how func(*Labels)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.labels[id]
	how(&l)
	c.labels[id] = l
}

func (c *channels) breaks(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail = err
}

var errBroken = errors.New("broken by the test")

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
