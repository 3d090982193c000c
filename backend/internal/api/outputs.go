package api

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/output"
)

// Output is a configured actuator.
type Output struct {
	ID         int64           `json:"id"`
	Name       string          `json:"name"`
	Kind       string          `json:"kind"`
	Options    json.RawMessage `json:"options" swaggertype:"object"` // without secrets
	SecretsSet []string        `json:"secrets_set"`
	TimeoutS   float64         `json:"timeout_s"` // seconds a write may take
	Enabled    bool            `json:"enabled"`
	Zone       *int64          `json:"zone" extensions:"x-nullable"`
	Status     fleet.Status    `json:"status"`
	Channels   []OutputChannel `json:"channels"`
	CreatedAt  fleet.Time      `json:"created_at" swaggertype:"string" format:"date-time"`
	UpdatedAt  fleet.Time      `json:"updated_at" swaggertype:"string" format:"date-time"`
} //	@name	Output

// OutputChannel is one thing that an output drives.
type OutputChannel struct {
	Index   int                `json:"index"`
	Name    string             `json:"name"`
	Type    output.ChannelType `json:"type" enums:"on_off,pwm,volume,value"`
	Limits  json.RawMessage    `json:"limits" swaggertype:"object"`
	Safe    any                `json:"safe" extensions:"x-nullable"`     // a command, or null: off, 0 or nothing
	AtStart any                `json:"at_start" extensions:"x-nullable"` // a command, "keep", or null: as safe
	AtStop  any                `json:"at_stop" extensions:"x-nullable"`
	// Interlock is the group of which one channel at a time may be on; "": none.
	Interlock string  `json:"interlock"`
	CurrentA  float64 `json:"current_a"` // ampere drawn when on; 0: unknown
	output.Guard
	Counters *fleet.Counters    `json:"counters" extensions:"x-nullable"` // null while the output does not run
	State    fleet.ChannelState `json:"state"`
} //	@name	OutputChannel

type outputs struct{ fleet *fleet.Fleet }

func viewOutput(o fleet.Output) Output {
	v := Output{
		ID: o.ID, Name: o.Name, Kind: o.Kind, Options: orObject(o.Options), SecretsSet: o.SecretsSet, TimeoutS: o.TimeoutS, Enabled: o.Enabled,
		Zone: o.ZoneID, Status: o.Status, Channels: []OutputChannel{}, CreatedAt: fleet.Time(o.CreatedAt), UpdatedAt: fleet.Time(o.UpdatedAt),
	}
	for n, ch := range o.Output.Channels {
		c := OutputChannel{
			Index: ch.Index, Name: ch.Name, Type: output.ChannelType(ch.Type), Limits: orObject(ch.Limits), Safe: orNull(ch.Safe),
			AtStart: orNull(ch.AtStart), AtStop: orNull(ch.AtStop), State: o.States[n],
			Guard: o.Guards[n], Counters: o.Counters[n], Interlock: ch.Interlock, CurrentA: ch.CurrentA,
		}
		v.Channels = append(v.Channels, c)
	}
	return v
}

func orNull(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	return raw
}

// list godoc
//
//	@Summary	List outputs
//	@Tags		outputs
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Param		zone	query		int		false	"only of this zone"
//	@Param		q		query		string	false	"only those in whose name or kind this occurs"
//	@Success	200		{object}	list[Output]
//	@Failure	401,422	{object}	Problem
//	@Router		/outputs [get]
func (h *outputs) list(c echo.Context) error {
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	items, total, err := h.fleet.Outputs(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[Output]{Items: mapped(items, viewOutput), Total: total})
}

// create godoc
//
//	@Summary	Add an output and bring it to its state at start
//	@Tags		outputs
//	@Accept		json
//	@Param		output		body		fleet.OutputDraft	true	"kind and options as GET /kinds describes them"
//	@Success	201			{object}	Output
//	@Failure	400,401,403	{object}	Problem
//	@Failure	422			{object}	Problem	"names every field at fault"
//	@Router		/outputs [post]
func (h *outputs) create(c echo.Context) error {
	var d fleet.OutputDraft
	if err := decode(c, &d); err != nil {
		return err
	}
	o, err := h.fleet.CreateOutput(c.Request().Context(), d, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, viewOutput(o))
}

// get godoc
//
//	@Summary	One output with the state of its channels
//	@Tags		outputs
//	@Param		id	path		int	true	"output"
//	@Success	200	{object}	Output
//	@Failure	404	{object}	Problem
//	@Router		/outputs/{id} [get]
func (h *outputs) get(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	o, err := h.fleet.Output(c.Request().Context(), n)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewOutput(o))
}

// update godoc
//
//	@Summary	Change an output
//	@Description	A JSON merge patch. Its list of channels names those to change; the others stay.
//	@Tags		outputs
//	@Accept		json
//	@Param		id			path		int					true	"output"
//	@Param		patch		body		outputPatch	true	"the fields to change"
//	@Success	200			{object}	Output
//	@Failure	400,404,422	{object}	Problem
//	@Router		/outputs/{id} [patch]
func (h *outputs) update(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	change, err := patch[outputPatch](c)
	if err != nil {
		return err
	}
	return h.change(c, n, change)
}

func (h *outputs) change(c echo.Context, n int64, patch json.RawMessage) error {
	o, err := h.fleet.UpdateOutput(c.Request().Context(), n, patch, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewOutput(o))
}

// remove godoc
//
//	@Summary	Delete an output; it goes to its state at stop and can be restored for a day
//	@Tags		outputs
//	@Param		id	path	int	true	"output"
//	@Success	204
//	@Failure	404	{object}	Problem
//	@Router		/outputs/{id} [delete]
func (h *outputs) remove(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.fleet.DeleteOutput(c.Request().Context(), n, by(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// restore godoc
//
//	@Summary	Bring a deleted output back
//	@Tags		outputs
//	@Param		id	path		int	true	"output"
//	@Success	200	{object}	Output
//	@Failure	404	{object}	Problem
//	@Router		/outputs/{id}/restore [post]
func (h *outputs) restore(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	o, err := h.fleet.RestoreOutput(c.Request().Context(), n, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewOutput(o))
}

// enable godoc
//
//	@Summary	Enable an output
//	@Tags		outputs
//	@Param		id	path		int	true	"output"
//	@Success	200	{object}	Output
//	@Failure	404	{object}	Problem
//	@Router		/outputs/{id}/enable [post]
func (h *outputs) enable(c echo.Context) error { return h.set(c, `{"enabled":true}`) }

// disable godoc
//
//	@Summary	Disable an output; it goes to its state at stop
//	@Tags		outputs
//	@Param		id	path		int	true	"output"
//	@Success	200	{object}	Output
//	@Failure	404	{object}	Problem
//	@Router		/outputs/{id}/disable [post]
func (h *outputs) disable(c echo.Context) error { return h.set(c, `{"enabled":false}`) }

func (h *outputs) set(c echo.Context, patch string) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	return h.change(c, n, json.RawMessage(patch))
}
