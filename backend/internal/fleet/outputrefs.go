package fleet

import (
	"context"
	"fmt"

	"hypha/internal/measure"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// checkReferences judges what the channels of an output name: channels that prove their effect, and outputs that take
// over. self is the output's id, 0 for a new one.
func (f *Fleet) checkReferences(ctx context.Context, bad *faults, d OutputDraft, self int64) {
	for n, ch := range d.Channels {
		at := fmt.Sprintf("channels[%d]", n)
		if fb := ch.Feedback; fb != nil && fb.Channel > 0 && !f.measured(fb.Channel) {
			bad.add(at+".feedback.channel", "there is no channel %d: GET /api/v1/channels lists them", fb.Channel)
		}
		for k, s := range ch.Ladder {
			at := fmt.Sprintf("%s.ladder[%d]", at, k)
			if s.Outdoor > 0 && !f.measured(s.Outdoor) {
				bad.add(at+".outdoor", "there is no channel %d: GET /api/v1/channels lists them", s.Outdoor)
			}
			if s.Step == "backup" && s.Output > 0 {
				f.checkBackup(ctx, bad, at, s, self)
			}
		}
		if hasBackup(ch.Guard) && self != 0 {
			f.checkNoBackup(ctx, bad, at+".ladder", self, ch.Index)
		}
	}
}

func (f *Fleet) measured(channel int64) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	_, ok := f.channels[measure.ChannelID(channel)]
	return ok
}

func hasBackup(g output.Guard) bool {
	for _, s := range g.Ladder {
		if s.Step == "backup" {
			return true
		}
	}
	return false
}

// checkBackup judges a step that names another channel.
func (f *Fleet) checkBackup(ctx context.Context, bad *faults, at string, s output.Step, self int64) {
	if s.Output == self {
		bad.add(at+".output", "must be another output: what fails cannot take over from itself")
		return
	}
	row, err := f.cfg.Store.Outputs.Get(ctx, s.Output)
	if err != nil {
		bad.add(at+".output", "there is no output %d", s.Output)
		return
	}
	if s.Channel < 0 || s.Channel >= len(row.Channels) {
		bad.add(at+".channel", "must be 0 to %d: %s has %d", len(row.Channels)-1, row.Name, len(row.Channels))
		return
	}
	ch := row.Channels[s.Channel]
	var g output.Guard
	if err := decodeGuard(ch, &g); err == nil && hasBackup(g) {
		bad.add(at+".output", "must be a channel without a backup of its own: the two could hand on to each other for ever")
	}
	if s.Level != nil {
		bad.under("", s.Level.For(output.ChannelType(ch.Type)).Check(output.ChannelType(ch.Type), at+".level"))
	}
}

// checkNoBackup refuses a backup for a channel that is one.
func (f *Fleet) checkNoBackup(ctx context.Context, bad *faults, at string, self int64, index int) {
	rows, _, err := f.cfg.Store.Outputs.List(ctx, settings.Filter{})
	if err != nil {
		bad.add(at, "cannot be checked now: %v", err)
		return
	}
	for _, row := range rows {
		for _, ch := range row.Channels {
			var g output.Guard
			if decodeGuard(ch, &g) != nil {
				continue
			}
			for _, s := range g.Ladder {
				if s.Step == "backup" && s.Output == self && s.Channel == index {
					bad.add(at, "must have no backup: it is the backup of %s", row.Name)
					return
				}
			}
		}
	}
}
