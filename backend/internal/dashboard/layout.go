package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hypha/internal/option"
)

// Place is where a widget lies, in columns and rows of the grid.
type Place struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
} //	@name	DashboardPlace

// Widget is one tile of a dashboard.
type Widget struct {
	ID      string          `json:"id"`   // unique in its dashboard
	Kind    string          `json:"kind"` // what it shows
	Title   *string         `json:"title,omitempty"`
	Options json.RawMessage `json:"options" swaggertype:"object"` // of its kind
	Desktop Place           `json:"desktop"`
	Phone   *Place          `json:"phone,omitempty"` // none: follows the desktop's order in the full width
} //	@name	DashboardWidget

// Layout is what a dashboard shows.
type Layout struct {
	Widgets []Widget `json:"widgets"`
} //	@name	DashboardLayout

// The limits of layouts.
const (
	maxWidgets  = 200
	maxOptions  = 32 << 10  // bytes of one widget
	maxLayout   = 512 << 10 // bytes
	maxTitle    = 100
	maxRow      = 2_000
	maxHeight   = 100
	columns     = 12
	phoneColumn = 2
)

// Kiosk is how a dashboard behaves on a screen that nobody operates.
type Kiosk struct {
	EveryS     int     `json:"every_s"`     // seconds that each of several dashboards is shown
	Dashboards []int64 `json:"dashboards"`  // shown after it, in turns
	Dim        string  `json:"dim"`         // when it is darker: never, times or sun
	DimFrom    string  `json:"dim_from"`    // 22:00, with times
	DimTo      string  `json:"dim_to"`      // 07:00
	DimPercent int     `json:"dim_percent"` // how much darker, 10 to 95
	Shift      bool    `json:"shift"`       // moves by some pixels against burning in
	Clock      bool    `json:"clock"`       // shows the time
} //	@name	DashboardKiosk

const (
	minEveryS     = 5
	maxEveryS     = 3600
	maxDashboards = 20
)

// usualKiosk is what nobody has changed.
func usualKiosk() Kiosk {
	return Kiosk{EveryS: 30, Dashboards: []int64{}, Dim: "never", DimFrom: "22:00", DimTo: "07:00", DimPercent: 70, Shift: true, Clock: true}
}

// UnmarshalJSON reads what is there over what the value holds; of an empty one, over what is usual.
func (k *Kiosk) UnmarshalJSON(raw []byte) error {
	type plain Kiosk // without this method
	if k.EveryS == 0 {
		*k = usualKiosk()
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode((*plain)(k)); err != nil {
		return option.Errors{{Field: "kiosk", Message: strings.TrimPrefix(err.Error(), "json: ")}}
	}
	return nil
}

// faults collects field errors.
type faults struct{ list option.Errors }

func (f *faults) add(field, format string, args ...any) {
	f.list = append(f.list, option.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	return f.list
}

// plain judges a text of one line.
func (f *faults) plain(field, text string, most int) {
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		f.add(field, "must be plain text without control characters")
	case utf8.RuneCountInString(text) > most:
		f.add(field, "must be at most %d characters", most)
	}
}

func (f *faults) layout(l Layout) {
	if len(l.Widgets) > maxWidgets {
		f.add("layout.widgets", "must be at most %d: make another dashboard for the rest", maxWidgets)
		return
	}
	if raw, err := json.Marshal(l); err == nil && len(raw) > maxLayout {
		f.add("layout", "must be at most %d kB", maxLayout>>10)
	}
	word := regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	seen := map[string]bool{}
	for n, w := range l.Widgets {
		at := fmt.Sprintf("layout.widgets[%d]", n)
		switch {
		case !word.MatchString(w.ID):
			f.add(at+".id", "must be 1 to 64 letters, digits, - or _")
		case seen[w.ID]:
			f.add(at+".id", "is there twice")
		}
		seen[w.ID] = true
		if !word.MatchString(w.Kind) {
			f.add(at+".kind", "must be 1 to 64 letters, digits, - or _")
		}
		if w.Title != nil {
			f.plain(at+".title", *w.Title, maxTitle)
		}
		f.options(at+".options", w.Options)
		f.place(at+".desktop", w.Desktop, columns)
		if w.Phone != nil {
			f.place(at+".phone", *w.Phone, phoneColumn)
		}
	}
}

func (f *faults) options(field string, raw json.RawMessage) {
	switch {
	case !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")):
		f.add(field, "must be an object")
	case len(raw) > maxOptions:
		f.add(field, "must be at most %d kB", maxOptions>>10)
	}
}

func (f *faults) place(field string, p Place, width int) {
	switch {
	case p.W < 1 || p.X < 0 || p.X+p.W > width || p.X > width:
		f.add(field, "must lie within %d columns: x from 0, w from 1", width)
	case p.Y < 0 || p.Y > maxRow || p.H < 1 || p.H > maxHeight:
		f.add(field, "must have y from 0 to %d and h from 1 to %d", maxRow, maxHeight)
	}
}

func (f *faults) kiosk(k Kiosk) {
	if k.EveryS < minEveryS || k.EveryS > maxEveryS {
		f.add("kiosk.every_s", "must be %d to %d s", minEveryS, maxEveryS)
	}
	if len(k.Dashboards) > maxDashboards {
		f.add("kiosk.dashboards", "must be at most %d", maxDashboards)
	}
	if !slices.Contains([]string{"never", "times", "sun"}, k.Dim) {
		f.add("kiosk.dim", "must be never, times or sun")
	}
	clock := regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)
	for field, at := range map[string]string{"kiosk.dim_from": k.DimFrom, "kiosk.dim_to": k.DimTo} {
		if !clock.MatchString(at) {
			f.add(field, "must be a time of the day such as 22:00")
		}
	}
	if k.DimPercent < 10 || k.DimPercent > 95 {
		f.add("kiosk.dim_percent", "must be 10 to 95 %%")
	}
}
