package settings

import (
	"context"
	"encoding/json"
	"slices"

	"gorm.io/gorm"

	"hypha/internal/sqlite"
)

// Note is what a person or a function says about a moment or a span. Item.Name is the note in one line.
type Note struct {
	Item
	Text   string   // more of it; may be empty
	T      int64    // ms since the epoch
	Until  *int64   // ms since the epoch; nil: a moment
	Tags   []string `gorm:"serializer:json"`
	Refs   []string `gorm:"serializer:json"` // what it is about: "channel/3", "zone/1"
	Author string   // "user:maya", "function/2"
}

// Ref names the note in events: "note/4".
func (n Note) Ref() string { return Ref("note", n.ID) }

// Method is a set-point as a function of time.
type Method struct {
	Item
	Definition json.RawMessage `gorm:"serializer:json"`
}

// Ref names the method in events: "method/4".
func (m Method) Ref() string { return Ref("method", m.ID) }

// Methods is the repository of methods.
type Methods = Items[Method, *Method]

func newMethods(db *sqlite.DB) *Methods {
	return &Methods{db: db, noun: "method", search: []string{"name"}}
}

// Notes is the repository of notes.
type Notes struct{ *Items[Note, *Note] }

func newNotes(db *sqlite.DB) *Notes {
	return &Notes{&Items[Note, *Note]{db: db, noun: "note", search: []string{"name", "text"}}}
}

// NoteFilter chooses and pages notes. The zero value is everything.
type NoteFilter struct {
	From, To int64  // ms since the epoch; only those that touch [From, To); 0 = no limit
	Tag      string // only with this tag
	Ref      string // only about this ("channel/3")
	Q        string // only those in which this text occurs
	Limit    int
	Offset   int
}

// Find returns the notes that f chooses, newest first, and how many there are without Limit and Offset.
func (r *Notes) Find(ctx context.Context, f NoteFilter) (notes []Note, total int64, err error) {
	q := r.db.Read.WithContext(ctx).Model(&Note{})
	if f.From != 0 {
		q = q.Where("coalesce(until, t) >= ?", f.From)
	}
	if f.To != 0 {
		q = q.Where("t < ?", f.To)
	}
	if f.Q != "" {
		q = q.Where(r.matches(f.Q))
	}
	for column, wanted := range map[string]string{"tags": f.Tag, "refs": f.Ref} {
		if wanted != "" {
			q = q.Where("EXISTS (SELECT 1 FROM json_each(notes."+column+") WHERE value = ?)", wanted)
		}
	}
	q = q.Session(&gorm.Session{})
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, sqlite.Translate(err, "list notes")
	}
	notes = []Note{}
	err = page(q, f.Limit, f.Offset).Order("t DESC, id DESC").Find(&notes).Error
	return notes, total, sqlite.Translate(err, "list notes")
}

// TagsOf lists the tags of all notes, each once, by name.
func (r *Notes) TagsOf(ctx context.Context) ([]string, error) {
	tags := []string{}
	err := r.db.Read.WithContext(ctx).Raw("SELECT DISTINCT value FROM notes, json_each(notes.tags) WHERE deleted_at IS NULL").Scan(&tags).Error
	slices.Sort(tags)
	return tags, sqlite.Translate(err, "list the tags of notes")
}
