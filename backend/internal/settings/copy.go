package settings

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"hypha/internal/sqlite"
)

// RestoreMark is the name of a file that lies in the data folder while a restore exchanges what is in it.
const RestoreMark = "restore.pending"

// ErrRestoring says that a restore is exchanging the files of the data folder, or was interrupted while it did.
var ErrRestoring = errors.New("the folder is being restored; if that was interrupted, hypha serve or another hypha restore finishes it")

// settled returns ErrRestoring while the folder's files do not belong together.
func settled(dir string) error {
	_, err := os.Lstat(filepath.Join(dir, RestoreMark))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s: %w", dir, ErrRestoring)
}

// Copy writes a consistent copy of the settings of a data folder, which this or another process may have open. It
// changes nothing in the folder.
func Copy(ctx context.Context, dir, to string) error {
	if err := settled(dir); err != nil {
		return err
	}
	return sqlite.Copy(ctx, filepath.Join(dir, File), to)
}

// Verify reads a whole copy and says what is wrong with it: ErrCorrupt, or ErrNewer when this program is too old for it.
func Verify(ctx context.Context, path string) error {
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return sqlite.Verify(ctx, path, sqlite.Schema{ApplicationID: applicationID, Migrations: steps})
}
