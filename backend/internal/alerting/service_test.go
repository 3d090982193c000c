package alerting

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
	"hypha/internal/fleet"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/settings"
)

const warm = `{"name":"Too warm","kind":"threshold","options":{"channel":1,"above":30,"hysteresis":2},"for_s":60,"recover_s":60,"nodata_s":300}`

func TestAnAlertIsJudgedToldAndJournaled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.route("a", "")
		a := w.add(warm)
		w.noted("alert")
		w.read(1, 31)
		if got := w.state(a.ID); got != "pending" {
			t.Errorf("%s", got)
		}
		later(61 * time.Second)
		if got := w.state(a.ID); got != "firing" {
			t.Errorf("%s", got)
		}
		later(7 * time.Second)
		expect(t, "told", w.arrived(), "/a Too warm (warning)")
		w.read(1, 27)
		later(70 * time.Second)
		expect(t, "told", w.arrived(), "/a Resolved: Too warm")
		expect(t, "journal", w.noted("alert"), "alert/1: Too warm: Air is 31.0 °C, above 30.0 °C", "alert/1: Too warm is over: Air is 27.0 °C")
		var states []string
		for _, e := range w.alerts.Take(nil) {
			states = append(states, string(e.V.Status.State))
		}
		expect(t, "feed", states, "ok", "pending", "firing", "recovering", "ok")
	})
}

func TestValuesThatDoNotCountAreNoData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a := w.add(warm)
		for range 10 {
			w.src.Readings.Publish([]measure.Reading{{Channel: 1, T: time.Now().UnixMilli(), V: 90, Q: measure.Rejected}})
			later(31 * time.Second)
		}
		if got := w.state(a.ID); got != "no_data" {
			t.Errorf("%s", got)
		}
	})
}

func TestAnAlertOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.route("a", "")
		a := w.add(warm)
		w.read(1, 31)
		later(70 * time.Second)
		if _, err := w.Acknowledge(t.Context(), a.ID, by, "on my way"); err != nil {
			t.Fatal(err)
		}
		later(2 * time.Second)
		expect(t, "told", w.arrived(), "/a Too warm (warning)")
		w.restart()
		if got := w.state(a.ID); got != "firing+ack" {
			t.Errorf("after the restart: %s", got)
		}
		b, _ := w.Get(t.Context(), a.ID)
		if b.Status.AcknowledgedBy != by {
			t.Errorf("acknowledged by %q", b.Status.AcknowledgedBy)
		}
		w.read(1, 31)
		later(time.Minute)
		expect(t, "told again", w.arrived())
		w.read(1, 20)
		later(70 * time.Second)
		expect(t, "told", w.arrived(), "/a Resolved: Too warm")
	})
}

func TestAMessageThatWaitsOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.route("a", "")
		w.add(strings.Replace(warm, `"for_s":60`, `"for_s":0`, 1))
		w.setDown(true)
		w.read(1, 31)
		later(20 * time.Second)
		w.setDown(false)
		w.restart()
		later(time.Second)
		expect(t, "told", w.arrived(), "/a Too warm (warning)")
		all, total, err := w.Deliveries(t.Context(), settings.DeliveryFilter{})
		if err != nil || total != 1 || all[0].State != "sent" || all[0].Attempts < 2 || all[0].RouteName != "a" {
			t.Errorf("%+v, %d, %v", all, total, err)
		}
	})
}

func TestWhoIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.route("all", "")
		w.route("urgent", `,"min_severity":"critical"`)
		third := w.route("third", `,"min_severity":"critical"`)
		w.route("off", `,"enabled":false`)
		w.add(`{"name":"Warm","kind":"threshold","options":{"channel":1,"above":30}}`)
		w.add(`{"name":"Hot","kind":"threshold","severity":"critical","options":{"channel":1,"above":40}}`)
		w.add(`{"name":"Own","kind":"threshold","options":{"channel":1,"above":50},"routes":[3],"cause":"own"}`)
		w.read(1, 31)
		later(10 * time.Second)
		expect(t, "warning", w.arrived(), "/all Warm (warning)")
		w.read(1, 41)
		later(10 * time.Second)
		expect(t, "critical", w.arrived(), "/all Hot (critical)", "/third Hot (critical)", "/urgent Hot (critical)")
		w.read(1, 51)
		later(10 * time.Second)
		expect(t, "own", w.arrived(), "/third Own (warning)")
		if err := w.DeleteRoute(t.Context(), third.ID, by); err != nil {
			t.Fatal(err)
		}
		w.read(1, 20)
		later(10 * time.Second)
		expect(t, "resolved", w.arrived(), "/all 2 alerts: Warm, Hot", "/urgent Resolved: Hot")
	})
}

func TestASilencedAlertIsJudgedAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.route("a", "")
		a := w.add(strings.Replace(warm, `"for_s":60`, `"for_s":0`, 1))
		b, err := w.Silence(t.Context(), a.ID, time.Now().Add(10*time.Minute), by)
		if err != nil || b.Status.SilencedUntil == nil {
			t.Fatalf("%+v, %v", b.Status, err)
		}
		w.read(1, 31)
		later(4 * time.Minute)
		if got := w.state(a.ID); got != "firing" {
			t.Errorf("%s", got)
		}
		expect(t, "silenced", w.arrived())
		w.restart()
		w.read(1, 31)
		later(2 * time.Minute)
		expect(t, "still, after a restart", w.arrived())
		w.read(1, 31)
		later(4*time.Minute + 10*time.Second)
		expect(t, "its end", w.arrived(), "/a Too warm (warning)")
		if _, err := w.Silence(t.Context(), a.ID, time.Now().Add(40*24*time.Hour), by); err == nil {
			t.Error("a silence without end is taken")
		}
	})
}

func TestOutputsControllersAndEventsAreWatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		at := w.add(`{"name":"Heats on and on","kind":"output","options":{"output":1},"for_s":3600}`)
		ill := w.add(`{"name":"Ill","kind":"controller","for_s":30}`)
		happened := w.add(`{"name":"Refused","kind":"event","options":{"type":"output","text":"refused","hold_s":60}}`)
		w.src.Outputs.Publish(fleet.OutputState{ID: 1, ChannelState: fleet.ChannelState{Level: output.Level{On: new(true)}}})
		w.src.Controllers.Publish(running("input/1", controller.BackingOff, "no answer"))
		w.src.Journal.Publish(fleet.Event{Type: "output", Source: "output/1", Message: "Heater refused: interlock"})
		later(31 * time.Second)
		if w.state(at.ID) != "pending" || w.state(ill.ID) != "firing" || w.state(happened.ID) != "firing" {
			t.Errorf("%s, %s, %s", w.state(at.ID), w.state(ill.ID), w.state(happened.ID))
		}
		later(time.Hour)
		if w.state(at.ID) != "firing" || w.state(happened.ID) != "ok" {
			t.Errorf("%s, %s", w.state(at.ID), w.state(happened.ID))
		}
	})
}

func TestALimitFloatsWithASetpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a := w.add(`{"name":"Away","kind":"deviation","options":{"channel":1,"function":1,"above":2,"below":2}}`)
		later(2 * time.Second)
		if got := w.state(a.ID); got != "error" {
			t.Errorf("without a set-point: %s", got)
		}
		w.mu.Lock()
		w.goal[1] = 25
		w.mu.Unlock()
		later(2 * time.Second)
		w.read(1, 26)
		if got := w.state(a.ID); got != "ok" {
			t.Errorf("within: %s", got)
		}
		w.mu.Lock()
		w.goal[1] = 20
		w.mu.Unlock()
		later(2 * time.Second)
		if got := w.state(a.ID); got != "firing" {
			t.Errorf("the set-point has moved: %s", got)
		}
	})
}

func TestAnOutputIsStoppedUntilItIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a := w.add(`{"name":"Hot","kind":"threshold","options":{"channel":1,"above":30},"nodata_s":60,"actions":[{"output":1,"channel":0,"do":"stop","no_data":true}]}`)
		w.read(1, 31)
		later(time.Second)
		expect(t, "firing", w.outputs.take(), "alert/1 stop 1/0 nothing")
		later(25 * time.Second)
		expect(t, "renewed", w.outputs.take(), "alert/1 stop 1/0 nothing")
		w.restart()
		later(15 * time.Second)
		expect(t, "after a restart", w.outputs.take(), "alert/1 stop 1/0 nothing")
		w.read(1, 20)
		later(time.Second)
		expect(t, "over", w.outputs.take(), "alert/1 releases 1/0")
		later(70 * time.Second)
		expect(t, "no data", w.outputs.take(), "alert/1 stop 1/0 nothing")
		if !must(w.Get(t.Context(), a.ID)).Status.Holding {
			t.Error("it does not say that it holds the output")
		}
		if err := w.Delete(t.Context(), a.ID, by); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		expect(t, "deleted", w.outputs.take(), "alert/1 releases 1/0")
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestAnOutputMayWaitForAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a := w.add(`{"name":"Hot","kind":"threshold","options":{"channel":1,"above":30},"actions":[{"output":1,"channel":0,"do":"set","level":{"on":false},"until":"acknowledged"}]}`)
		w.read(1, 31)
		w.read(1, 20)
		later(time.Second)
		expect(t, "over, but nobody knows", w.outputs.take(), "alert/1 set 1/0 off")
		w.restart()
		later(15 * time.Second)
		expect(t, "nor after a restart", w.outputs.take(), "alert/1 set 1/0 off")
		if _, err := w.Acknowledge(t.Context(), a.ID, by, ""); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		expect(t, "acknowledged", w.outputs.take(), "alert/1 releases 1/0")
		if _, err := w.Acknowledge(t.Context(), a.ID, by, ""); !errors.Is(err, ErrNothingToAcknowledge) {
			t.Errorf("%v", err)
		}
	})
}

