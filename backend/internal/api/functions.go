package api

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
)

// Function is configured logic.
type Function struct {
	ID         int64           `json:"id"`
	Name       string          `json:"name"`
	Kind       string          `json:"kind"`
	Options    json.RawMessage `json:"options" swaggertype:"object"` // without secrets
	SecretsSet []string        `json:"secrets_set"`                  // paths of the secrets that are set
	PeriodS    float64         `json:"period_s"`                     // seconds between two steps that come by themselves; 0: it acts when something happens
	Enabled    bool            `json:"enabled"`
	Zone       *int64          `json:"zone" extensions:"x-nullable"`
	Status     fleet.Status    `json:"status"`
	Channels   []channelRef    `json:"channels"`
	State      any             `json:"state" extensions:"x-nullable"` // what its kind shows while it runs: terms, mode, last result
	CreatedAt  fleet.Time      `json:"created_at" swaggertype:"string" format:"date-time"`
	UpdatedAt  fleet.Time      `json:"updated_at" swaggertype:"string" format:"date-time"`
} //	@name	Function

// pidPatch is what can be changed of a PID while it runs.
type pidPatch struct {
	Setpoint *float64 `json:"setpoint,omitempty"`
	Method   *int64   `json:"method,omitempty"` // a method to follow, from its beginning; 0: the fixed set-point
	Hold     *bool    `json:"hold,omitempty"`   // the output stays as it is, the PID follows it
	Pause    *bool    `json:"pause,omitempty"`  // the PID gives its outputs up
	Manual   *float64 `json:"manual,omitempty"` // the output in %, by hand; null: automatic again
	Kp       *float64 `json:"kp,omitempty"`
	Ki       *float64 `json:"ki,omitempty"`
	Kd       *float64 `json:"kd,omitempty"`
} //	@name	PIDPatch

type functions struct{ fleet *fleet.Fleet }

func viewFunction(f fleet.Function) Function {
	v := Function{
		ID: f.ID, Name: f.Name, Kind: f.Kind, Options: orObject(f.Options), SecretsSet: f.SecretsSet, PeriodS: f.PeriodS, Enabled: f.Enabled,
		Zone: f.ZoneID, Status: f.Status, Channels: []channelRef{}, State: f.State,
		CreatedAt: fleet.Time(f.CreatedAt), UpdatedAt: fleet.Time(f.UpdatedAt),
	}
	for _, ch := range f.Channels {
		v.Channels = append(v.Channels, channelRef{ID: ch.ID, Index: ch.Index, Name: ch.Name, Quantity: ch.Quantity, Unit: ch.Unit})
	}
	return v
}

// list godoc
//
//	@Summary	List functions
//	@Tags		functions
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Param		zone	query		int		false	"only of this zone"
//	@Param		q		query		string	false	"only those in whose name or kind this occurs"
//	@Success	200		{object}	list[Function]
//	@Failure	401,422	{object}	Problem
//	@Router		/functions [get]
func (h *functions) list(c echo.Context) error {
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	items, total, err := h.fleet.Functions(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[Function]{Items: mapped(items, viewFunction), Total: total})
}

// create godoc
//
//	@Summary	Add a function and start it
//	@Tags		functions
//	@Accept		json
//	@Param		function	body		fleet.FunctionDraft	true	"kind and options as GET /kinds?type=function describes them"
//	@Success	201			{object}	Function
//	@Failure	400,401,403	{object}	Problem
//	@Failure	422			{object}	Problem	"names every field at fault"
//	@Router		/functions [post]
func (h *functions) create(c echo.Context) error {
	var d fleet.FunctionDraft
	if err := decode(c, &d); err != nil {
		return err
	}
	f, err := h.fleet.CreateFunction(c.Request().Context(), d, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, viewFunction(f))
}

// get godoc
//
//	@Summary	One function with its state
//	@Tags		functions
//	@Param		id	path		int	true	"function"
//	@Success	200	{object}	Function
//	@Failure	404	{object}	Problem
//	@Router		/functions/{id} [get]
func (h *functions) get(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := h.fleet.Function(c.Request().Context(), n)
	return answerFunction(c, http.StatusOK, f, err)
}

func answerFunction(c echo.Context, code int, f fleet.Function, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(code, viewFunction(f))
}

