package fleet

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hypha/internal/settings"
)

// NoteDraft is a note as a person writes it.
type NoteDraft struct {
	Note  string   `json:"note"`            // in one line
	Text  string   `json:"text,omitempty"`  // more of it
	T     *int64   `json:"t,omitempty"`     // ms since the epoch; default now
	Until *int64   `json:"until,omitempty"` // ms since the epoch: the note is about a span
	Tags  []string `json:"tags,omitempty"`
	Refs  []string `json:"refs,omitempty"` // what it is about: "channel/3", "zone/1", "output/2"
}

const (
	maxNote     = 500 // characters of its line
	maxNoteText = 20_000
	maxTags     = 20
	maxTag      = 40
	maxRefs     = 50
)

func (d NoteDraft) check() error {
	var bad faults
	switch note := strings.TrimSpace(d.Note); {
	case note == "":
		bad.add("note", "is required: say in one line what is to be remembered")
	case utf8.RuneCountInString(note) > maxNote:
		bad.add("note", "must be at most %d characters: write the rest into text", maxNote)
	case !utf8.ValidString(note) || strings.ContainsFunc(note, unicode.IsControl):
		bad.add("note", "must be one line of plain text: write more into text")
	}
	if utf8.RuneCountInString(d.Text) > maxNoteText {
		bad.add("text", "must be at most %d characters", maxNoteText)
	}
	if d.T != nil && (*d.T < 0 || *d.T > time.Now().Add(366*24*time.Hour).UnixMilli()) {
		bad.add("t", "must be a time since 1970, at most a year ahead")
	}
	if d.Until != nil && (d.T == nil || *d.Until <= *d.T) {
		bad.add("until", "must be after t")
	}
	if len(d.Tags) > maxTags {
		bad.add("tags", "must be at most %d", maxTags)
	}
	for _, tag := range d.Tags {
		if t := strings.TrimSpace(tag); t == "" || utf8.RuneCountInString(t) > maxTag || strings.ContainsFunc(t, unicode.IsControl) {
			bad.add("tags", "each must be 1 to %d characters", maxTag)
			break
		}
	}
	if len(d.Refs) > maxRefs {
		bad.add("refs", "must be at most %d", maxRefs)
	}
	for _, ref := range d.Refs {
		what, _, _ := strings.Cut(ref, "/")
		if _, ok := numberOf(what, ref); !ok || !slices.Contains([]string{"channel", "input", "output", "function", "zone"}, what) {
			bad.add("refs", "%q names nothing: use channel/3, input/1, output/2, function/4 or zone/1", ref)
		}
	}
	return bad.err()
}

func (d NoteDraft) into(n *settings.Note) {
	n.Name, n.Text, n.Until = strings.TrimSpace(d.Note), d.Text, d.Until
	if d.T != nil {
		n.T = *d.T
	}
	n.Tags = slices.Compact(slices.Sorted(slices.Values(trimmed(d.Tags))))
	n.Refs = slices.Compact(slices.Sorted(slices.Values(d.Refs)))
}

func trimmed(all []string) []string {
	out := make([]string, len(all))
	for n, s := range all {
		out[n] = strings.TrimSpace(s)
	}
	return out
}

// CreateNote stores a note and tells it to the feed.
func (f *Fleet) CreateNote(ctx context.Context, d NoteDraft, by string) (settings.Note, error) {
	if err := d.check(); err != nil {
		return settings.Note{}, err
	}
	n := settings.Note{T: time.Now().UnixMilli(), Author: by}
	d.into(&n)
	if err := f.cfg.Store.Notes.Create(ctx, &n); err != nil {
		return settings.Note{}, err
	}
	f.journal.add("note", n.Ref(), by, n.Name, map[string]any{"note": n.ID, "t": n.T, "until": n.Until, "tags": n.Tags, "refs": n.Refs})
	return n, nil
}

// UpdateNote applies a JSON merge patch.
func (f *Fleet) UpdateNote(ctx context.Context, id int64, patch json.RawMessage) (settings.Note, error) {
	return f.cfg.Store.Notes.Update(ctx, id, func(n *settings.Note) error {
		after, err := merge(NoteDraft{Note: n.Name, Text: n.Text, T: &n.T, Until: n.Until, Tags: n.Tags, Refs: n.Refs}, patch)
		if err != nil {
			return err
		}
		if err := after.check(); err != nil {
			return err
		}
		after.into(n)
		return nil
	})
}

// DeleteNote puts a note into the bin.
func (f *Fleet) DeleteNote(ctx context.Context, id int64) error {
	return f.cfg.Store.Notes.SoftDelete(ctx, id)
}

// RestoreNote takes it out again.
func (f *Fleet) RestoreNote(ctx context.Context, id int64) (settings.Note, error) {
	return f.cfg.Store.Notes.Restore(ctx, id)
}

// Notes lists notes, newest first.
func (f *Fleet) Notes(ctx context.Context, filter settings.NoteFilter) ([]settings.Note, int64, error) {
	return f.cfg.Store.Notes.Find(ctx, filter)
}
