package recipe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"hypha/internal/alert"
	"hypha/internal/alerting"
	"hypha/internal/auth"
	"hypha/internal/dashboard"
	"hypha/internal/fleet"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/settings"
)

// Applied is what was made.
type Applied struct {
	Zone      int64   `json:"zone"`
	Name      string  `json:"name"`
	Inputs    []int64 `json:"inputs"`  // made as stand-ins
	Outputs   []int64 `json:"outputs"` // likewise
	Methods   []int64 `json:"methods"`
	Functions []int64 `json:"functions"`
	Alerts    []int64 `json:"alerts"`
	Dashboard int64   `json:"dashboard"`
	// Before is how things were that were there already, to undo.
	Before []before `json:"before,omitempty" swaggerignore:"true"`
} //	@name	RecipeApplied

// before is what an input or output was like.
type before struct {
	Input  int64           `json:"input,omitempty"`
	Output int64           `json:"output,omitempty"`
	Patch  json.RawMessage `json:"patch"`
}

const (
	appliedKey = "recipe/zone/"
	// undoWithin bounds how long taking everything back may take, when the one who asked has gone.
	undoWithin = 30 * time.Second
)

// work is an application under way.
type work struct {
	*Service
	draft

	who    auth.Principal
	start  bool
	values values
	made   Applied
}

// Apply makes everything that a recipe plans, or nothing.
func (s *Service) Apply(ctx context.Context, id string, req Request, who auth.Principal) (Applied, error) {
	d, err := s.draft(ctx, id, req)
	if err != nil {
		return Applied{}, err
	}
	var bad option.Errors
	for _, role := range d.plan.Missing {
		bad = append(bad, option.FieldError{Field: "roles." + role, Message: "is needed: choose something for it, or have it simulated"})
	}
	if bad != nil {
		return Applied{}, bad
	}
	w := &work{Service: s, draft: d, who: who, start: req.Start, values: values{}}
	for name, v := range d.plan.Values {
		w.values[name+"_value"] = v
	}
	for _, step := range []func(context.Context) error{
		w.makeZone, w.makeStandIns, func(ctx context.Context) error { return w.moveIn(ctx, req.Inputs) }, w.setTargets,
		w.makeMethods, w.makeFunctions, w.makeAlerts, w.makeDashboard, w.remember,
	} {
		if err := step(ctx); err != nil {
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoWithin)
			defer cancel()
			return Applied{}, errors.Join(err, s.takeBack(end, w.made, who))
		}
	}
	return w.made, nil
}

func (w *work) makeZone(ctx context.Context) error {
	stage, _ := w.recipe.stage(w.plan.Stage)
	z, err := w.fleet.CreateZone(ctx, fleet.ZoneDraft{Name: w.plan.Name, Description: stage.Name, Icon: w.recipe.Icon}, w.who.By())
	w.made.Zone, w.made.Name = z.ID, w.plan.Name
	return err
}

// makeStandIns makes the simulated devices, and gives every role its value.
func (w *work) makeStandIns(ctx context.Context) error {
	for _, role := range w.recipe.Roles {
		f := w.filled[role.ID]
		switch f.How {
		case "channel":
			w.values[role.ID] = int64(f.Channel)
		case "output":
			w.values[role.ID] = map[string]any{"output": f.Output, "channel": f.Index}
			w.values[role.ID+"_output"] = f.Output
			w.values[role.ID+"_index"] = f.Index
		case "simulated":
			options, err := w.values.fill(role.StandIn.Options)
			if err != nil {
				return err
			}
			if !role.Output {
				in, err := w.fleet.CreateInput(ctx, fleet.InputDraft{Name: role.StandIn.Name, Kind: role.StandIn.Kind, Options: options, Zone: &w.made.Zone}, w.who.By())
				if err != nil {
					return err
				}
				w.made.Inputs = append(w.made.Inputs, in.ID)
				w.values[role.ID] = int64(in.Channels[0].ID)
				continue
			}
			out, err := w.fleet.CreateOutput(ctx, fleet.OutputDraft{
				Name: role.StandIn.Name, Kind: role.StandIn.Kind, Options: options, Zone: &w.made.Zone,
				Channels: []fleet.OutputChannelDraft{{Index: 0, Limits: role.Limits[role.standInType()]}},
			}, w.who.By())
			if err != nil {
				return err
			}
			w.made.Outputs = append(w.made.Outputs, out.ID)
			w.values[role.ID] = map[string]any{"output": out.ID, "channel": 0}
			w.values[role.ID+"_output"], w.values[role.ID+"_index"] = out.ID, 0
		}
	}
	return nil
}

