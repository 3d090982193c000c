package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/controller"
	"hypha/internal/function"
	"hypha/internal/history"
	"hypha/internal/history/rowstore"
	"hypha/internal/input"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/settings"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a fleet on real stores in a folder of the test, with the fake devices of kinds_test.go. It can be shut down
// and started again on the same folder.
type world struct {
	*Fleet
	t       *testing.T
	dir     string
	bench   *bench
	store   *settings.Store
	history *rowstore.Store
	writer  *history.Writer
	end     context.CancelFunc
	ended   sync.WaitGroup
	up      bool
	// configure changes what the next fleet is built of.
	configure func(*Config)
}

// by is who does everything in these tests.
const by = "user:maya"

func newWorld(t *testing.T, more ...function.Kind) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), bench: newBench()}
	w.bench.more = more
	w.start()
	t.Cleanup(func() {
		if w.up {
			w.shutdown()
		}
	})
	return w
}

func (w *world) start() {
	w.t.Helper()
	ctx := w.t.Context()
	var err error
	if w.store, err = settings.Open(ctx, w.dir, slog.New(slog.DiscardHandler)); err != nil {
		w.t.Fatal(err)
	}
	if w.history, err = rowstore.Open(ctx, w.dir); err != nil {
		w.t.Fatal(err)
	}
	w.writer = history.NewWriter(history.WriterConfig{Store: w.history})
	cfg := Config{
		Store: w.store, History: w.history, Writer: w.writer, Catalogue: measure.NewCatalogue(),
		Inputs: w.bench.inputs(), Outputs: w.bench.outputs(), Functions: w.bench.functions(), Retention: 365 * 24 * time.Hour, Logger: slog.New(slog.DiscardHandler),
	}
	if w.configure != nil {
		w.configure(&cfg)
	}
	w.Fleet = New(cfg)
	if err := w.LoadUnits(ctx); err != nil {
		w.t.Fatal(err)
	}
	background, end := context.WithCancel(context.WithoutCancel(ctx))
	w.end = end
	w.ended.Go(func() { _ = w.writer.Run(background) })
	w.ended.Go(func() { _ = w.Fleet.Run(background) })
	if err := w.Fleet.Start(ctx); err != nil {
		w.t.Fatal(err)
	}
	w.up = true
	synctest.Wait()
}

// shutdown ends the program as SIGTERM does.
func (w *world) shutdown() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.t.Context()), 15*time.Second)
	defer cancel()
	_ = w.Close(ctx) // a device of the test may hang
	w.end()
	w.ended.Wait()
	if err := errors.Join(w.history.Close(), w.store.Close()); err != nil {
		w.t.Error(err)
	}
	w.up = false
}

// reopen changes the settings of a world that is shut down.
func (w *world) reopen(change func()) {
	w.t.Helper()
	var err error
	if w.store, err = settings.Open(w.t.Context(), w.dir, slog.New(slog.DiscardHandler)); err != nil {
		w.t.Fatal(err)
	}
	change()
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) restart() {
	w.t.Helper()
	w.shutdown()
	w.start()
}

// later lets virtual time pass, and what is due then happen.
func later(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// inputDraft reads a draft as the API does.
func draftOf[T any](t *testing.T, text string) (d T) {
	t.Helper()
	if err := Strict(json.RawMessage(text), &d); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return d
}

func (w *world) addInput(text string) Input {
	w.t.Helper()
	in, err := w.CreateInput(w.t.Context(), draftOf[InputDraft](w.t, text), by)
	if err != nil {
		w.t.Fatalf("create %s: %v", text, err)
	}
	synctest.Wait()
	return in
}

func (w *world) addOutput(text string) Output {
	w.t.Helper()
	o, err := w.CreateOutput(w.t.Context(), draftOf[OutputDraft](w.t, text), by)
	if err != nil {
		w.t.Fatalf("create %s: %v", text, err)
	}
	synctest.Wait()
	return o
}

func (w *world) patchInput(id int64, patch string) Input {
	w.t.Helper()
	in, err := w.UpdateInput(w.t.Context(), id, json.RawMessage(patch), by)
	if err != nil {
		w.t.Fatalf("patch %s: %v", patch, err)
	}
	synctest.Wait()
	return in
}

func (w *world) patchOutput(id int64, patch string) Output {
	w.t.Helper()
	o, err := w.UpdateOutput(w.t.Context(), id, json.RawMessage(patch), by)
	if err != nil {
		w.t.Fatalf("patch %s: %v", patch, err)
	}
	synctest.Wait()
	return o
}

func (w *world) patchChannel(id measure.ChannelID, patch string) Channel {
	w.t.Helper()
	c, err := w.UpdateChannel(w.t.Context(), id, json.RawMessage(patch), by)
	if err != nil {
		w.t.Fatalf("patch %s: %v", patch, err)
	}
	synctest.Wait()
	return c
}

func (w *world) state(ref string) controller.State {
	w.t.Helper()
	all, err := w.ControllersNow(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range all {
		if s.Ref == ref {
			return s.Status.State
		}
	}
	return ""
}

// values are the stored readings of a channel, oldest first.
func (w *world) values(id measure.ChannelID) (values []measure.Reading) {
	w.t.Helper()
	if err := w.writer.Flush(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	err := w.history.Raw(w.t.Context(), id, 0, history.End, 0, func(r measure.Reading) error {
		values = append(values, r)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return values
}

// messages are the entries of the journal of a type that contain a text, oldest first.
func (w *world) messages(kind, text string) (messages []string) {
	w.t.Helper()
	synctest.Wait()
	events, _, err := w.Events(w.t.Context(), settings.EventFilter{Type: kind})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range slices.Backward(events) {
		if strings.Contains(e.Message, text) {
			messages = append(messages, e.Message)
		}
	}
	return messages
}

// faultsOf are the fields of an option.Errors, in order.
func faultsOf(err error) []string {
	var errs option.Errors
	if !errors.As(err, &errs) {
		return nil
	}
	var fields []string
	for _, e := range errs {
		fields = append(fields, e.Field)
	}
	return fields
}

func wantFaults(t *testing.T, what string, err error, fields ...string) {
	t.Helper()
	if got := faultsOf(err); !slices.Equal(got, fields) {
		t.Errorf("%s: faults of %q (%v), want of %q", what, got, err, fields)
	}
}

func wantState(t *testing.T, w *world, ref string, want controller.State) {
	t.Helper()
	if got := w.state(ref); got != want {
		t.Errorf("%s is %s, want %s", ref, got, want)
	}
}

func on() output.Command { return output.Command{Level: output.Level{On: new(true)}} }

var errNoAnswer = errors.New("no answer")

var _ input.Sink = (*Fleet)(nil)
