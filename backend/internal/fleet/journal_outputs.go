package fleet

import (
	"fmt"
	"slices"

	"hypha/internal/output"
	"hypha/internal/settings"
)

// outputMoved notes each change of a level with its cause; a renewed command is no change, and neither is a device that
// still does not take it.
func (j *journal) outputMoved(row settings.Output, s output.State) {
	key, now := outputChannel{row.ID, s.Index}, told{s.Level, s.Error != ""}
	j.mu.Lock()
	before, known := j.levels[key]
	j.levels[key] = now
	j.mu.Unlock()
	if s.Assumed || known && before.level.Equal(now.level) && before.failed == now.failed {
		return
	}
	message := fmt.Sprintf("%s went to %s", outputName(row, s.Index), s.Level)
	if s.Error != "" {
		message = fmt.Sprintf("%s did not take %s: %s", outputName(row, s.Index), s.Level, s.Error)
	}
	j.add("output", row.Ref(), s.By, message, map[string]any{
		"index": s.Index, "level": s.Level, "by": s.By, "reason": s.Reason, "ends_at": timeOf(s.EndsAt), "error": s.Error,
	})
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
}

// refused notes a command that was not executed, and why.
func (j *journal) refused(row settings.Output, index int, c output.Command, by string, err error) {
	j.add("output", row.Ref(), by, fmt.Sprintf("%s was not set to %s: %v", outputName(row, index), c.Level, err),
		map[string]any{"index": index, "level": c.Level, "by": by, "refused": err.Error()})
}

func outputName(row settings.Output, index int) string {
	if len(row.Channels) > 1 && index < len(row.Channels) {
		return row.Name + ", " + row.Channels[index].Name
	}
	return row.Name
}
