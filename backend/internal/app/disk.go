package app

import (
	"fmt"
	"time"

	"hypha/internal/history/budget"
)

// watchDisk builds what keeps the disk from getting full; nil where nobody wants that.
func (p *program) watchDisk() *budget.Watcher {
	if p.local == nil { // the readings lie elsewhere
		return nil
	}
	cfg := budget.Config{Dir: p.opts.DataDir, Store: p.local, Tell: p.noteDisk, Log: p.log, Every: p.opts.Test.TendEvery}
	if mb := p.opts.Config.History.KeepFreeMB; mb != nil {
		if *mb == 0 {
			return nil
		}
		cfg.Keep = func(uint64) uint64 { return uint64(*mb * 1e6) }
	}
	return budget.New(cfg)
}

// noteDisk tells people when the disk gets full, and when that is over.
func (p *program) noteDisk(s budget.State) {
	const mb = 1e6
	free := fmt.Sprintf("%.0f MB are free where the data lies, %.0f MB are to be kept free", float64(s.Free)/mb, float64(s.Keep)/mb)
	data := map[string]any{"free_bytes": s.Free, "total_bytes": s.Total, "keep_bytes": s.Keep, "dropped": s.Dropped}
	words := "The disk gets full: " + free + ". The oldest weeks of the history are deleted now, one by one"
	switch {
	case !s.Short:
		words = "The disk has room again: " + free
		if s.Dropped > 0 {
			words += fmt.Sprintf(". %d readings from before %s were deleted", s.Dropped, s.Before.Format(time.DateOnly))
			data["before"] = s.Before
		}
	case s.Exhausted:
		words = "The disk gets full: " + free + ". There is no old history left to delete: make room"
	}
	p.fleet.Note("alert", "disk", "", words, data)
}
