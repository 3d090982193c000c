package recipe

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"hypha/internal/alerting"
	"hypha/internal/dashboard"
	"hypha/internal/fleet"
	"hypha/internal/option"
	"hypha/internal/settings"
	"hypha/internal/wallclock"
)

// Service plans recipes and applies them.
type Service struct {
	fleet      *fleet.Fleet
	alerts     *alerting.Service
	dashboards *dashboard.Service
	store      *settings.Store
	recipes    []Recipe
}

// New makes the service. The error says which recipe is broken.
func New(f *fleet.Fleet, alerts *alerting.Service, dashboards *dashboard.Service, store *settings.Store) (*Service, error) {
	recipes, err := Load()
	return &Service{f, alerts, dashboards, store, recipes}, err
}

// Recipes are all there are.
func (s *Service) Recipes() []Recipe { return s.recipes }

// Recipe returns one.
func (s *Service) Recipe(id string) (Recipe, error) {
	n := slices.IndexFunc(s.recipes, func(r Recipe) bool { return r.ID == id })
	if n < 0 {
		return Recipe{}, fleet.ErrNotFound
	}
	return s.recipes[n], nil
}

// Request is what a person wants of a recipe. Absent fields are chosen.
type Request struct {
	Name   string             `json:"name,omitempty"`  // of the zone
	Stage  string             `json:"stage,omitempty"` // default the first
	Roles  map[string]Filling `json:"roles,omitempty"`
	Values map[string]any     `json:"values,omitempty" swaggertype:"object"`
	// Inputs stand in the zone too, whatever role they play.
	Inputs []int64 `json:"inputs,omitempty"`
	// Start: what regulates begins at once. Without it, functions are made and left off.
	Start bool `json:"start,omitempty"`
} //	@name	RecipeRequest

// Plan is what applying would make.
type Plan struct {
	Recipe string         `json:"recipe"`
	Name   string         `json:"name"`
	Stage  string         `json:"stage"`
	Roles  []PlannedRole  `json:"roles"`
	Values map[string]any `json:"values" swaggertype:"object"`
	// Parts are the functions and alerts that it would make, StandIns the roles that would be simulated, Missing those that are
	// needed and not filled.
	Parts    []PlannedPart `json:"parts"`
	StandIns []string      `json:"stand_ins"`
	Missing  []string      `json:"missing"`
} //	@name	RecipePlan

// PlannedRole is a role with what plays it and what could.
type PlannedRole struct {
	ID         string      `json:"id"`
	Filling    Filling     `json:"filling"`
	Name       string      `json:"name,omitempty"` // of what plays it
	Candidates []Candidate `json:"candidates"`
} //	@name	PlannedRole

// PlannedPart is something that would be made.
type PlannedPart struct {
	ID   string `json:"id"`
	What string `json:"what" enums:"function,alert"`
	Name string `json:"name"`
} //	@name	PlannedPart

// draft is a request that has been judged.
type draft struct {
	recipe Recipe
	plan   Plan
	filled map[string]Filling
	types  map[string]string // of outputs' channels, by role
}

// Plan tells what a recipe would make.
func (s *Service) Plan(ctx context.Context, id string, req Request) (Plan, error) {
	d, err := s.draft(ctx, id, req)
	if err != nil {
		return Plan{}, err
	}
	return d.plan, nil
}

func (s *Service) draft(ctx context.Context, id string, req Request) (draft, error) {
	r, err := s.Recipe(id)
	if err != nil {
		return draft{}, err
	}
	things, err := s.things(ctx)
	if err != nil {
		return draft{}, err
	}
	d := draft{recipe: r, types: map[string]string{}}
	stage, vals, err := r.values(req)
	if err != nil {
		return d, err
	}
	candidates := map[string][]Candidate{}
	for _, role := range r.Roles {
		candidates[role.ID] = role.candidates(things)
	}
	if err := r.checkRoles(req.Roles, candidates); err != nil {
		return d, err
	}
	d.filled = assign(r.Roles, candidates, req.Roles)
	d.plan = Plan{Recipe: r.ID, Name: req.Name, Stage: stage.ID, Values: vals, Roles: []PlannedRole{}, Parts: []PlannedPart{}, StandIns: []string{}, Missing: []string{}}
	if d.plan.Name == "" {
		d.plan.Name = r.Name
	}
	for _, role := range r.Roles {
		f := d.filled[role.ID]
		p := PlannedRole{ID: role.ID, Filling: f, Candidates: candidates[role.ID]}
		switch f.How {
		case "none":
			if role.Required {
				d.plan.Missing = append(d.plan.Missing, role.ID)
			}
		case "simulated":
			p.Name = role.StandIn.Name
			d.types[role.ID] = role.standInType()
			d.plan.StandIns = append(d.plan.StandIns, role.ID)
		default:
			n := slices.IndexFunc(p.Candidates, func(c Candidate) bool { return c.Filling == f })
			p.Name, d.types[role.ID] = p.Candidates[n].Name, p.Candidates[n].Type
		}
		d.plan.Roles = append(d.plan.Roles, p)
	}
	for _, f := range r.Functions {
		if d.wants(f.Part) {
			d.plan.Parts = append(d.plan.Parts, PlannedPart{f.ID, "function", f.Name})
		}
	}
	for _, a := range r.Alerts {
		if d.wants(a.Part) {
			d.plan.Parts = append(d.plan.Parts, PlannedPart{a.ID, "alert", a.Name})
		}
	}
	return d, nil
}

