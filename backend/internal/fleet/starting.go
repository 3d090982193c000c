package fleet

import (
	"context"
	"fmt"
	"time"

	"hypha/internal/controller"
	"hypha/internal/history"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

// lastReadingsWithin bounds how long the history may keep the inputs from starting.
const lastReadingsWithin = 3 * time.Second

// atStartWithin bounds how long Start waits for the outputs.
const atStartWithin = 300 * time.Millisecond

// Start loads what is configured and starts it, all at once. It returns when everything has been asked to start; outputs
// get a moment to reach their states at start, so that nobody who asks then is told the states of before. What cannot be
// built is shown as failed and keeps nothing else from starting.
func (f *Fleet) Start(ctx context.Context) error {
	if err := f.loadZoneBin(ctx); err != nil {
		return err
	}
	if err := f.stop.load(ctx); err != nil {
		return fmt.Errorf("load the stop: %w", err)
	}
	if err := f.undoConversions(ctx); err != nil {
		// Watching and regulating do not need the history; the next start tries again.
		f.log.Error("a change of unit that was cut short could not be undone", "error", err)
	}
	f.countStart(ctx)
	outputs, _, err := f.cfg.Store.Outputs.List(ctx, settings.Filter{})
	if err != nil {
		return fmt.Errorf("load outputs: %w", err)
	}
	if err := f.assumeOn(ctx, outputs); err != nil {
		return fmt.Errorf("load what was on: %w", err)
	}
	for _, o := range outputs {
		f.startOutput(o)
	}
	inputs, _, err := f.cfg.Store.Inputs.List(ctx, settings.Filter{})
	if err != nil {
		return fmt.Errorf("load inputs: %w", err)
	}
	channels, _, err := f.cfg.Store.Channels.List(ctx, settings.ChannelFilter{})
	if err != nil {
		return fmt.Errorf("load channels: %w", err)
	}
	ids := make([]measure.ChannelID, 0, len(channels))
	of := map[string][]settings.Channel{}
	for _, c := range channels {
		of[c.Owner] = append(of[c.Owner], c)
		ids = append(ids, c.ID)
	}
	last := map[measure.ChannelID]measure.Reading{}
	within, cancel := context.WithTimeout(ctx, lastReadingsWithin)
	defer cancel()
	newest, err := f.cfg.History.Latest(within, ids, history.End)
	if err != nil {
		// The history is not needed to watch and to regulate, and one that is elsewhere may not even say that it is away.
		f.log.Error("the last readings could not be loaded", "error", err)
	}
	for _, r := range newest {
		last[r.Channel] = r
	}
	for _, in := range inputs {
		f.register(controller.Ref(in.Ref()), f.inputs[in.Kind].Pushed, of[in.Ref()], last)
		if f.SafeMode() == nil || f.inputs[in.Kind].Pushed { // what is pushed comes from outside and drives nothing
			f.startInput(in, of[in.Ref()])
		}
	}
	f.awaitOutputs(ctx)
	return f.startFunctions(ctx, of, last)
}

// awaitOutputs waits until every output has been tried, at most atStartWithin.
func (f *Fleet) awaitOutputs(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, atStartWithin)
	defer cancel()
	f.mu.RLock()
	tried := make([]<-chan struct{}, 0, len(f.driving))
	for _, out := range f.driving {
		tried = append(tried, out.Tried())
	}
	f.mu.RUnlock()
	for _, done := range tried {
		select {
		case <-done:
		case <-ctx.Done():
			return
		}
	}
}
