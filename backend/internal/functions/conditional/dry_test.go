package conditional

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"hypha/internal/function"
	"hypha/internal/function/functiontest"
	"hypha/internal/measure"
	"hypha/internal/option"
)

// remembering is a world with a past: humidity falls from 90 by 1 in 10 min, and reports each minute.
type remembering struct {
	*functiontest.World
	began time.Time
}

func (r remembering) ReadingAt(_ context.Context, id measure.ChannelID, at time.Time, _ time.Duration) (function.Measurement, error) {
	if id != 2 || at.Before(r.began) {
		return function.Measurement{}, nil
	}
	t := at.Truncate(time.Minute)
	return function.Measurement{V: 90 - t.Sub(r.began).Minutes()/10, T: t, Age: at.Sub(t), Q: measure.Good, Has: true}, nil
}

func (r remembering) AggregateAt(_ context.Context, _ measure.ChannelID, at time.Time, over time.Duration) (function.Aggregate, error) {
	from := at.Add(-over)
	if from.Before(r.began) {
		from = r.began
	}
	most := 90 - from.Sub(r.began).Minutes()/10
	return function.Aggregate{Count: int64(at.Sub(from).Minutes()), Max: most, Min: most}, nil
}

func TestCommands(t *testing.T) {
	w := tent()
	w.Read(1, 30)
	l := conditionalOf(t, w, cooling, "")
	command := l.(function.Commander).Command
	answer, err := command(t.Context(), w.At, "dry-run", nil)
	if o, ok := answer.(Outcome); err != nil || !ok || !o.OK || len(o.Actions) != 1 || o.Actions[0].Text != "Fan: on" || len(o.Reads) != 1 || len(w.Commands) != 0 {
		t.Errorf("a dry run: %+v, %v, %+v", answer, err, w.Commands)
	}
	answer, err = command(t.Context(), w.At, "dry-run", json.RawMessage(`{"script": "x = 1\nx = value(2)\ny = x + 1"}`))
	if o, ok := answer.(Outcome); err != nil || !ok || o.OK || o.Line != 3 || !strings.Contains(o.Error, "None") || len(o.Reads) != 1 {
		t.Errorf("a dry run that fails: %+v, %v", answer, err)
	}
	if got := state(t, l).Runs; got != 0 {
		t.Errorf("dry runs count as %d runs", got)
	}
	if answer, err = command(t.Context(), w.At, "run", nil); err != nil || len(w.Commands) != 1 {
		t.Errorf("a run: %+v, %v", answer, err)
	}
	for order, want := range map[string]string{"fly": "does not know", "dry-run": "past values"} {
		if _, err := command(t.Context(), w.At, order, json.RawMessage(`{"at": 1700000000000}`)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", order, err)
		}
	}
	if _, err := command(t.Context(), w.At, "dry-run", json.RawMessage(`{"att": 1}`)); err == nil {
		t.Error("an unknown argument was taken")
	}
}

func TestAScriptRunsThroughThePast(t *testing.T) {
	w := remembering{tent(), time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)}
	d := DryRun{
		Script: `
h = reading("Tent/humidity")
if h.under(80, minutes=3):
    output("Fan").on(minutes=10, per_hour=2)
`,
		From: new(w.began.UnixMilli()), To: new(w.began.Add(4 * time.Hour).UnixMilli()), EveryS: 60,
	}
	o, err := Try(t.Context(), w, w.At, d)
	if err != nil || !o.OK || o.Runs != 241 || o.Failed != 0 || len(w.Commands) != 0 {
		t.Fatalf("%+v, %v", o, err)
	}
	var times []string
	held := 0
	for _, r := range o.Series {
		if r.Actions[0].Held != "" {
			held++
			continue
		}
		times = append(times, time.UnixMilli(r.T).UTC().Format("15:04"))
	}
	// 80 is passed after 100 min, under 80 from 1:41 on; for 3 min with the maximum of the window under 80 from 1:44.
	want := []string{"01:44", "01:54", "02:44", "02:54", "03:44", "03:54"}
	if !reflect.DeepEqual(times, want) || held != 241-104-len(want) {
		t.Errorf("it would have been on at %v, held back %d times", times, held)
	}
	much := d
	much.Script = "for i in range(99):\n  set_output(5, on=True)"
	if o, err = Try(t.Context(), w, w.At, much); err != nil || o.Runs != 202 || o.Until == nil || *o.Until != w.began.Add(202*time.Minute).UnixMilli() {
		t.Errorf("with too much to tell: %d runs until %v, %v", o.Runs, o.Until, err)
	}
	at := w.began.Add(2 * time.Hour)
	if o, err = Try(t.Context(), w, w.At, DryRun{Script: `log(value(2), time_of_day(), value(1))`, At: new(at.UnixMilli())}); err != nil || o.Logs[0].Text != "78.0 02:00 None" {
		t.Errorf("at one moment: %+v, %v", o, err)
	}
	for name, d := range map[string]DryRun{
		"script":  {Script: "x ="},
		"at":      {Script: "pass", At: new(w.At.Add(time.Hour).UnixMilli())},
		"from":    {Script: "pass", From: d.To, To: d.From, EveryS: 60},
		"every_s": {Script: "pass", From: d.From, EveryS: 0},
	} {
		_, err := Try(t.Context(), w, w.At, d)
		if bad, ok := errors.AsType[option.Errors](err); !ok || bad[0].Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}
