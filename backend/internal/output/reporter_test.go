package output

import (
	"slices"
	"sync"
)

// reporter hears what a running output says of itself.
type reporter struct {
	mu  sync.Mutex
	now string
	log []string
}

func (r *reporter) Degraded(why string) { r.say(why, "degraded") }
func (r *reporter) Recovered()          { r.say("", "recovered") }
func (r *reporter) Abandoned()          {}

func (r *reporter) say(now, line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = now
	r.log = append(r.log, line)
}

func (r *reporter) said() (string, []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now, slices.Clone(r.log)
}
