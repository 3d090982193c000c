package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"hypha/internal/api"
	"hypha/internal/controller"
	"hypha/internal/drivers"
	"hypha/internal/functions"
	"hypha/internal/host"
	"hypha/internal/input"
	"hypha/internal/measure"
	"hypha/internal/mqttconn"
)

func catalogue() []input.Kind { return drivers.Inputs(drivers.Deps{DataDir: "."}) }

func machine() (h host.Host, closeIt func() error) {
	pool := mqttconn.NewPool(mqttconn.Config{})
	return host.Host{Root: "/", HTTP: &http.Client{Timeout: time.Minute}, MQTT: pool}, pool.Close
}

type readCmd struct {
	Kind   string   `arg:"" help:"Kind of input, as hypha kinds lists them."`
	Option []string `help:"An option of the kind; a value that is valid JSON is taken as such. May be repeated." placeholder:"NAME=VALUE" sep:"none"`
	Count  int      `help:"How many times." default:"1"`
	JSON   bool     `name:"json" help:"One JSON object a read."`
}

// reading is a value as `hypha read --json` prints it.
type reading struct {
	Channel  int              `json:"channel"`
	Name     string           `json:"name"`
	Quantity measure.Quantity `json:"quantity"`
	Unit     measure.Unit     `json:"unit"`
	Value    float64          `json:"value"`
}

// Run is called by kong.
func (c *readCmd) Run(ctx context.Context) error {
	var kind *input.Kind
	for _, k := range catalogue() {
		if k.ID == c.Kind {
			kind = &k
		}
	}
	if kind == nil {
		return usageError{fmt.Errorf("there is no input kind %q; hypha kinds lists them", c.Kind)}
	}
	if c.Count < 1 {
		return usageError{errors.New("--count must be at least 1")}
	}
	options, err := optionsOf(c.Option)
	if err != nil {
		return usageError{err}
	}
	device, err := kind.Bind(options)
	if err != nil {
		return usageError{fmt.Errorf("options: %w", err)}
	}
	if device.Listens() {
		return usageError{fmt.Errorf("%s receives data by itself and cannot be read once", c.Kind)}
	}
	h, closeIt := machine()
	defer func() { _ = closeIt() }() // nothing is left to lose
	return c.read(ctx, device, h, kind)
}

func (c *readCmd) read(ctx context.Context, device *input.Device, h host.Host, kind *input.Kind) error {
	channels, err := controller.Call(ctx, nil, kind.Timeout, func(ctx context.Context) ([]input.Channel, error) {
		return device.Channels(ctx, h)
	})
	if err != nil {
		return err
	}
	reader, err := controller.Call(ctx, nil, kind.Timeout, func(ctx context.Context) (input.Reader, error) { return device.Open(ctx, h) })
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	if closer, ok := reader.(io.Closer); ok {
		defer func() { _ = closer.Close() }() // the values are printed already
	}
	for n := range c.Count {
		if n > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(kind.Period):
			}
		}
		values, err := readReady(ctx, reader, kind)
		var partial input.ChannelErrors
		if err != nil && !errors.As(err, &partial) {
			return err
		}
		if err := c.print(channels, values, partial); err != nil {
			return err
		}
		if len(partial) > 0 {
			return partial
		}
	}
	return nil
}

// readReady waits for a device that has no value yet: rates need two samples.
func readReady(ctx context.Context, reader input.Reader, kind *input.Kind) ([]float64, error) {
	for range 5 {
		values, err := controller.Call(ctx, nil, kind.Timeout, reader.Read)
		if !errors.Is(err, input.ErrNotReady) {
			return values, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return nil, input.ErrNotReady
}

func (c *readCmd) print(channels []input.Channel, values []float64, failed input.ChannelErrors) error {
	var readings []reading
	for n, v := range values {
		if n >= len(channels) || failed[n] != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		readings = append(readings, reading{Channel: n, Name: channels[n].Name, Quantity: channels[n].Quantity, Unit: channels[n].Unit, Value: v})
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"kind": c.Kind, "readings": readings})
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	for _, r := range readings {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", r.Channel, r.Name, strconv.FormatFloat(r.Value, 'g', 8, 64), r.Unit)
	}
	return w.Flush()
}

// optionsOf makes JSON of name=value pairs.
func optionsOf(pairs []string) (json.RawMessage, error) {
	options := map[string]json.RawMessage{}
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--option %q is not name=value", pair)
		}
		if json.Valid([]byte(value)) {
			options[name] = json.RawMessage(value)
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("--option %s: %w", name, err)
		}
		options[name] = text
	}
	return json.Marshal(options)
}

type scanCmd struct {
	JSON bool `name:"json" help:"As JSON."`
}

// Run is called by kong.
func (c *scanCmd) Run(ctx context.Context) error {
	h, closeIt := machine()
	defer func() { _ = closeIt() }() // nothing is left to lose
	found := []input.Found{}
	for _, kind := range catalogue() {
		some, err := controller.Call(ctx, nil, 5*time.Second, func(ctx context.Context) ([]input.Found, error) {
			return kind.Discover(ctx, h)
		})
		if err != nil {
			fmt.Fprintf(os.Stderr, "hypha: looking for %s: %v\n", kind.ID, err)
		}
		found = append(found, some...)
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"items": found, "total": len(found)})
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	for _, f := range found {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.Kind, f.Name, f.Detail, f.Options)
	}
	return w.Flush()
}

type kindsCmd struct {
	JSON bool `name:"json" help:"As JSON, with the schema of the options."`
}

// Run is called by kong.
func (c *kindsCmd) Run() error {
	deps := drivers.Deps{DataDir: "."}
	kinds := api.Kinds(drivers.Inputs(deps), drivers.Outputs(deps), functions.All(), "")
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"items": kinds, "total": len(kinds)})
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	for _, k := range kinds {
		fmt.Fprintf(w, "%s\t%s\t%s\n", k.Type, k.ID, k.Name)
	}
	return w.Flush()
}
