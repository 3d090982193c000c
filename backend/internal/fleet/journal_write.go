package fleet

import (
	"context"
	"time"

	"hypha/internal/settings"
)

// run writes events in batches until ctx ends, then what still waits.
func (j *journal) run(ctx context.Context) {
	tick := time.NewTicker(wellAfter)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			j.tellRecovered(now)
			j.tellLevels(now)
			j.catchUp(ctx)
		case e := <-j.queue:
			j.write(ctx, e)
		case done := <-j.ask:
			j.writeAll(ctx)
			close(done)
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			j.writeAll(end)
			j.catchUp(end)
			return
		}
	}
}

// writeAll writes what waits.
func (j *journal) writeAll(ctx context.Context) {
	for {
		select {
		case e := <-j.queue:
			j.write(ctx, e)
		default:
			return
		}
	}
}

// settleWithin bounds how long a reader of the journal waits for what has just happened.
const settleWithin = time.Second

// settle waits until what was added before can be read: whoever has done something looks for it at once.
func (j *journal) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	done := make(chan struct{})
	select {
	case j.ask <- done:
	case <-ctx.Done():
		return
	}
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func (j *journal) write(ctx context.Context, first settings.Event) {
	batch := []*settings.Event{&first}
	for len(batch) < 256 {
		select {
		case e := <-j.queue:
			batch = append(batch, &e)
			continue
		default:
		}
		break
	}
	j.keep(ctx, batch)
	for _, e := range batch {
		j.topic.Publish(viewEvent(*e))
	}
}

// keep writes events. What the store does not take, as on a full disk, waits: of what went wrong then people want to read
// later.
func (j *journal) keep(ctx context.Context, batch []*settings.Event) {
	if len(j.unwritten) == 0 {
		err := j.store.Append(context.WithoutCancel(ctx), batch...)
		if err == nil {
			return
		}
		j.log.Error("events cannot be written to the journal; they wait", "error", err)
	}
	j.unwritten = append(j.unwritten, batch...)
	if more := len(j.unwritten) - journalQueue; more > 0 { // the first ones say how it began
		j.lost.Add(uint64(more))
		j.unwritten = j.unwritten[:journalQueue]
	}
}

// catchUp writes what waits for the store.
func (j *journal) catchUp(ctx context.Context) {
	n := len(j.unwritten)
	if n == 0 || j.store.Append(context.WithoutCancel(ctx), j.unwritten...) != nil {
		return
	}
	j.unwritten = nil
	j.log.Info("the journal is written again", "waited", n)
}