// moveIn has what plays a role belong to the zone, unless it belongs to another, and outputs keep the limits of their role where
// they have none.
func (w *work) moveIn(ctx context.Context, also []int64) error {
	inputs, _, err := w.fleet.Inputs(ctx, settings.Filter{})
	if err != nil {
		return err
	}
	for _, in := range inputs {
		plays := slices.ContainsFunc(in.Channels, func(ch settings.Channel) bool { return w.plays(Filling{How: "channel", Channel: ch.ID}) })
		if in.ZoneID != nil || !plays && !slices.Contains(also, in.ID) {
			continue
		}
		w.made.Before = append(w.made.Before, before{Input: in.ID, Patch: json.RawMessage(`{"zone":null}`)})
		if _, err := w.fleet.UpdateInput(ctx, in.ID, json.RawMessage(fmt.Sprintf(`{"zone":%d}`, w.made.Zone)), w.who.By()); err != nil {
			return err
		}
	}
	outputs, _, err := w.fleet.Outputs(ctx, settings.Filter{})
	if err != nil {
		return err
	}
	for _, out := range outputs {
		if err := w.moveOutput(ctx, out); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) plays(f Filling) bool {
	for _, filled := range w.filled {
		if filled == f {
			return true
		}
	}
	return false
}

func (w *work) moveOutput(ctx context.Context, out fleet.Output) error {
	change, back := map[string]any{}, map[string]any{}
	var channels, were []map[string]any
	found := false
	for _, ch := range out.Output.Channels {
		for _, role := range w.recipe.Roles {
			if w.filled[role.ID] != (Filling{How: "output", Output: out.ID, Index: ch.Index}) {
				continue
			}
			found = true
			if limits := role.Limits[ch.Type]; len(limits) > 0 && (len(ch.Limits) == 0 || string(ch.Limits) == "{}") {
				channels = append(channels, map[string]any{"index": ch.Index, "limits": limits})
				were = append(were, map[string]any{"index": ch.Index, "limits": nil})
			}
		}
	}
	if found && out.ZoneID == nil {
		change["zone"], back["zone"] = w.made.Zone, nil
	}
	if channels != nil {
		change["channels"], back["channels"] = channels, were
	}
	if len(change) == 0 {
		return nil
	}
	patch, err := json.Marshal(change)
	if err != nil {
		return fmt.Errorf("encode a change of an output: %w", err)
	}
	undo, err := json.Marshal(back)
	if err != nil {
		return fmt.Errorf("encode a change of an output: %w", err)
	}
	w.made.Before = append(w.made.Before, before{Output: out.ID, Patch: undo})
	_, err = w.fleet.UpdateOutput(ctx, out.ID, patch, w.who.By())
	return err
}

func (w *work) setTargets(ctx context.Context) error {
	targets := []fleet.Target{}
	for _, t := range w.recipe.Targets {
		id, ok := w.values[t.Role].(int64)
		if !ok {
			continue
		}
		target := fleet.Target{Channel: measure.ChannelID(id)}
		for _, edge := range []struct {
			from any
			into **float64
		}{{t.Min, &target.Min}, {t.Max, &target.Max}} {
			if edge.from == nil {
				continue
			}
			v, err := w.values.into(edge.from)
			number, ok := v.(float64)
			if err != nil || !ok {
				return fmt.Errorf("the target of %s is no number (%w)", t.Role, err)
			}
			*edge.into = &number
		}
		targets = append(targets, target)
	}
	patch, err := json.Marshal(map[string]any{"targets": targets})
	if err != nil {
		return fmt.Errorf("encode the targets: %w", err)
	}
	_, err = w.fleet.UpdateZone(ctx, w.made.Zone, patch, w.who.By())
	return err
}

// named is the name of a part; two tents have each their heating.
func (w *work) named(p Part) string { return w.plan.Name + ": " + p.Name }

func (w *work) makeMethods(ctx context.Context) error {
	for _, m := range w.recipe.Methods {
		if !w.wants(m.Part) {
			continue
		}
		definition, err := w.values.fill(m.Definition)
		if err != nil {
			return err
		}
		made, err := w.fleet.CreateMethod(ctx, fleet.MethodDraft{Name: w.named(m.Part), Definition: definition}, w.who.By())
		if err != nil {
			return fmt.Errorf("the method %s: %w", m.ID, err)
		}
		w.made.Methods = append(w.made.Methods, made.ID)
		w.values[m.ID] = made.ID
	}
	return nil
}

func (w *work) makeFunctions(ctx context.Context) error {
	for _, f := range w.recipe.Functions {
		if !w.wants(f.Part) {
			continue
		}
		options, err := w.values.fill(f.Options)
		if err != nil {
			return err
		}
		made, err := w.fleet.CreateFunction(ctx, fleet.FunctionDraft{Name: w.named(f.Part), Kind: f.Kind, Options: options, Enabled: &w.start, Zone: &w.made.Zone}, w.who.By())
		if err != nil {
			return fmt.Errorf("the function %s: %w", f.ID, err)
		}
		w.made.Functions = append(w.made.Functions, made.ID)
		w.values[f.ID] = made.ID
	}
	return nil
}

func (w *work) makeAlerts(ctx context.Context) error {
	for _, a := range w.recipe.Alerts {
		if !w.wants(a.Part) {
			continue
		}
		options, err := w.values.fill(a.Options)
		if err != nil {
			return err
		}
		made, err := w.alerts.Create(ctx, alerting.Draft{
			Name: w.named(a.Part), Kind: a.Kind, Options: options, Severity: alert.Severity(a.Severity), Zone: &w.made.Zone, ForS: &a.ForS,
		}, w.who.By())
		if err != nil {
			return fmt.Errorf("the alert %s: %w", a.ID, err)
		}
		w.made.Alerts = append(w.made.Alerts, made.ID)
	}
	return nil
}

// makeDashboard lays the tiles out in rows of twelve columns.
func (w *work) makeDashboard(ctx context.Context) error {
	const columns = 12
	var layout dashboard.Layout
	x, y, tall := 0, 0, 0
	for n, tile := range w.recipe.Dashboards {
		if !w.wants(Part{Needs: tile.Needs}) {
			continue
		}
		options, err := w.values.fill(tile.Options)
		if err != nil {
			return err
		}
		if x+tile.W > columns {
			x, y, tall = 0, y+tall, 0
		}
		layout.Widgets = append(layout.Widgets, dashboard.Widget{
			ID: fmt.Sprintf("tile-%d", n+1), Kind: tile.Kind, Options: options, Desktop: dashboard.Place{X: x, Y: y, W: tile.W, H: tile.H},
		})
		x, tall = x+tile.W, max(tall, tile.H)
	}
	made, err := w.dashboards.Create(ctx, w.who, dashboard.Draft{Name: w.plan.Name, Icon: w.recipe.Icon, Shared: true, Layout: layout})
	if err != nil {
		return fmt.Errorf("the dashboard: %w", err)
	}
	w.made.Dashboard = made.ID
	return nil
}

// remember keeps what was made, so that it can be taken back.
func (w *work) remember(ctx context.Context) error {
	return w.store.KV.Set(ctx, fmt.Sprintf("%s%d", appliedKey, w.made.Zone), w.made)
}