// update godoc
//
//	@Summary		Change a function
//	@Description	A JSON merge patch: absent fields stay, null ones get their default. Secrets that are left out stay.
//	@Tags			functions
//	@Accept			json
//	@Param			id			path		int				true	"function"
//	@Param			patch		body		functionPatch	true	"the fields to change"
//	@Success		200			{object}	Function
//	@Failure		400,404,422	{object}	Problem
//	@Router			/functions/{id} [patch]
func (h *functions) update(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	change, err := patch[functionPatch](c)
	if err != nil {
		return err
	}
	f, err := h.fleet.UpdateFunction(c.Request().Context(), n, change, by(c))
	return answerFunction(c, http.StatusOK, f, err)
}

// remove godoc
//
//	@Summary	Delete a function; it can be restored for a day
//	@Tags		functions
//	@Param		id	path	int	true	"function"
//	@Success	204
//	@Failure	404	{object}	Problem
//	@Router		/functions/{id} [delete]
func (h *functions) remove(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.fleet.DeleteFunction(c.Request().Context(), n, by(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// restore godoc
//
//	@Summary	Bring a deleted function back
//	@Tags		functions
//	@Param		id	path		int	true	"function"
//	@Success	200	{object}	Function
//	@Failure	404	{object}	Problem
//	@Router		/functions/{id}/restore [post]
func (h *functions) restore(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := h.fleet.RestoreFunction(c.Request().Context(), n, by(c))
	return answerFunction(c, http.StatusOK, f, err)
}

// duplicate godoc
//
//	@Summary	Add a copy of a function; it is disabled unless the request says otherwise
//	@Tags		functions
//	@Param		id		path		int					true	"function"
//	@Param		copy	body		duplicateRequest	false	"whether the copy is enabled"
//	@Success	201		{object}	Function
//	@Failure	404,422	{object}	Problem
//	@Router		/functions/{id}/duplicate [post]
func (h *functions) duplicate(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	var req duplicateRequest
	if err := decodeOptional(c, &req); err != nil {
		return err
	}
	f, err := h.fleet.DuplicateFunction(c.Request().Context(), n, req.Enabled, by(c))
	return answerFunction(c, http.StatusCreated, f, err)
}

// enable godoc
//
//	@Summary	Enable a function
//	@Tags		functions
//	@Param		id	path		int	true	"function"
//	@Success	200	{object}	Function
//	@Failure	404	{object}	Problem
//	@Router		/functions/{id}/enable [post]
func (h *functions) enable(c echo.Context) error { return h.set(c, `{"enabled":true}`) }

// disable godoc
//
//	@Summary	Disable a function; its outputs fall down their ladder
//	@Tags		functions
//	@Param		id	path		int	true	"function"
//	@Success	200	{object}	Function
//	@Failure	404	{object}	Problem
//	@Router		/functions/{id}/disable [post]
func (h *functions) disable(c echo.Context) error { return h.set(c, `{"enabled":false}`) }

func (h *functions) set(c echo.Context, change string) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := h.fleet.UpdateFunction(c.Request().Context(), n, json.RawMessage(change), by(c))
	return answerFunction(c, http.StatusOK, f, err)
}

// pid godoc
//
//	@Summary		Change a PID without restarting it
//	@Description	Changed gains and a return from manual are bumpless. The function must be running.
//	@Tags			functions
//	@Accept			json
//	@Param			id				path		int			true	"function of kind pid"
//	@Param			patch			body		pidPatch	true	"what to change"
//	@Success		200				{object}	Function
//	@Failure		400,404,409,422	{object}	Problem
//	@Router			/functions/{id}/pid [patch]
func (h *functions) pid(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	change, err := patch[pidPatch](c)
	if err != nil {
		return err
	}
	f, err := h.fleet.AdjustFunction(c.Request().Context(), n, change, by(c))
	return answerFunction(c, http.StatusOK, f, err)
}

// command godoc
//
//	@Summary		Give a running function an order of its kind
//	@Description	A pid takes autotune, autotune-abort, autotune-apply and reset; a conditional takes run and dry-run {at?, script?}; a trigger takes fire.
//	@Tags			functions
//	@Accept			json
//	@Param			id				path		int		true	"function"
//	@Param			order			path		string	true	"the order"
//	@Param			args			body		object	false	"what the order needs"
//	@Success		200				{object}	object
//	@Failure		400,404,409,422	{object}	Problem
//	@Router			/functions/{id}/orders/{order} [post]
func (h *functions) command(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	args, err := body(c, maxBody)
	if err != nil {
		return err
	}
	if len(args) > 0 {
		if err := validJSON(args); err != nil {
			return err
		}
	}
	answer, err := h.fleet.CommandFunction(c.Request().Context(), n, c.Param("order"), args, by(c))
	if err != nil {
		return err
	}
	if answer == nil {
		answer = map[string]any{}
	}
	return c.JSON(http.StatusOK, answer)
}
