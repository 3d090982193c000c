package recipe

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"hypha/internal/measure"
)

//go:embed data/*.json
var files embed.FS

// Recipe is a way to set up a zone.
type Recipe struct {
	ID      string `json:"id"`
	Name    string `json:"name"` // of the zone that it makes, unless the person says otherwise
	Icon    string `json:"icon"`
	Purpose string `json:"purpose"` // in a sentence
	// Stages are what lives there, or how old it is: each has numbers of its own.
	Stages     []Stage     `json:"stages"`
	Roles      []Role      `json:"roles"`
	Values     []Value     `json:"values"`
	Targets    []Target    `json:"targets"`
	Methods    []Method    `json:"methods,omitempty"`
	Functions  []Function  `json:"functions"`
	Alerts     []Alert     `json:"alerts"`
	Dashboards []Dashboard `json:"dashboard"`
} //	@name	Recipe

// Stage names numbers that fit together.
type Stage struct {
	ID     string         `json:"id"`
	Name   string         `json:"name"`
	Values map[string]any `json:"values"` // numbers, and times of the day as text
} //	@name	RecipeStage

// Role is a part that a sensor or an actuator plays.
type Role struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Output   bool   `json:"output"`   // else it is a channel that is measured
	Required bool   `json:"required"` // without it there is nothing to set up
	// Of channels.
	Quantity measure.Quantity `json:"quantity,omitempty"`
	// Of outputs.
	Types []string `json:"types,omitempty"`
	// Words in names that speak for it, and against it.
	Prefer []string `json:"prefer,omitempty"`
	Avoid  []string `json:"avoid,omitempty"`
	// StandIn is what is made when there is nothing that could fill it.
	StandIn *StandIn `json:"stand_in,omitempty"`
	// Limits of outputs by type of channel, kept by the output itself, where it has none yet.
	Limits map[string]json.RawMessage `json:"limits,omitempty" swaggertype:"object"`
} //	@name	RecipeRole

// StandIn is a simulated device.
type StandIn struct {
	Name    string          `json:"name"`
	Kind    string          `json:"kind"`
	Options json.RawMessage `json:"options" swaggertype:"object"`
} //	@name	RecipeStandIn

// Value is a number, or a time of the day, that the person may change.
type Value struct {
	ID    string  `json:"id"`
	Name  string  `json:"name"`
	Clock bool    `json:"clock,omitempty"` // a time of the day
	Unit  string  `json:"unit,omitempty"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Step  float64 `json:"step"`
	// Needs are the roles without which it has no meaning.
	Needs []string `json:"needs,omitempty"`
} //	@name	RecipeValue

// Target is the band of a channel in the zone.
type Target struct {
	Role string `json:"role"`
	Min  any    `json:"min,omitempty"`
	Max  any    `json:"max,omitempty"`
} //	@name	RecipeTarget

// Part is what the things that a recipe makes have in common.
type Part struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Needs []string `json:"needs"`
	// Types are those that an output must be of, by role.
	Types map[string]string `json:"types,omitempty"`
	// Real are roles that must not be filled by a stand-in: a simulated heater has no effect.
	Real []string `json:"real,omitempty"`
}

// Method is a course of a set-point.
type Method struct {
	Part
	Definition json.RawMessage `json:"definition" swaggertype:"object"`
} //	@name	RecipeMethod

// Function regulates or reacts.
type Function struct {
	Part
	Kind    string          `json:"kind"`
	Options json.RawMessage `json:"options" swaggertype:"object"`
} //	@name	RecipeFunction

// Alert watches.
type Alert struct {
	Part
	Kind     string          `json:"kind"`
	Options  json.RawMessage `json:"options" swaggertype:"object"`
	Severity string          `json:"severity"`
	ForS     float64         `json:"for_s"`
} //	@name	RecipeAlert

// Dashboard is a tile of the dashboard.
type Dashboard struct {
	Needs   []string        `json:"needs"`
	Kind    string          `json:"kind"`
	Options json.RawMessage `json:"options" swaggertype:"object"`
	W       int             `json:"w"`
	H       int             `json:"h"`
} //	@name	RecipeTile

// Load reads all recipes, by id.
func Load() ([]Recipe, error) { return load(files) }

func load(from fs.FS) ([]Recipe, error) {
	names, err := fs.Glob(from, "data/*.json")
	if err != nil {
		return nil, fmt.Errorf("list the recipes: %w", err)
	}
	var all []Recipe
	for _, name := range names {
		raw, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, fmt.Errorf("recipe %s: %w", name, err)
		}
		var r Recipe
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil {
			return nil, fmt.Errorf("recipe %s: %w", name, err)
		}
		if r.ID+".json" != path.Base(name) {
			return nil, fmt.Errorf("recipe %s calls itself %q", name, r.ID)
		}
		all = append(all, r)
	}
	return all, nil
}

func (r Recipe) role(id string) (Role, bool) {
	n := slices.IndexFunc(r.Roles, func(role Role) bool { return role.ID == id })
	if n < 0 {
		return Role{}, false
	}
	return r.Roles[n], true
}

func (r Recipe) stage(id string) (Stage, bool) {
	n := slices.IndexFunc(r.Stages, func(s Stage) bool { return s.ID == id })
	if n < 0 {
		return Stage{}, false
	}
	return r.Stages[n], true
}
