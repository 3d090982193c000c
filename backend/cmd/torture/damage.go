package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hypha/cmd/internal/program"
)

// damaged is an event that tells of a part that cannot be read.
type damaged struct {
	Message string
	Data    struct {
		File, Part string
		From, To   *time.Time
	}
}

// damages lists what this run of the program has reported.
func damages(s *program.Server) ([]damaged, error) {
	var answer struct{ Items []damaged }
	path := "/events?type=alert&source=history&limit=1000&from=" + url.QueryEscape(s.Began.UTC().Format(time.RFC3339Nano))
	if err := s.Ask(http.MethodGet, path, nil, &answer); err != nil {
		return nil, err
	}
	var all []damaged
	for _, d := range answer.Items {
		if d.Data.Part != "" {
			all = append(all, d)
		}
	}
	return all, nil
}

// covers tells whether the reported part has, or may have, the byte in it.
func (d damaged) covers(file string, at int64) bool {
	if filepath.Base(d.Data.File) != file {
		return false
	}
	var numbers []int64
	for _, text := range regexp.MustCompile(`\d+`).FindAllString(d.Data.Part, -1) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return false
		}
		numbers = append(numbers, n)
	}
	if strings.HasPrefix(d.Data.Part, "bytes ") {
		return len(numbers) == 2 && numbers[0] <= at && at <= numbers[1]
	}
	return len(numbers) > 0 && numbers[len(numbers)-1] <= at // "... at byte N"
}

// damage cuts and flips copies of the folder. What the folder has must be known for certain: the program has been
// started since the last kill, and killed without any work.
func (t *torture) damage(to string, cuts, flips, settings int) error {
	for range cuts {
		if err := t.spoilt(to, t.cut); err != nil {
			return fmt.Errorf("cut: %w", err)
		}
		t.report.count(func(f *Figures) { f.Cuts++ })
	}
	for range flips {
		if err := t.spoilt(to, t.flip); err != nil {
			return fmt.Errorf("flip: %w", err)
		}
		t.report.count(func(f *Figures) { f.Flips++ })
	}
	for range settings {
		if err := t.spoiltSettings(to); err != nil {
			return fmt.Errorf("flip in settings: %w", err)
		}
		t.report.count(func(f *Figures) { f.SettingsFlips++ })
	}
	return nil
}

// spoil is what was done to a file of the history.
type spoil struct {
	file   string // its name
	at     int64  // the byte, or where it was cut
	torn   bool   // a record was cut in two, which must be told
	suffix bool   // only what was asked last may be missing
}

func (s spoil) String() string { return fmt.Sprintf("%s at byte %d", s.file, s.at) }

// spoilt copies the folder, spoils the copy, starts the program on it twice and looks at what it tells.
func (t *torture) spoilt(to string, spoil func(dir string) (spoil, error)) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.CopyFS(to, os.DirFS(t.dir)); err != nil {
		return err
	}
	what, err := spoil(to)
	if err != nil || what.file == "" {
		return err
	}
	env := t.env
	if t.r.IntN(2) == 0 {
		env = nil // nothing is sealed or tidied meanwhile
	}
	var before int
	for life := range 2 {
		s, err := t.Start(to, env)
		if err != nil {
			t.report.broke(fmt.Sprintf("%v: it does not start: %v", what, err))
			return nil
		}
		missing, err := t.assess(s, what)
		s.Kill()
		if err != nil {
			t.report.broke(fmt.Sprintf("%v: %v", what, err))
			return nil
		}
		if life == 1 && missing != before {
			t.report.broke(fmt.Sprintf("%v: %d readings are missing after the first start, %d after the second", what, before, missing))
		}
		before = missing
		what.torn = false // it has been cut off
	}
	return nil
}

// assess compares what is missing with what is reported.
func (t *torture) assess(s *program.Server, what spoil) (missing int, err error) {
	before := t.report.Wrong
	gaps := map[*series]gap{}
	kept := 0
	for _, w := range t.writers {
		for _, one := range w.series {
			got, err := one.stored(s)
			if err != nil {
				return 0, err
			}
			g := one.compare(got, t.report)
			gaps[one] = g
			missing += len(g.missing)
			kept += g.kept
		}
	}
	damages, err := damages(s)
	if err != nil {
		return 0, err
	}
	t.report.count(func(f *Figures) {
		f.Damages, f.Missing, f.Whole = f.Damages+len(damages), f.Missing+missing, f.Whole+kept
	})
	for _, d := range damages {
		if !d.covers(what.file, what.at) {
			t.report.broke(fmt.Sprintf("%v: reported is another part: %s", what, d.Message))
		}
		if d.Data.From == nil {
			continue
		}
		for one, g := range gaps {
			for _, at := range g.missing {
				if at < d.Data.From.UnixMilli() || at > d.Data.To.UnixMilli() {
					t.report.broke(fmt.Sprintf("%v: channel %d at %d is missing, which is not in %s", what, one.channel, at, d.Message))
					break
				}
			}
		}
	}
	if what.torn && len(damages) == 0 {
		t.report.broke(fmt.Sprintf("%v: a record is torn, and nobody is told", what))
	}
	if !what.suffix && missing > 0 && len(damages) == 0 {
		t.report.broke(fmt.Sprintf("%v: %d readings are missing, and nobody is told", what, missing))
	}
	for one, g := range gaps {
		if n := one.after(g.first, g.missing); what.suffix && n > 0 {
			t.report.broke(fmt.Sprintf("%v: channel %d: request %d is missing, and %d readings of later ones are not", what, one.channel, g.first, n))
		}
	}
	if t.report.Wrong > before {
		t.report.broke(fmt.Sprintf("%v: wrong values, see above", what))
	}
	return missing, nil
}
