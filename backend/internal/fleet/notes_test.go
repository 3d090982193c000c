package fleet

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/settings"
)

func TestNotesAreFoundByTimeTagAndWhatTheyAreAbout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		now := time.Now().UnixMilli()
		add := func(text string) settings.Note {
			n, err := w.CreateNote(t.Context(), draftOf[NoteDraft](t, text), by)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		moment := func(ms int64) string { raw, _ := json.Marshal(ms); return string(raw) }
		first := add(`{"note":"Sown","t":` + moment(now-3_600_000) + `,"tags":["growth"," growth","day 1"],"refs":["zone/1"]}`)
		span := add(`{"note":"Holiday","t":` + moment(now-7_200_000) + `,"until":` + moment(now-1_800_000) + `}`)
		last := add(`{"note":"Pump replaced","text":"the old one dripped","refs":["output/2","output/2"]}`)
		if !slices.Equal(first.Tags, []string{"day 1", "growth"}) || last.T != now || len(last.Refs) != 1 || last.Author != by {
			t.Errorf("stored %+v and %+v", first, last)
		}
		for name, c := range map[string]struct {
			filter settings.NoteFilter
			want   []int64
		}{
			"all":                    {settings.NoteFilter{}, []int64{last.ID, first.ID, span.ID}},
			"by tag":                 {settings.NoteFilter{Tag: "day 1"}, []int64{first.ID}},
			"by ref":                 {settings.NoteFilter{Ref: "output/2"}, []int64{last.ID}},
			"by text":                {settings.NoteFilter{Q: "DRIPPED"}, []int64{last.ID}},
			"a span that reaches in": {settings.NoteFilter{From: now - 1_900_000, To: now - 1_000_000}, []int64{span.ID}},
		} {
			got, total, err := w.Notes(t.Context(), c.filter)
			var ids []int64
			for _, n := range got {
				ids = append(ids, n.ID)
			}
			if err != nil || !slices.Equal(ids, c.want) || total != int64(len(c.want)) {
				t.Errorf("%s: %v of %d, %v; want %v", name, ids, total, err, c.want)
			}
		}
		changed, err := w.UpdateNote(t.Context(), first.ID, json.RawMessage(`{"note":"Sown again","tags":null}`))
		if err != nil || changed.Name != "Sown again" || len(changed.Tags) != 0 || changed.T != first.T {
			t.Errorf("changed %+v, %v", changed, err)
		}
		if err := w.DeleteNote(t.Context(), first.ID); err != nil {
			t.Fatal(err)
		}
		if _, total, _ := w.Notes(t.Context(), settings.NoteFilter{}); total != 2 {
			t.Errorf("%d notes are left", total)
		}
		if back, err := w.RestoreNote(t.Context(), first.ID); err != nil || back.Name != "Sown again" {
			t.Errorf("restored %+v, %v", back, err)
		}
		if got := w.messages("note", "Pump"); len(got) != 1 {
			t.Errorf("the journal has %q", got)
		}
	})
}

func TestFaultsOfNotesNameTheirFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for text, fields := range map[string][]string{
			`{"note":" "}`:                                {"note"},
			`{"note":"a\nb"}`:                             {"note"},
			`{"note":"a","t":5,"until":5}`:                {"until"},
			`{"note":"a","t":-5}`:                         {"t"},
			`{"note":"a","until":5}`:                      {"until"},
			`{"note":"a","tags":["a",""]}`:                {"tags"},
			`{"note":"a","refs":["user/1"]}`:              {"refs"},
			`{"note":"a","refs":["channel/x"]}`:           {"refs"},
			`{"note":"` + strings.Repeat("a", 501) + `"}`: {"note"},
		} {
			_, err := w.CreateNote(t.Context(), draftOf[NoteDraft](t, text), by)
			wantFaults(t, text, err, fields...)
		}
	})
}
