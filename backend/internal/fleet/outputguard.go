package fleet

import (
	"context"
	"fmt"
	"maps"
	"time"

	"hypha/internal/controller"
	"hypha/internal/measure"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// flushTalliesEvery is how much a kill may take of the counts of run hours.
const flushTalliesEvery = time.Minute

// errands bounds the commands to backup channels that wait.
const errands = 256

// errand is a command to a backup channel; level nil lets it go.
type errand struct {
	step  output.Step
	level *output.Level
	cause output.Cause
}

// alerted tells people what an output channel has found.
func (f *Fleet) alerted(row settings.Output, n int, a output.Alert) {
	data := map[string]any{"kind": a.Kind, "index": n, "output": row.ID}
	maps.Copy(data, a.Data)
	if len(a.Chain) > 0 {
		data["chain"] = a.Chain
	}
	f.journal.add("alert", row.Ref(), "", row.Name+": "+a.Text, data)
}

// reading is the newest good value of a channel, for proofs of effect.
func (f *Fleet) reading(channel int64) (v float64, at time.Time, ok bool) {
	now, stale, ok := f.Live.Get(measure.ChannelID(channel))
	if !ok || stale || !now.Q.Usable() {
		return 0, time.Time{}, false
	}
	return now.V, time.UnixMilli(now.T), true
}

// help takes a command to a backup channel; it is carried out by work.
func (f *Fleet) help(step output.Step, level *output.Level, cause output.Cause) {
	select {
	case f.errands <- errand{step, level, cause}:
	default:
		f.log.Error("too many backup channels are to be driven at once", "output", step.Output, "channel", step.Channel)
	}
}

// relayWithin bounds a command to a backup channel.
const relayWithin = 10 * time.Second

// work drives backup channels and writes counts down until ctx ends.
func (f *Fleet) work(ctx context.Context) {
	tick := time.NewTicker(flushTalliesEvery)
	defer tick.Stop()
	for {
		select {
		case r := <-f.errands:
			f.send(ctx, r)
		case <-tick.C:
			f.flushTallies(ctx)
		case <-f.pressed:
			if _, err := f.StopAll(ctx, "the stop button was pressed", fmt.Sprintf("channel/%d", f.cfg.StopInput)); err != nil {
				f.log.Error("not every output could be stopped", "error", err)
			}
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveWithin)
			defer cancel()
			f.flushTallies(end)
			return
		}
	}
}

func (f *Fleet) flushTallies(ctx context.Context) {
	if err := f.tallies.flush(ctx, f.cfg.Store.OutputBooks); err != nil {
		f.log.Error("the counts of outputs could not be written down; they wait", "error", err)
	}
}

func (f *Fleet) send(ctx context.Context, r errand) {
	ctx, cancel := context.WithTimeout(ctx, relayWithin)
	defer cancel()
	if r.level == nil {
		f.letGo(r.step, r.cause.By)
		return
	}
	// What it could not do is in the journal.
	if _, err := f.DriveAs(ctx, r.step.Output, r.step.Channel, output.Command{Level: *r.level}, r.cause); err != nil {
		f.log.Warn("a backup channel could not be driven", "output", r.step.Output, "channel", r.step.Channel, "error", err)
	}
}

// letGo ends the claim of a driver on a backup channel.
func (f *Fleet) letGo(step output.Step, by string) {
	f.mu.RLock()
	out := f.driving[controller.Ref(settings.Ref("output", step.Output))]
	f.mu.RUnlock()
	if out != nil {
		out.ReleaseChannel(step.Channel, by, "it is not needed as a backup any more")
	}
}

// instead drives the backup of a channel whose device does not work; ok is false when it has none.
func (f *Fleet) instead(ctx context.Context, out *driven, row settings.Output, n int, c output.Command, cause output.Cause, why error) (s ChannelState, ok bool) {
	step, ok := out.BackupOf(n)
	if !ok || cause.Rank == output.OverrideRank {
		return s, false
	}
	backup, target, err := f.drivable(ctx, step.Output)
	if err != nil {
		f.log.Warn("a backup channel does not run", "output", step.Output, "error", err)
		return s, false
	}
	cause.Reason = "backup of " + outputName(row, n) + ": " + why.Error()
	cause.Chain = append(append([]output.Link{}, cause.Chain...), output.Link{What: "limit", Ref: row.Ref(), Text: why.Error(), T: time.Now()})
	state, err := backup.Drive(ctx, step.Channel, c, cause)
	if err != nil {
		f.journal.refused(target, step.Channel, c, cause, err)
		return s, false
	}
	f.relayMu.Lock()
	defer f.relayMu.Unlock()
	if f.relayed == nil {
		f.relayed = map[outputChannel]output.Step{}
	}
	if _, known := f.relayed[outputChannel{row.ID, n}]; !known {
		f.relayed[outputChannel{row.ID, n}] = step
		f.journal.add("alert", row.Ref(), "", outputName(row, n)+" is replaced by its backup, "+outputName(target, step.Channel)+": "+why.Error(),
			map[string]any{"kind": "ladder", "step": "backup", "index": n, "output": row.ID, "chain": cause.Chain})
	}
	return viewState(state), true
}

// instate lets the backup of a channel go that works again.
func (f *Fleet) instate(row settings.Output, n int, by string) {
	f.relayMu.Lock()
	step, known := f.relayed[outputChannel{row.ID, n}]
	delete(f.relayed, outputChannel{row.ID, n})
	f.relayMu.Unlock()
	if known {
		f.letGo(step, by)
		f.journal.add("alert", row.Ref(), "", outputName(row, n)+" works again", map[string]any{"kind": "ladder", "recovered": true, "index": n, "output": row.ID})
	}
}

// Acknowledge ends the fault of a channel, so that it can be driven again.
func (f *Fleet) Acknowledge(ctx context.Context, id int64, channel int, by string) (ChannelState, error) {
	return f.amend(ctx, id, channel, by, "acknowledged the fault of", (*output.Output).Acknowledge)
}

// Serviced notes that a channel was serviced: its reminder counts anew.
func (f *Fleet) Serviced(ctx context.Context, id int64, channel int, by string) (ChannelState, error) {
	return f.amend(ctx, id, channel, by, "serviced", (*output.Output).Serviced)
}

func (f *Fleet) amend(ctx context.Context, id int64, n int, by, did string, change func(*output.Output, context.Context, int) error) (ChannelState, error) {
	out, row, err := f.drivable(ctx, id)
	if err != nil {
		return ChannelState{}, err
	}
	if err := change(out.Output, ctx, n); err != nil {
		return ChannelState{}, translateDrive(err)
	}
	f.journal.add("output", row.Ref(), by, by+" "+did+" "+outputName(row, n), map[string]any{"index": n, "did": did})
	return f.ChannelState(ctx, id, n)
}
