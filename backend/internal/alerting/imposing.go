package alerting

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hypha/internal/fleet"
	"hypha/internal/option"
	"hypha/internal/output"
)

// Driver is what drives outputs: the fleet.
type Driver interface {
	Output(ctx context.Context, id int64) (fleet.Output, error)
	DriveAs(ctx context.Context, id int64, channel int, c output.Command, cause output.Cause) (fleet.ChannelState, error)
	ReleaseClaim(id int64, channel int, by, reason string)
}

// Imposing makes Outputs of a driver. A command of a rule has a lease, so that it ends with the program; when it is not
// renewed the output goes to its safe state.
func Imposing(d Driver) Outputs { return &imposing{driver: d, kept: map[target]output.Level{}} }

type imposing struct {
	driver Driver

	mu   sync.Mutex
	kept map[target]output.Level // what held channels did when that began
}

// Impose drives the channel.
func (i *imposing) Impose(ctx context.Context, o Order) error {
	level, err := i.level(ctx, o)
	if err != nil {
		return err
	}
	cause := output.Cause{By: o.By, Reason: o.Reason, Rank: output.SafetyRank, Chain: []output.Link{{What: "alert", Ref: o.By, Text: o.Reason, T: time.Now()}}}
	_, err = i.driver.DriveAs(ctx, o.Output, o.Channel, output.Command{Level: level, Lease: o.Lease}, cause)
	return err
}

// Release gives the channel back to who waits for it.
func (i *imposing) Release(_ context.Context, o Order) error {
	i.driver.ReleaseClaim(o.Output, o.Channel, o.By, "the alert is over")
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.kept, target{o.Output, o.Channel})
	return nil
}

var errUnknownLevel = errors.New("nobody knows what it does, so it cannot be kept so")

func (i *imposing) level(ctx context.Context, o Order) (output.Level, error) {
	out, err := i.driver.Output(ctx, o.Output)
	if err != nil {
		return output.Level{}, err
	}
	if o.Channel >= len(out.Output.Channels) || o.Channel >= len(out.States) {
		return output.Level{}, fleet.ErrNotFound
	}
	ch := out.Output.Channels[o.Channel]
	kind := output.ChannelType(ch.Type)
	switch o.Do {
	case Set:
		return o.Level.For(kind), nil
	case Hold:
		i.mu.Lock()
		defer i.mu.Unlock()
		t := target{o.Output, o.Channel}
		level, ok := i.kept[t]
		if !ok {
			if level = out.States[o.Channel].Level; level == (output.Level{}) || kind == output.Volume {
				return level, errUnknownLevel // a volume that was dispensed is not dispensed again
			}
			i.kept[t] = level
		}
		return level, nil
	case Stop:
	}
	var safe output.Level
	if len(ch.Safe) > 0 && string(ch.Safe) != "null" {
		if err := fleet.Strict(ch.Safe, &safe); err != nil {
			return safe, fmt.Errorf("its safe state: %w", err)
		}
		return safe.For(kind), nil
	}
	safe, ok := output.OffOf(kind)
	if !ok {
		return safe, option.Errors{{Field: "safe", Message: "the output has no safe state: give it one"}}
	}
	return safe, nil
}
