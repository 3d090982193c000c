package embedded

import "time"

// Damage is a part of the history that cannot be read.
type Damage struct {
	File, Part string
	From, To   time.Time // of the readings that are lost at most
	// Tail: it is the end of the journal, most likely a write that a power cut has cut short.
	Tail bool
}

// damage reports a part once.
func (s *Store) damage(file, part string, first, last int64) {
	s.report(Damage{File: file, Part: part, From: time.UnixMilli(first).UTC(), To: time.UnixMilli(last).UTC()})
}

func (s *Store) report(d Damage) {
	key := d.File + "\x00" + d.Part
	s.damageMu.Lock()
	known := s.damages[key]
	s.damages[key] = true
	s.damageMu.Unlock()
	if known {
		return
	}
	s.cfg.Logger.Error("part of the history is damaged and left out", "file", d.File, "part", d.Part, "from", d.From, "to", d.To, "tail", d.Tail)
	if s.cfg.OnDamage != nil {
		s.cfg.OnDamage(d)
	}
}