func TestAnOutputThatCannotBeStoppedIsTriedAgainAndTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.add(`{"name":"Hot","kind":"threshold","options":{"channel":1,"above":30},"actions":[{"output":1,"channel":0,"do":"stop"}]}`)
		w.outputs.mu.Lock()
		w.outputs.fail = errors.New("no answer")
		w.outputs.mu.Unlock()
		w.noted("")
		w.read(1, 31)
		later(45 * time.Second)
		entries := w.noted("alert")
		if n := strings.Count(strings.Join(entries, "\n"), "no answer"); n != 1 {
			t.Errorf("told %d times: %v", n, entries)
		}
		w.outputs.mu.Lock()
		w.outputs.fail = nil
		n := len(w.outputs.got)
		w.outputs.mu.Unlock()
		if n < 4 {
			t.Errorf("tried %d times in 45 s", n)
		}
		later(11 * time.Second)
		expect(t, "journal", w.noted("alert"), "alert/1: Hot brings Heater to its safe state")
	})
}

func TestTheTestOfAnAlertTakesTheRealWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a := w.add(warm)
		var bad option.Errors
		if _, err := w.Test(t.Context(), a.ID, by); !errors.As(err, &bad) || bad[0].Field != "routes" {
			t.Errorf("nobody would be told: %v", err)
		}
		w.route("a", "")
		sent, err := w.Test(t.Context(), a.ID, by)
		if err != nil || len(sent) != 1 || !sent[0].Test || sent[0].State != "waiting" {
			t.Errorf("%+v, %v", sent, err)
		}
		synctest.Wait()
		expect(t, "told", w.arrived(), "/a Test: Too warm")
		if got := w.state(a.ID); got != "ok" {
			t.Errorf("a test has changed the state: %s", got)
		}
	})
}

func TestAChannelThatIsGoneIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a := w.add(warm)
		if err := w.store.Inputs.SoftDelete(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		w.src.Journal.Publish(fleet.Event{Type: "audit", Source: "input/1", Message: "Probe was deleted"})
		synctest.Wait()
		if got := w.state(a.ID); got != "error" {
			t.Errorf("%s", got)
		}
		if _, err := w.store.Inputs.Restore(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		w.src.Journal.Publish(fleet.Event{Type: "audit", Source: "input/1", Message: "Probe was brought back"})
		synctest.Wait()
		w.read(1, 20)
		if got := w.state(a.ID); got != "ok" {
			t.Errorf("%s", got)
		}
	})
}

func TestEditsKeepWhatIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a := w.add(`{"name":"Frozen","kind":"stuck","options":{"channel":1,"window_s":60}}`)
		for range 6 {
			w.read(1, 20)
			later(9 * time.Second)
		}
		if _, err := w.Update(t.Context(), a.ID, json.RawMessage(`{"name":"Stuck","severity":"critical"}`), by); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			w.read(1, 20)
			later(9 * time.Second)
		}
		b := must(w.Get(t.Context(), a.ID))
		if b.Status.State != "firing" || b.Name != "Stuck" || b.Severity != "critical" || *b.NoDataS != 900 {
			t.Errorf("%+v", b)
		}
		if b, err := w.Update(t.Context(), a.ID, json.RawMessage(`{"enabled":false}`), by); err != nil || b.Status.State != Inactive {
			t.Errorf("%+v, %v", b.Status, err)
		}
		if err := w.Delete(t.Context(), a.ID, by); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Get(t.Context(), a.ID); !errors.Is(err, settings.ErrNotFound) {
			t.Errorf("%v", err)
		}
		if b, err := w.Restore(t.Context(), a.ID, by); err != nil || b.Name != "Stuck" {
			t.Errorf("%+v, %v", b, err)
		}
	})
}
