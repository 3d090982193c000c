package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"hypha/internal/controller"
	"hypha/internal/function"
	"hypha/internal/settings"
)

// find returns the number of a channel, an input, an output or a function that is called by its name; ok is false when there is none,
// or more than one: a script must not drive whichever comes first.
func (f *Fleet) find(what, name string) (id int64, ok bool) {
	ctx := context.Background()
	found := 0
	take := func(n int64, called string) {
		if strings.EqualFold(called, name) {
			id = n
			found++
		}
	}
	switch what {
	case "channel":
		rows, _, err := f.cfg.Store.Channels.List(ctx, settings.ChannelFilter{})
		if err != nil {
			return 0, false
		}
		owners, err := f.owners(ctx)
		if err != nil {
			return 0, false
		}
		for _, row := range rows {
			take(int64(row.ID), row.Name)
			take(int64(row.ID), owners[row.Owner].name+"/"+row.Name)
		}
	case "input":
		rows, _, err := f.cfg.Store.Inputs.List(ctx, settings.Filter{})
		if err != nil {
			return 0, false
		}
		for _, row := range rows {
			take(row.ID, row.Name)
		}
	case "output":
		rows, _, err := f.cfg.Store.Outputs.List(ctx, settings.Filter{})
		if err != nil {
			return 0, false
		}
		for _, row := range rows {
			take(row.ID, row.Name)
		}
	case "function":
		rows, _, err := f.cfg.Store.Functions.List(ctx, settings.Filter{})
		if err != nil {
			return 0, false
		}
		for _, row := range rows {
			take(row.ID, row.Name)
		}
	}
	return id, found == 1
}

// refuse is an order that cannot be carried out.
func refuse(format string, args ...any) error { return fmt.Errorf(format, args...) }

// do carries out an order of a function; by is its ref.
func (f *Fleet) do(ctx context.Context, by string, o function.Order) error {
	switch o.What {
	case "set_point":
		id, ok := numberOf("function", o.Ref)
		if !ok {
			return refuse("%q names no function", o.Ref)
		}
		return f.setPoint(ctx, id, o.Args, by)
	case "adjust":
		id, ok := numberOf("function", o.Ref)
		if !ok {
			return refuse("%q names no function", o.Ref)
		}
		change, err := json.Marshal(o.Args)
		if err != nil {
			return fmt.Errorf("encode the change: %w", err)
		}
		_, err = f.AdjustFunction(ctx, id, change, by)
		return err
	case "enable", "disable":
		return f.enable(ctx, o.Ref, o.What == "enable", by)
	case "read":
		id, ok := numberOf("input", o.Ref)
		if !ok {
			return refuse("%q names no input", o.Ref)
		}
		_, err := f.ReadNow(ctx, id)
		return err
	}
	if done, err := f.doOutside(ctx, by, o); done {
		return err
	}
	if f.cfg.Orders == nil {
		return refuse("this program cannot %s", o.What)
	}
	return f.cfg.Orders(ctx, by, o)
}

// enable switches an input, output or function on or off.
func (f *Fleet) enable(ctx context.Context, ref string, on bool, by string) (err error) {
	patch := json.RawMessage(fmt.Sprintf(`{"enabled":%t}`, on))
	what, number, _ := strings.Cut(ref, "/")
	id, ok := numberOf(what, what+"/"+number)
	if !ok {
		return refuse("%q names nothing that could be enabled or disabled", ref)
	}
	if ref == by {
		return refuse("a function cannot enable or disable itself")
	}
	switch what {
	case "input":
		_, err = f.UpdateInput(ctx, id, patch, by)
	case "output":
		_, err = f.UpdateOutput(ctx, id, patch, by)
	case "function":
		_, err = f.UpdateFunction(ctx, id, patch, by)
	default:
		err = refuse("%q names nothing that could be enabled or disabled", ref)
	}
	return err
}

// stateOf is the state of what runs under a ref, inactive when nothing does: nobody asks the settings each second.
func (f *Fleet) stateOf(ref string) string {
	f.mu.RLock()
	_, broken := f.broken[controller.Ref(ref)]
	f.mu.RUnlock()
	if broken {
		return string(controller.Failed)
	}
	if s, ok := f.manager.Status(controller.Ref(ref)); ok {
		return string(s.State)
	}
	return string(controller.Inactive)
}

// numberOf is the number in a ref such as "function/2".
func numberOf(what, ref string) (int64, bool) {
	kind, number, ok := strings.Cut(ref, "/")
	if !ok || kind != what {
		return 0, false
	}
	id, err := strconv.ParseInt(number, 10, 64)
	return id, err == nil && id > 0
}
