package embedded

import "time"

// Damage is a part of the history that cannot be read.
type Damage struct {
	File, Part string
	From, To   time.Time // of the readings that are lost at most
}

// damage reports a part once.
func (s *Store) damage(file, part string, first, last int64) {
	key := file + "\x00" + part
	s.damageMu.Lock()
	known := s.damages[key]
	s.damages[key] = true
	s.damageMu.Unlock()
	if known {
		return
	}
	d := Damage{File: file, Part: part, From: time.UnixMilli(first).UTC(), To: time.UnixMilli(last).UTC()}
	s.cfg.Logger.Error("part of the history is damaged and left out", "file", d.File, "part", d.Part, "from", d.From, "to", d.To)
	if s.cfg.OnDamage != nil {
		s.cfg.OnDamage(d)
	}
}
