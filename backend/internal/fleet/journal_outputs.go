package fleet

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"hypha/internal/output"
	"hypha/internal/settings"
)

// tellLevelsEvery is how often, at most, the journal notes another duty or value while a function regulates. Switching on
// and off, and who drives, it notes always.
const tellLevelsEvery = time.Minute

// refusal names who was refused where.
type refusal struct {
	outputChannel
	by string
}

// outputMoved notes each change of a level with its cause; a renewed command is no change, and neither is a device that
// still does not take it.
func (j *journal) outputMoved(row settings.Output, s output.State) {
	key := outputChannel{row.ID, s.Index}
	now := told{level: s.Level, failed: s.Error != "", by: s.By, at: time.Now()}
	j.mu.Lock()
	before, known := j.levels[key]
	same := known && before.level.Equal(now.level) && before.failed == now.failed && (before.by == now.by || s.Driver == nil)
	regulated := known && !same && s.Driver != nil && before.by == now.by && !before.failed && !now.failed &&
		before.level.Active() == now.level.Active() && now.at.Sub(before.at) < tellLevelsEvery
	tell := func() { j.addAt(now.at, "output", row.Ref(), s.By, movedWords(row, s, before), movedData(row, s)) }
	switch {
	case s.Assumed || same:
		if same {
			before.later = nil // it is back at what was told
			j.levels[key] = before
		} else {
			j.levels[key] = now
		}
		j.mu.Unlock()
		return
	case regulated:
		before.later = func() {
			tell()
			now.at = time.Now()
			j.levels[key] = now
		}
		j.levels[key] = before
		j.mu.Unlock()
		return
	}
	j.levels[key] = now
	j.mu.Unlock()
	tell()
}

// tellLevels notes the levels of regulators that have changed since they were noted.
func (j *journal) tellLevels(now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, t := range j.levels {
		if t.later != nil && now.Sub(t.at) >= tellLevelsEvery {
			t.later()
		}
	}
}

func movedWords(row settings.Output, s output.State, before told) string {
	name := outputName(row, s.Index)
	switch {
	case s.Error != "":
		return fmt.Sprintf("%s did not take %s: %s", name, s.Level, s.Error)
	case s.Driver != nil && before.level.Equal(s.Level) && !before.failed:
		return fmt.Sprintf("%s stays %s, driven by %s", name, s.Level, s.By)
	case s.Driver == nil && s.Reason != "" && s.By != "timer":
		return fmt.Sprintf("%s went to %s: %s", name, s.Level, s.Reason)
	default:
		return fmt.Sprintf("%s went to %s", name, s.Level)
	}
}

// movedData is what the journal keeps of a state; why reads it.
func movedData(row settings.Output, s output.State) map[string]any {
	data := map[string]any{
		"index": s.Index, "level": s.Level, "by": s.By, "reason": s.Reason, "ends_at": timeOf(s.EndsAt), "error": s.Error,
	}
	if len(s.Chain) > 0 {
		data["chain"] = s.Chain
	}
	if s.Index < len(row.Channels) && present(row.Channels[s.Index].Limits) {
		data["limits"] = row.Channels[s.Index].Limits
	}
	if s.Driver != nil {
		data["driver"] = viewClaim(*s.Driver)
	}
	if len(s.Waiting) > 0 {
		data["waiting"] = viewState(s).Waiting
	}
	return data
}

// forget drops what is known of outputs that are gone for good.
func (j *journal) forget(outputs []int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for key := range j.levels {
		if slices.Contains(outputs, key.output) {
			delete(j.levels, key)
		}
	}
	for key := range j.refuses {
		if slices.Contains(outputs, key.output) {
			delete(j.refuses, key)
		}
	}
}

// refused notes a command that was not executed, and why. A person is told each time; a function repeats its command each
// second and is noted when the reason is another one.
func (j *journal) refused(row settings.Output, index int, c output.Command, cause output.Cause, err error) {
	if cause.Rank != output.OverrideRank {
		key, what := refusal{outputChannel{row.ID, index}, cause.By}, sameReason(c, err)
		j.mu.Lock()
		known := j.refuses[key] == what
		j.refuses[key] = what
		j.mu.Unlock()
		if known {
			return
		}
	}
	data := map[string]any{"index": index, "level": c.Level, "by": cause.By, "reason": cause.Reason, "refused": err.Error(), "chain": cause.Chain}
	message := fmt.Sprintf("%s was not set to %s: %v", outputName(row, index), c.Level, err)
	if errors.Is(err, output.ErrOutranked) {
		message = fmt.Sprintf("%s waits to drive %s: %v", cause.By, outputName(row, index), err)
	}
	j.add("output", row.Ref(), cause.By, message, data)
}

// sameReason is equal for refusals that people take for the same: the seconds that are left count down, and duties differ.
func sameReason(c output.Command, err error) string {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, err.Error())
	if errors.Is(err, output.ErrOutranked) {
		return letters
	}
	return fmt.Sprint(c.Active()) + letters
}

// obeyed notes that a driver is not refused any more.
func (j *journal) obeyed(id int64, index int, cause output.Cause) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.refuses) > 0 {
		delete(j.refuses, refusal{outputChannel{id, index}, cause.By})
	}
}

func outputName(row settings.Output, index int) string {
	if len(row.Channels) > 1 && index < len(row.Channels) {
		return row.Name + ", " + row.Channels[index].Name
	}
	return row.Name
}
