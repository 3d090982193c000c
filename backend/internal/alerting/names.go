package alerting

import (
	"context"
	"fmt"
	"strconv"

	"hypha/internal/alert"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

// names are the words of rules for channels and outputs.
type names struct {
	unit  func(u measure.Unit) (symbol string, decimals int)
	table table
}

// table is what the settings say of what rules can watch.
type table struct {
	channels map[measure.ChannelID]settings.Channel
	outputs  map[int64]settings.Output
}

func loadNames(ctx context.Context, store *settings.Store) (table, error) {
	t := table{map[measure.ChannelID]settings.Channel{}, map[int64]settings.Output{}}
	channels, _, err := store.Channels.List(ctx, settings.ChannelFilter{})
	if err != nil {
		return t, err
	}
	outputs, _, err := store.Outputs.List(ctx, settings.Filter{})
	if err != nil {
		return t, err
	}
	for _, c := range channels {
		t.channels[c.ID] = c
	}
	for _, o := range outputs {
		t.outputs[o.ID] = o
	}
	return t, nil
}

// Value writes a value of a channel with its unit.
func (n *names) Value(ch measure.ChannelID, v float64) string {
	return n.write(ch, v, 0, "")
}

// Rate writes a change per minute.
func (n *names) Rate(ch measure.ChannelID, perMinute float64) string {
	return n.write(ch, perMinute, 1, "/min")
}

// write writes a number with as many decimals as its unit has, and more.
func (n *names) write(ch measure.ChannelID, v float64, more int, per string) string {
	c, ok := n.table.channels[ch]
	if !ok {
		return strconv.FormatFloat(v, 'g', 4, 64) + per
	}
	symbol, decimals := n.unit(c.Unit)
	text := strconv.FormatFloat(v, 'f', decimals+more, 64)
	switch {
	case symbol == "":
		return text + per
	case symbol == "%" && per == "":
		return text + " %"
	}
	return text + " " + symbol + per
}

// Channel names a channel.
func (n *names) Channel(ch measure.ChannelID) string {
	if c, ok := n.table.channels[ch]; ok {
		return c.Name
	}
	return fmt.Sprintf("channel %d", ch)
}

// Output names a channel of an output.
func (n *names) Output(o alert.OutputChannel) string {
	row, ok := n.table.outputs[o.Output]
	switch {
	case !ok:
		return fmt.Sprintf("output %d", o.Output)
	case len(row.Channels) > 1 && o.Channel < len(row.Channels):
		return row.Name + " (" + row.Channels[o.Channel].Name + ")"
	}
	return row.Name
}
