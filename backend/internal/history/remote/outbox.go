package remote

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// Folder is the name of the queue's folder inside the data folder.
const Folder = "remote-queue"

// OutboxConfig sets up an Outbox. Dir, WriteURL, Instance and Source are needed.
type OutboxConfig struct {
	Dir      string // the data folder
	WriteURL string // where the engine takes remote write
	Instance string // names this program among all that write to the engine
	Source   Source
	Access   Access

	QueueBytes int64         // at most, on the disk; default 1 GiB: 80 million readings
	Batch      int           // readings of a request; default 5 000
	Settle     time.Duration // how long the engine may take to keep what it has acknowledged; default 1 min
	Linger     time.Duration // how long readings wait for others to go with them; default 5 s
	PauseMax   time.Duration // between tries; default 30 s

	// OnChange is told when the engine begins to take nothing, when readings begin to be lost, and when it works again.
	// Calls come one at a time and must not block.
	OnChange func(State)
	Logger   *slog.Logger // default: none

	segmentBytes int64
}

func (c *OutboxConfig) fill() {
	orDefault(&c.QueueBytes, 1<<30)
	orDefault(&c.Batch, 5_000)
	orDefault(&c.Settle, time.Minute)
	orDefault(&c.Linger, 5*time.Second)
	orDefault(&c.PauseMax, 30*time.Second)
	orDefault(&c.segmentBytes, min(1<<20, c.QueueBytes/8))
	if c.OnChange == nil {
		c.OnChange = func(State) {}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
}

func orDefault[T ~int | ~int64](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}

// Outbox sends readings to an engine, by way of a queue on the disk. It is a history.Appender and safe for concurrent
// use.
type Outbox struct {
	cfg    OutboxConfig // fixed
	queue  *queue
	sender *sender
	end    context.CancelFunc
	ended  sync.WaitGroup
}

var _ history.Appender = (*Outbox)(nil)

// OpenOutbox opens the queue and begins to send. The engine need not be there.
func OpenOutbox(cfg OutboxConfig) (*Outbox, error) {
	cfg.fill()
	if err := CheckURL(cfg.WriteURL); err != nil {
		return nil, fmt.Errorf("remote engine: %w", err)
	}
	q, err := openQueue(queueConfig{
		dir: filepath.Join(cfg.Dir, Folder), limit: cfg.QueueBytes, segment: cfg.segmentBytes, settle: cfg.Settle, logger: cfg.Logger,
	})
	if err != nil {
		return nil, err
	}
	http := newClient(cfg.Access)
	o := &Outbox{cfg: cfg, queue: q}
	o.sender = &sender{
		queue: q, batch: cfg.Batch, pauseMax: cfg.PauseMax, linger: cfg.Linger, onChange: cfg.OnChange, logger: cfg.Logger, broke: http.line.broke,
		write: func(ctx context.Context, batch []sample) error {
			return http.write(ctx, cfg.WriteURL, encode(cfg.Instance, batch))
		},
	}
	var ctx context.Context
	ctx, o.end = context.WithCancel(context.Background())
	o.ended.Go(func() { o.sender.run(ctx) })
	return o, nil
}

// Append puts readings into the queue, all or none. When it returns nil they survive the death of the process. A value
// that is not finite is a *history.InvalidError.
func (o *Outbox) Append(ctx context.Context, readings []measure.Reading) error {
	if err := history.Check(readings); err != nil {
		return err
	}
	if len(readings) == 0 {
		return nil
	}
	labels, err := o.cfg.Source.Labels(ctx, channelsOf(readings))
	if err != nil {
		return fmt.Errorf("labels for the remote engine: %w", err)
	}
	samples := make([]sample, len(readings))
	for i, r := range readings {
		samples[i] = sample{series: series{r.Channel, labels[r.Channel]}, t: r.T, v: r.V, q: r.Q}
	}
	return o.queue.append(samples)
}

func channelsOf(readings []measure.Reading) (ids []measure.ChannelID) {
	seen := map[measure.ChannelID]bool{}
	for _, r := range readings {
		if !seen[r.Channel] {
			seen[r.Channel] = true
			ids = append(ids, r.Channel)
		}
	}
	return ids
}

// Sync brings what was appended to the disk, which bounds what a power cut can take.
func (o *Outbox) Sync(context.Context) error { return o.queue.sync() }

// State says how the outbox fares.
func (o *Outbox) State() State { return o.sender.snapshot() }

// Close ends sending, after the request under way if that ends soon. What waits stays in the queue for the next time.
func (o *Outbox) Close() error {
	o.end()
	o.ended.Wait()
	return o.queue.close()
}
