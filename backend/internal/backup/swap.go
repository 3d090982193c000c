package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hypha/internal/history/embedded"
	"hypha/internal/history/rowstore"
	"hypha/internal/secret"
	"hypha/internal/settings"
)

// setupCode is the file that lets somebody make the first account: it does not belong to what is restored.
const setupCode = "setup-code"

const (
	restoring = "restoring-" // begins the names of folders in which what is to be restored is put together
	replaced  = "replaced-"  // and of those that keep what was there before
)

// exchange is what a restore still has to do. It is written to settings.RestoreMark before anything is moved: until
// then the folder is as it was, from then on it counts as restored, and whoever comes next moves what is left. While the
// mark lies there nobody opens the settings.
type exchange struct {
	From  string   `json:"from"`  // folder in the data folder that has the new files
	Keep  string   `json:"keep"`  // where the old ones go
	Names []string `json:"names"` // the new ones
}

// moves does the steps; tests stop it between two of them.
type moves struct {
	dir  string
	step func(what string) error
}

func (m moves) did(what string) error {
	if m.step == nil {
		return nil
	}
	return m.step(what)
}

// Finish completes a restore that was interrupted while it exchanged the folder's files. The caller holds the folder's
// lock. kept is the folder with what was there before, "" when there was nothing to finish.
func Finish(dir string) (kept string, err error) { return moves{dir: dir}.finish() }

func (m moves) finish() (kept string, err error) {
	text, err := os.ReadFile(filepath.Join(m.dir, settings.RestoreMark))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var x exchange
	err = json.Unmarshal(text, &x)
	if err != nil || filepath.Base(x.From) != x.From || !strings.HasPrefix(x.From, restoring) ||
		filepath.Base(x.Keep) != x.Keep || !strings.HasPrefix(x.Keep, replaced) {
		return "", fmt.Errorf("%s does not say what to do: what was restored lies in %s*, what was before in %s*",
			filepath.Join(m.dir, settings.RestoreMark), restoring, replaced)
	}
	if err := m.carryOut(x); err != nil {
		return "", fmt.Errorf("finish the restore of %s: %w", m.dir, err)
	}
	return filepath.Join(m.dir, x.Keep), nil
}

// replace exchanges the folder's files for those in from.
func (m moves) replace(from string, names []string) (kept string, err error) {
	x := exchange{From: filepath.Base(from), Keep: freeName(m.dir, replaced+time.Now().UTC().Format("20060102T150405Z")), Names: names}
	text, err := json.Marshal(x)
	if err != nil {
		return "", err
	}
	mark := filepath.Join(m.dir, settings.RestoreMark)
	if err := writeFile(mark+temporary, text); err != nil {
		return "", err
	}
	if err := m.did("mark"); err != nil {
		return "", err
	}
	if err := errors.Join(os.Rename(mark+temporary, mark), syncFolder(m.dir)); err != nil {
		return "", err
	}
	if err := m.carryOut(x); err != nil {
		return "", fmt.Errorf("%w; what is left to do is done by the next hypha serve or hypha restore", err)
	}
	return filepath.Join(m.dir, x.Keep), nil
}

// carryOut moves what was not moved yet. Where a new file has left its folder, it is in its place already.
func (m moves) carryOut(x exchange) error {
	from, keep := filepath.Join(m.dir, x.From), filepath.Join(m.dir, x.Keep)
	if err := os.MkdirAll(keep, 0o700); err != nil {
		return err
	}
	waits := func(name string) bool { _, err := os.Lstat(filepath.Join(from, name)); return err == nil }
	placed := len(x.Names) > 0 && !waits(x.Names[0]) // the old ones go first, all of them
	if !placed {
		for _, name := range owned() {
			if err := m.move(filepath.Join(m.dir, name), filepath.Join(keep, name)); err != nil {
				return err
			}
		}
		// hypha.yaml stays where it is unless there is another one.
		if waits(configFile) {
			if err := m.move(filepath.Join(m.dir, configFile), filepath.Join(keep, configFile)); err != nil {
				return err
			}
		}
		if err := syncFolder(keep); err != nil {
			return err
		}
	}
	for _, name := range x.Names {
		if !waits(name) {
			continue
		}
		if err := m.move(filepath.Join(from, name), filepath.Join(m.dir, name)); err != nil {
			return err
		}
	}
	if err := syncFolder(m.dir); err != nil {
		return err
	}
	if err := m.did("unmark"); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(m.dir, settings.RestoreMark)); err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(from), syncFolder(m.dir))
}

// owned are the names in the data folder that belong to the state that is replaced.
func owned() (names []string) {
	for _, db := range []string{settings.File, rowstore.File} {
		names = append(names, db+"-wal", db+"-shm", db)
	}
	return append(names, embedded.Folder, secret.KeyFile, setupCode)
}

// move renames a file; one that is not there has been moved already, or never was.
func (m moves) move(from, to string) error {
	if err := m.did("move " + from); err != nil {
		return err
	}
	err := os.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func freeName(dir, name string) string {
	free := name
	for n := 2; ; n++ {
		if _, err := os.Lstat(filepath.Join(dir, free)); err != nil {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}

// writeFile writes a file and brings it to the disk.
func writeFile(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
