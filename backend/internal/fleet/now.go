package fleet

import (
	"context"
	"errors"

	"hypha/internal/controller"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

// ReadingsNow is the newest reading of every channel that has one.
func (f *Fleet) ReadingsNow() []measure.Reading { return f.Live.All() }

// OutputsNow is the state of every output channel.
func (f *Fleet) OutputsNow(ctx context.Context) ([]OutputState, error) {
	outputs, _, err := f.Outputs(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	states := []OutputState{}
	for _, o := range outputs {
		for _, s := range o.States {
			states = append(states, OutputState{ID: o.ID, ChannelState: s})
		}
	}
	return states, nil
}

// ControllersNow is the status of every input, output and function.
func (f *Fleet) ControllersNow(ctx context.Context) ([]ControllerStatus, error) {
	inputs, _, err := f.cfg.Store.Inputs.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	outputs, _, err := f.cfg.Store.Outputs.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	functions, _, err := f.cfg.Store.Functions.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	all := make([]ControllerStatus, 0, len(inputs)+len(outputs)+len(functions))
	for _, row := range inputs {
		all = append(all, ControllerStatus{Ref: row.Ref(), Status: f.status(controller.Ref(row.Ref()), row.Enabled, row.UpdatedAt)})
	}
	for _, row := range outputs {
		all = append(all, ControllerStatus{Ref: row.Ref(), Status: f.status(controller.Ref(row.Ref()), row.Enabled, row.UpdatedAt)})
	}
	for _, row := range functions {
		all = append(all, ControllerStatus{Ref: row.Ref(), Status: f.status(controller.Ref(row.Ref()), row.Enabled, row.UpdatedAt)})
	}
	return all, nil
}

// RetryInput tries the device of an input again now instead of waiting for the backoff.
func (f *Fleet) RetryInput(ctx context.Context, id int64) (Input, error) {
	in, err := f.Input(ctx, id)
	if err != nil {
		return Input{}, err
	}
	ref := controller.Ref(in.Ref())
	if err := f.manager.Retry(ref); err == nil {
		return f.Input(ctx, id)
	}
	if err := f.idle(ref); errors.Is(err, ErrNotRunning) {
		return Input{}, err
	}
	unlock, err := f.edits.lock(ctx, ref) // it could not even be built: perhaps its key, or its unit, is there again
	if err != nil {
		return Input{}, err
	}
	defer unlock()
	return f.begin(ctx, id)
}
