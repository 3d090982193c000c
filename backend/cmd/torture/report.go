package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"text/tabwriter"
)

// report is what a torture has come to.
type report struct {
	mu sync.Mutex
	Figures
}

// Figures are what a report counts.
type Figures struct {
	Kills, Starts, Cuts, Flips, SettingsFlips, FullDisks, BadDisks int

	Checked, Lost, Wrong           int // readings: acknowledged and looked for again; gone; with a value that is none of theirs
	SettingsChecked, SettingsWrong int
	Damages                        int // parts reported
	Missing, Whole                 int // readings in damaged copies: in the damaged part, and beside it
	Refusals                       int // starts refused on a damaged settings.db
	SettingsTold                   int // starts that told of settings that are gone
	SettingsUnnoticed              int // damaged settings.db whose contents changed: SQLite keeps no checksums
	RefusedPushes                  int // on a full disk
	Broken                         []string
	Skipped                        []string
}

const tellAtMost = 30

func (r *report) count(add func(*Figures)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	add(&r.Figures)
}

// broke notes a broken promise.
func (r *report) broke(words string) {
	r.count(func(f *Figures) {
		if len(f.Broken) < tellAtMost {
			f.Broken = append(f.Broken, words)
		}
	})
}

func (r *report) lost(words string) {
	r.count(func(f *Figures) { f.Lost++ })
	r.broke("lost: " + words)
}

func (r *report) wrong(words string) {
	r.count(func(f *Figures) { f.Wrong++ })
	r.broke("wrong: " + words)
}

func (r *report) setting(words string) {
	r.count(func(f *Figures) { f.SettingsWrong++ })
	r.broke("setting: " + words)
}

func (r *report) checked(n int)         { r.count(func(f *Figures) { f.Checked += n }) }
func (r *report) settingsChecked(n int) { r.count(func(f *Figures) { f.SettingsChecked += n }) }

// add takes in what another process has found.
func (r *report) add(raw []byte) error {
	var o Figures
	if err := json.Unmarshal(raw, &o); err != nil {
		return err
	}
	r.count(func(f *Figures) {
		f.Kills, f.Starts, f.FullDisks, f.Checked = f.Kills+o.Kills, f.Starts+o.Starts, f.FullDisks+o.FullDisks, f.Checked+o.Checked
		f.Lost, f.Wrong, f.RefusedPushes = f.Lost+o.Lost, f.Wrong+o.Wrong, f.RefusedPushes+o.RefusedPushes
		f.SettingsChecked, f.SettingsWrong = f.SettingsChecked+o.SettingsChecked, f.SettingsWrong+o.SettingsWrong
		f.Broken, f.Skipped = append(f.Broken, o.Broken...), append(f.Skipped, o.Skipped...)
	})
	return nil
}

// table writes the figures for people.
func (r *report) table(to io.Writer) {
	t := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight|tabwriter.Debug)
	row := func(name string, n int) { fmt.Fprintf(t, "%s\t%d\t\n", name, n) }
	row("kills", r.Kills)
	row("starts", r.Starts)
	row("acknowledged readings looked for", r.Checked)
	row("  lost", r.Lost)
	row("  wrong, or never sent", r.Wrong)
	row("acknowledged settings looked for", r.SettingsChecked)
	row("  lost or wrong", r.SettingsWrong)
	row("journals cut", r.Cuts)
	row("bits flipped in the history", r.Flips)
	row("  damaged parts reported", r.Damages)
	row("  readings in them", r.Missing)
	row("  readings beside them, all right", r.Whole)
	row("bits flipped in settings.db", r.SettingsFlips)
	row("  starts refused, with file and remedy", r.Refusals)
	row("  changes gone with a damaged log, told", r.SettingsTold)
	row("  contents changed (SQLite has no checksums)", r.SettingsUnnoticed)
	row("full disks", r.FullDisks)
	row("  pushes refused", r.RefusedPushes)
	row("disks whose sync is slow or fails", r.BadDisks)
	row("broken promises", len(r.Broken))
	_ = t.Flush() // to people
	for _, words := range r.Skipped {
		fmt.Fprintln(to, "skipped:", words)
	}
	for _, words := range r.Broken {
		fmt.Fprintln(to, "BROKEN:", words)
	}
}
