package rowstore

import (
	"context"
	"database/sql"
	"errors"

	"hypha/internal/history"
	"hypha/internal/measure"
	"hypha/internal/sqlite"
)

// Delete deletes a range; see history.Store.
func (s *Store) Delete(ctx context.Context, id measure.ChannelID, from, to int64) (int64, error) {
	n, err := s.delete(ctx, "DELETE FROM readings WHERE channel = ? AND t >= ? AND t < ?", int64(id), from, to)
	return n, sqlite.Translate(err, "delete readings of channel %d", id)
}

// DeleteChannel deletes a channel's readings; see history.Store.
func (s *Store) DeleteChannel(ctx context.Context, id measure.ChannelID) (int64, error) {
	n, err := s.delete(ctx, "DELETE FROM readings WHERE channel = ?", int64(id))
	return n, sqlite.Translate(err, "delete readings of channel %d", id)
}

func (s *Store) delete(ctx context.Context, query string, args ...any) (n int64, err error) {
	defer s.changed()
	err = s.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		n, err = done.RowsAffected()
		return err
	})
	return n, err
}

// DropBefore deletes what is older; see history.Store. The file keeps its size: the room is used again.
func (s *Store) DropBefore(ctx context.Context, t int64) (total int64, err error) {
	ids, err := s.channels(ctx)
	if err != nil {
		return 0, err
	}
	const oldest = `DELETE FROM readings WHERE channel = ?1 AND t < ?2
		AND t <= coalesce((SELECT t FROM readings WHERE channel = ?1 ORDER BY t LIMIT 1 OFFSET ?3), ?2)`
	for _, id := range ids {
		for n := int64(dropRows); n >= dropRows; {
			if n, err = s.delete(ctx, oldest, int64(id), t, dropRows-1); err != nil {
				return total, sqlite.Translate(err, "drop readings of channel %d", id)
			}
			total += n
		}
	}
	return total, nil
}

// Rescale converts a channel's values; see history.Store.
func (s *Store) Rescale(ctx context.Context, id measure.ChannelID, by measure.Affine) error {
	const (
		// The comparison is false for infinities and NULL (which SQLite makes of NaN) alike.
		bad     = "SELECT t, v FROM readings WHERE channel = ? AND (abs(v * ? + ?) <= 1.7976931348623157e308) IS NOT TRUE LIMIT 1"
		convert = "UPDATE readings SET v = v * ? + ? WHERE channel = ?"
	)
	if by.IsIdentity() {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		r := measure.Reading{Channel: id}
		err := tx.QueryRowContext(ctx, bad, int64(id), by.Scale, by.Offset).Scan(&r.T, &r.V)
		if err == nil {
			r.V = by.Apply(r.V)
			return &history.InvalidError{Reading: r}
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		_, err = tx.ExecContext(ctx, convert, by.Scale, by.Offset, int64(id))
		return err
	})
	return sqlite.Translate(err, "rescale channel %d", id)
}
