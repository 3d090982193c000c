package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"hypha/internal/function"
	"hypha/internal/mqttconn"
	"hypha/internal/output"
	"hypha/internal/outside"
)

// argOf is an argument of an order; the zero value when it is not there.
func argOf[T any](o function.Order, name string) (v T) {
	v, _ = o.Args[name].(T)
	return v
}

// doOutside carries out the orders that reach further than to adjust, enable and read. done is false for one that it does not
// know.
func (f *Fleet) doOutside(ctx context.Context, by string, o function.Order) (done bool, err error) {
	switch o.What {
	case "order":
		id, ok := numberOf("function", o.Ref)
		if !ok {
			return true, refuse("%q names no function", o.Ref)
		}
		if o.Ref == by {
			return true, refuse("a function cannot give orders to itself")
		}
		_, err = f.CommandFunction(ctx, id, argOf[string](o, "order"), nil, by)
	case "note":
		if argOf[string](o, "note") == "" { // of a script: a text of any lines
			return true, f.noteOrder(ctx, by, o)
		}
		_, err = f.CreateNote(ctx, NoteDraft{Note: argOf[string](o, "note"), Text: argOf[string](o, "text"), Tags: argOf[[]string](o, "tags"), Refs: []string{by}}, by)
	case "clear_total":
		id, ok := numberOf("output", o.Ref)
		if !ok {
			return true, refuse("%q names no output", o.Ref)
		}
		what := argOf[string](o, "what")
		_, err = f.amend(ctx, id, argOf[int](o, "channel"), by, "reset the counters of", func(out *output.Output, ctx context.Context, n int) error {
			return out.ClearTally(ctx, n, what)
		})
	case "webhook":
		if f.cfg.Host.HTTP == nil {
			return true, refuse("this program cannot call others")
		}
		err = outside.Send(ctx, f.cfg.Host.HTTP, outside.Request{
			Method: argOf[string](o, "method"), URL: argOf[string](o, "url"), Body: argOf[string](o, "body"), Headers: argOf[map[string]string](o, "headers"),
		})
	case "mqtt":
		err = f.publish(ctx, o)
	case "command":
		if !f.cfg.AllowCommands {
			return true, refuse("commands are not allowed: set actions.allow_commands in the configuration")
		}
		err = outside.Run(ctx, argOf[string](o, "command"), argOf[[]string](o, "args"))
	default:
		return false, nil
	}
	return true, err
}

// publish sends one message. The connection is shared with whoever else has one to the broker; without others it is made for
// the message.
func (f *Fleet) publish(ctx context.Context, o function.Order) error {
	broker, ok := o.Args["broker"].(mqttconn.Broker)
	if !ok || f.cfg.Host.MQTT == nil {
		return refuse("this program cannot reach a broker")
	}
	conn, err := f.cfg.Host.MQTT.Open(broker, nil)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // what was published is with the broker by then
	return conn.Publish(ctx, mqttconn.Message{
		Topic: argOf[string](o, "topic"), Payload: []byte(argOf[string](o, "payload")), QoS: byte(argOf[int](o, "qos")), Retain: argOf[bool](o, "retain"),
	})
}

// setPoint sets the set-point of a function to args' value, or moves it by so much and not beyond min and max.
func (f *Fleet) setPoint(ctx context.Context, id int64, args map[string]any, by string) error {
	value := args["value"]
	if step, ok := args["by"].(float64); ok {
		fn, err := f.Function(ctx, id)
		if err != nil {
			return err
		}
		var now struct {
			Setpoint *float64 `json:"setpoint"`
			Method   int64    `json:"method"`
		}
		if err := json.Unmarshal(fn.Options, &now); err != nil {
			return fmt.Errorf("read its set-point: %w", err)
		}
		if now.Setpoint == nil || now.Method != 0 {
			return refuse("%s has no fixed set-point that could be moved", fn.Name)
		}
		next := rounded(*now.Setpoint + step)
		if low, ok := args["min"].(*float64); ok && low != nil && next < *low {
			return refuse("the set-point of %s would be %g, and must not be below %g", fn.Name, next, *low)
		}
		if high, ok := args["max"].(*float64); ok && high != nil && next > *high {
			return refuse("the set-point of %s would be %g, and must not be above %g", fn.Name, next, *high)
		}
		value = next
	}
	change, err := json.Marshal(map[string]any{"setpoint": value})
	if err != nil {
		return fmt.Errorf("encode the set-point: %w", err)
	}
	_, err = f.AdjustFunction(ctx, id, change, by)
	return err
}

// rounded cuts what adding up tenths leaves behind the twelfth digit: 20.1 + 0.2 is 20.3.
func rounded(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64)
	if err != nil || math.IsInf(r, 0) {
		return v
	}
	return r
}
