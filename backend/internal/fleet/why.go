package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hypha/internal/output"
	"hypha/internal/settings"
)

// Why tells why an output channel was in its state at a moment.
type Why struct {
	Output  int64  `json:"output"`
	Channel int    `json:"channel"`
	Name    string `json:"name"`
	At      Time   `json:"at" swaggertype:"string" format:"date-time"`
	// Known is false when the journal does not reach back so far.
	Known bool `json:"known"`
	output.Level
	Since  *Time  `json:"since,omitempty" swaggertype:"string" format:"date-time"`
	By     string `json:"by,omitempty"`
	Reason string `json:"reason,omitempty"`
	Error  string `json:"error,omitempty"` // the device had not taken it
	EndsAt *Time  `json:"ends_at,omitempty" swaggertype:"string" format:"date-time"`
	// Chain is what led to it, the first cause first.
	Chain []output.Link `json:"chain"`
	// Limits are those in force then, as configured.
	Limits  json.RawMessage `json:"limits" swaggertype:"object"`
	Driver  *ClaimView      `json:"driver,omitempty"`
	Waiting []ClaimView     `json:"waiting,omitempty"`
	// Refused are the commands that were refused between since and at, the newest first.
	Refused []Refused `json:"refused,omitempty"`
} //	@name	OutputWhy

// Refused is a command that was not executed.
type Refused struct {
	T      Time          `json:"t" swaggertype:"string" format:"date-time"`
	By     string        `json:"by"`
	Level  output.Level  `json:"level"`
	Reason string        `json:"reason"` // for the refusal
	Chain  []output.Link `json:"chain,omitempty"`
} //	@name	RefusedCommand

// noted is what the journal keeps of an output channel: a state, or a command that was refused.
type noted struct {
	Index   *int            `json:"index"`
	Level   output.Level    `json:"level"`
	By      string          `json:"by"`
	Reason  string          `json:"reason"`
	Error   string          `json:"error"`
	EndsAt  *time.Time      `json:"ends_at"`
	Chain   []output.Link   `json:"chain"`
	Limits  json.RawMessage `json:"limits"`
	Driver  *storedClaim    `json:"driver"`
	Waiting []storedClaim   `json:"waiting"`
	Refused string          `json:"refused"`
}

// storedClaim is a ClaimView as the journal keeps it.
type storedClaim struct {
	By     string     `json:"by"`
	Reason string     `json:"reason"`
	Rank   string     `json:"rank"`
	Until  *time.Time `json:"until"`
	output.Level
}

func (c storedClaim) view() ClaimView {
	return ClaimView{By: c.By, Reason: c.Reason, Rank: c.Rank, Until: timeOf(c.Until), Level: c.Level}
}

const (
	whyPage    = 200
	whyDeepest = 20_000 // entries of one output that are looked through
	whyRefused = 20
)

// Why answers from the journal why a channel was in its state at a moment.
func (f *Fleet) Why(ctx context.Context, id int64, channel int, at time.Time) (Why, error) {
	row, err := f.cfg.Store.Outputs.Get(ctx, id)
	if err != nil {
		return Why{}, err
	}
	if channel < 0 || channel >= len(row.Channels) {
		return Why{}, ErrNotFound
	}
	f.journal.settle(ctx)
	why := Why{Output: id, Channel: channel, Name: outputName(row, channel), At: Time(at), Chain: []output.Link{}, Limits: json.RawMessage("{}")}
	filter := settings.EventFilter{Type: "output", Source: row.Ref(), To: at.UnixMilli() + 1, Limit: whyPage}
	for ; filter.Offset < whyDeepest; filter.Offset += whyPage {
		events, _, err := f.cfg.Store.Events.List(ctx, filter)
		if err != nil {
			return Why{}, err
		}
		for _, e := range events {
			var n noted
			if err := json.Unmarshal(e.Data, &n); err != nil {
				return Why{}, fmt.Errorf("entry %d of the journal: %w", e.ID, err)
			}
			if n.Index == nil || *n.Index != channel || n.Level == (output.Level{}) {
				continue
			}
			if n.Refused == "" {
				why.is(e.T, n)
				return why, nil
			}
			if len(why.Refused) < whyRefused {
				why.Refused = append(why.Refused, Refused{T: FromMillis(e.T), By: n.By, Level: n.Level, Reason: n.Refused, Chain: n.Chain})
			}
		}
		if len(events) < whyPage {
			break
		}
	}
	return why, nil
}

// is takes over the state of an entry of the journal.
func (w *Why) is(t int64, n noted) {
	since := FromMillis(t)
	w.Known, w.Since, w.Level, w.By, w.Reason, w.Error, w.EndsAt = true, &since, n.Level, n.By, n.Reason, n.Error, timeOf(n.EndsAt)
	if n.Chain != nil {
		w.Chain = n.Chain
	}
	if present(n.Limits) {
		w.Limits = n.Limits
	}
	if n.Driver != nil {
		w.Driver = new(n.Driver.view())
	}
	for _, c := range n.Waiting {
		w.Waiting = append(w.Waiting, c.view())
	}
}