// standInType is the type of the channel that the stand-in has.
func (r Role) standInType() string {
	if len(r.Types) == 0 {
		return ""
	}
	return r.Types[0]
}

// wants tells whether all that a part needs is there.
func (d draft) wants(p Part) bool {
	for _, role := range p.Needs {
		if d.filled[role].How == "none" {
			return false
		}
	}
	for role, kind := range p.Types {
		if d.types[role] != kind {
			return false
		}
	}
	return !slices.ContainsFunc(p.Real, func(role string) bool { return d.filled[role].How == "simulated" })
}

// values are those of the stage, with what the person has changed.
func (r Recipe) values(req Request) (Stage, map[string]any, error) {
	var bad option.Errors
	stage := r.Stages[0]
	if req.Stage != "" {
		var ok bool
		if stage, ok = r.stage(req.Stage); !ok {
			return stage, nil, option.Errors{{Field: "stage", Message: fmt.Sprintf("there is no stage %q in this recipe", req.Stage)}}
		}
	}
	vals := maps.Clone(stage.Values)
	for id, v := range req.Values {
		n := slices.IndexFunc(r.Values, func(v Value) bool { return v.ID == id })
		if n < 0 {
			bad = append(bad, option.FieldError{Field: "values." + id, Message: "is no value of this recipe"})
			continue
		}
		if message := r.Values[n].check(v); message != "" {
			bad = append(bad, option.FieldError{Field: "values." + id, Message: message})
			continue
		}
		vals[id] = v
	}
	if bad != nil {
		return stage, nil, bad
	}
	return stage, vals, nil
}

// check says what is wrong with a value; "" when nothing is.
func (v Value) check(given any) string {
	if v.Clock {
		text, ok := given.(string)
		if !ok {
			return "must be a time of the day, like 06:30"
		}
		if _, err := wallclock.Parse(text); err != nil {
			return err.Error()
		}
		return ""
	}
	number, ok := given.(float64)
	if !ok || math.IsNaN(number) || number < v.Min || number > v.Max {
		return fmt.Sprintf("must be %g to %g", v.Min, v.Max)
	}
	return ""
}

// checkRoles judges what the person has chosen.
func (r Recipe) checkRoles(chosen map[string]Filling, candidates map[string][]Candidate) error {
	var bad option.Errors
	add := func(id, message string) {
		bad = append(bad, option.FieldError{Field: "roles." + id, Message: message})
	}
	taken := map[Filling]bool{}
	for _, id := range slices.Sorted(maps.Keys(chosen)) {
		f := chosen[id]
		role, ok := r.role(id)
		switch {
		case !ok:
			add(id, "is no role of this recipe")
		case f == (Filling{How: "none"}):
		case f == (Filling{How: "simulated"}):
			if role.StandIn == nil {
				add(id, "cannot be simulated")
			}
		case !slices.ContainsFunc(candidates[id], func(c Candidate) bool { return c.Filling == f }):
			add(id, "cannot be played by this: there is none, or it is of another kind")
		case taken[f] && role.Output:
			add(id, "is played by an output that has another role already")
		default:
			taken[f] = true
		}
	}
	if bad != nil {
		return bad
	}
	return nil
}

// things are all channels of inputs and outputs.
func (s *Service) things(ctx context.Context) (list []thing, err error) {
	inputs, _, err := s.fleet.Inputs(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	for _, in := range inputs {
		for _, ch := range in.Channels {
			list = append(list, thing{Filling: Filling{How: "channel", Channel: ch.ID}, name: in.Name + ", " + ch.Name, quantity: ch.Quantity, busy: in.ZoneID != nil})
		}
	}
	outputs, _, err := s.fleet.Outputs(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	for _, out := range outputs {
		for _, ch := range out.Output.Channels {
			name := out.Name
			if len(out.Output.Channels) > 1 {
				name += ", " + ch.Name
			}
			list = append(list, thing{Filling: Filling{How: "output", Output: out.ID, Index: ch.Index}, name: name, kind: ch.Type, busy: out.ZoneID != nil})
		}
	}
	return list, nil
}
