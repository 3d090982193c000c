package api

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/refine"
)

// Patches are JSON merge patches (RFC 7396): a field that is absent stays, null gives it its default. These types are
// their shape; what they may hold is judged with the rest of the item.

type inputPatch struct {
	Name     *string         `json:"name,omitempty"`
	Kind     *string         `json:"kind,omitempty"` // cannot be changed
	Options  json.RawMessage `json:"options,omitempty" swaggertype:"object"`
	PeriodS  *float64        `json:"period_s,omitempty" extensions:"x-nullable"`
	TimeoutS *float64        `json:"timeout_s,omitempty" extensions:"x-nullable"`
	Failures *int            `json:"failures_before_degraded,omitempty" extensions:"x-nullable"`
	Enabled  *bool           `json:"enabled,omitempty"`
	Zone     *int64          `json:"zone,omitempty" extensions:"x-nullable"`
} //	@name	InputPatch

type outputPatch struct {
	Name     *string                    `json:"name,omitempty"`
	Kind     *string                    `json:"kind,omitempty"` // cannot be changed
	Options  json.RawMessage            `json:"options,omitempty" swaggertype:"object"`
	TimeoutS *float64                   `json:"timeout_s,omitempty" extensions:"x-nullable"`
	Enabled  *bool                      `json:"enabled,omitempty"`
	Zone     *int64                     `json:"zone,omitempty" extensions:"x-nullable"`
	Channels []fleet.OutputChannelDraft `json:"channels,omitempty"`
} //	@name	OutputPatch

type functionPatch struct {
	Name    *string         `json:"name,omitempty"`
	Kind    *string         `json:"kind,omitempty"` // cannot be changed
	Options json.RawMessage `json:"options,omitempty" swaggertype:"object"`
	Enabled *bool           `json:"enabled,omitempty"`
	Zone    *int64          `json:"zone,omitempty" extensions:"x-nullable"`
} //	@name	FunctionPatch

type channelPatch struct {
	Name              *string             `json:"name,omitempty"`
	Unit              *measure.Unit       `json:"unit,omitempty" swaggertype:"string"`
	ExpectedIntervalS *float64            `json:"expected_interval_s,omitempty"` // seconds of silence after which it is stale; 0: never
	ValidMin          *float64            `json:"valid_min,omitempty" extensions:"x-nullable"`
	ValidMax          *float64            `json:"valid_max,omitempty" extensions:"x-nullable"`
	Calibration       *refine.Calibration `json:"calibration,omitempty" extensions:"x-nullable"`
	Filters           []refine.Filter     `json:"filters,omitempty"`
} //	@name	ChannelPatch

type zonePatch struct {
	Name        *string        `json:"name,omitempty"`
	Description *string        `json:"description,omitempty"`
	Icon        *string        `json:"icon,omitempty"`
	Targets     []fleet.Target `json:"targets,omitempty"`
} //	@name	ZonePatch

// patch reads the body of a merge patch and checks its shape.
func patch[T any](c echo.Context) (json.RawMessage, error) {
	raw, err := body(c, maxBody)
	if err != nil {
		return nil, err
	}
	if err := validJSON(raw); err != nil {
		return nil, err
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || object == nil {
		return nil, option.Errors{{Field: "", Message: "must be a JSON object with the fields to change"}}
	}
	var shape T
	if bad := misspelt(raw, reflect.TypeFor[T](), ""); len(bad) > 0 {
		return nil, bad
	}
	return raw, fleet.Strict(raw, &shape)
}

// misspelt names fields that are written in another case than they have. The decoder would take them; but beside the
// present value, with which a patch is merged, they would change nothing.
func misspelt(raw json.RawMessage, shape reflect.Type, path string) (bad option.Errors) {
	if shape.Kind() == reflect.Pointer {
		shape = shape.Elem()
	}
	if shape.Kind() != reflect.Struct {
		return nil
	}
	var object map[string]json.RawMessage
	_ = json.Unmarshal(raw, &object) // what is no object is found by the decoder
	for field := range shape.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		for given, value := range object {
			switch {
			case given == name:
				bad = append(bad, misspelt(value, field.Type, path+name+".")...)
			case strings.EqualFold(given, name):
				bad = append(bad, option.FieldError{Field: path + given, Message: "is written " + name})
			}
		}
	}
	return bad
}
