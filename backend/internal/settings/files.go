package settings

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hypha/internal/sqlite"
)

// Upload is what is known of an uploaded file; its content lies in the folder of package files, under its ID.
type Upload struct {
	ID        string `gorm:"primaryKey"` // 32 hexadecimal digits
	Name      string // as its owner calls it
	Type      string // media type, found out by the program
	Bytes     int64
	Width     int // of a picture as it is seen; 0: no picture
	Height    int
	Author    string // "user:maya", "function/2"
	CreatedAt time.Time
}

// TableName is for GORM.
func (Upload) TableName() string { return "files" }

// Uploads is the repository of uploaded files.
type Uploads struct{ db *sqlite.DB }

// Create stores what is known of a file.
func (r *Uploads) Create(ctx context.Context, f *Upload) error {
	return sqlite.Translate(r.db.Write.WithContext(ctx).Create(f).Error, "add a file")
}

// Get returns a file, or ErrNotFound.
func (r *Uploads) Get(ctx context.Context, id string) (f Upload, err error) {
	err = r.db.Read.WithContext(ctx).Where("id = ?", id).First(&f).Error
	return f, sqlite.Translate(err, "file %s", id)
}

// Of returns those of the files that there are, by id.
func (r *Uploads) Of(ctx context.Context, ids []string) (map[string]Upload, error) {
	found := map[string]Upload{}
	const atOnce = 500 // below what a statement may name
	for some := range slices.Chunk(ids, atOnce) {
		var rows []Upload
		if err := r.db.Read.WithContext(ctx).Where("id IN ?", some).Find(&rows).Error; err != nil {
			return nil, sqlite.Translate(err, "find files")
		}
		for _, f := range rows {
			found[f.ID] = f
		}
	}
	return found, nil
}

// Sum is how many files there are and how many bytes they have.
func (r *Uploads) Sum(ctx context.Context) (count, bytes int64, err error) {
	var sum struct{ Count, Bytes int64 }
	err = r.db.Read.WithContext(ctx).Model(&Upload{}).Select("count(*) AS count, coalesce(sum(bytes), 0) AS bytes").Scan(&sum).Error
	return sum.Count, sum.Bytes, sqlite.Translate(err, "count files")
}

// Delete forgets files. Those that are not there are no error.
func (r *Uploads) Delete(ctx context.Context, ids ...string) error {
	err := r.db.Write.WithContext(ctx).Where("id IN ?", ids).Delete(&Upload{}).Error
	return sqlite.Translate(err, "delete files")
}

// Unnamed lists the ids of files from before a time that no setting names: no note, in the bin or not, and no text of any
// other table. So whatever keeps the id of a file keeps the file, without telling anybody.
func (r *Uploads) Unnamed(ctx context.Context, before time.Time) (ids []string, err error) {
	q := r.db.Read.WithContext(ctx)
	err = q.Raw(`SELECT id FROM files WHERE created_at < ?
		AND NOT EXISTS (SELECT 1 FROM notes, json_each(notes.files) f WHERE f.value = files.id) ORDER BY id`, before).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return nil, sqlite.Translate(err, "find files that nothing names")
	}
	columns, err := r.texts(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		var named []string
		find := fmt.Sprintf(`SELECT id FROM files WHERE id IN ? AND EXISTS (SELECT 1 FROM %q WHERE instr(%q, files.id) > 0)`, c.Of, c.Name)
		if err := q.Raw(find, ids).Scan(&named).Error; err != nil {
			return nil, sqlite.Translate(err, "look for files in %s", c.Of)
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(named, id) })
		if len(ids) == 0 {
			break
		}
	}
	return ids, nil
}

// text is a column in which the id of a file may stand.
type text struct{ Of, Name string }

// texts lists such columns. The journal and what was told to people only speak of files.
func (r *Uploads) texts(ctx context.Context) (columns []text, err error) {
	err = r.db.Read.WithContext(ctx).Raw(`SELECT t.name AS "of", c.name AS name FROM sqlite_master t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND c.type = 'TEXT' AND t.name NOT LIKE 'sqlite_%'
		AND t.name NOT IN ('files', 'events', 'deliveries', 'sessions', 'tokens')`).Scan(&columns).Error
	return columns, sqlite.Translate(err, "list the tables")
}
