package api

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

// Input is a configured sensor or data source.
type Input struct {
	ID         int64           `json:"id"`
	Name       string          `json:"name"`
	Kind       string          `json:"kind"`
	Options    json.RawMessage `json:"options" swaggertype:"object"` // without secrets
	SecretsSet []string        `json:"secrets_set"`                  // paths of the secrets that are set
	PeriodS    float64         `json:"period_s"`                     // seconds between two reads; 0: data arrives by itself
	TimeoutS   float64         `json:"timeout_s"`                    // seconds a read may take
	Failures   int             `json:"failures_before_degraded"`     // failed reads in a row
	Enabled    bool            `json:"enabled"`
	Zone       *int64          `json:"zone" extensions:"x-nullable"`
	Status     fleet.Status    `json:"status"`
	Channels   []channelRef    `json:"channels"`
	CreatedAt  fleet.Time      `json:"created_at" swaggertype:"string" format:"date-time"`
	UpdatedAt  fleet.Time      `json:"updated_at" swaggertype:"string" format:"date-time"`
} //	@name	Input

type channelRef struct {
	ID       measure.ChannelID `json:"id" swaggertype:"integer"`
	Index    int               `json:"index"`
	Name     string            `json:"name"`
	Quantity measure.Quantity  `json:"quantity" swaggertype:"string"`
	Unit     measure.Unit      `json:"unit" swaggertype:"string"`
} //	@name	ChannelRef

type duplicateRequest struct {
	Enabled *bool `json:"enabled,omitempty"` // default: as the original
} //	@name	DuplicateRequest

// ReadAnswer is the readings of a read made now.
type ReadAnswer struct {
	Readings []liveReading `json:"readings"`
} //	@name	ReadAnswer

type liveReading struct {
	Channel measure.ChannelID `json:"channel" swaggertype:"integer"`
	T       fleet.Time        `json:"t" swaggertype:"string" format:"date-time"`
	V       float64           `json:"v"`
	Q       measure.Quality   `json:"quality" swaggertype:"string" enums:"good,stale,out_of_range,rejected,substituted,calibrating"`
} //	@name	Reading

type inputs struct{ fleet *fleet.Fleet }

func viewInput(in fleet.Input) Input {
	v := Input{
		ID: in.ID, Name: in.Name, Kind: in.Kind, Options: orObject(in.Options), SecretsSet: in.SecretsSet, PeriodS: in.PeriodS,
		TimeoutS: in.TimeoutS, Failures: in.FailuresBeforeDegraded, Enabled: in.Enabled, Zone: in.ZoneID, Status: in.Status,
		Channels: []channelRef{}, CreatedAt: fleet.Time(in.CreatedAt), UpdatedAt: fleet.Time(in.UpdatedAt),
	}
	for _, ch := range in.Channels {
		v.Channels = append(v.Channels, channelRef{ID: ch.ID, Index: ch.Index, Name: ch.Name, Quantity: ch.Quantity, Unit: ch.Unit})
	}
	return v
}

// orObject is {} for options that were never set.
func orObject(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || string(raw) == "null" {
		return json.RawMessage("{}")
	}
	return raw
}

// filterOf reads the paging and filters that inputs, outputs and functions share.
func filterOf(c echo.Context) (settings.Filter, error) {
	q := queries{c: c}
	f := settings.Filter{Zone: q.whole("zone", 0, 1, 1<<53), Q: c.QueryParam("q")}
	f.Limit, f.Offset = q.page()
	return f, q.err()
}

// list godoc
//
//	@Summary	List inputs
//	@Tags		inputs
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Param		zone	query		int		false	"only of this zone"
//	@Param		q		query		string	false	"only those in whose name or kind this occurs"
//	@Success	200		{object}	list[Input]
//	@Failure	401,422	{object}	Problem
//	@Router		/inputs [get]
func (h *inputs) list(c echo.Context) error {
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	items, total, err := h.fleet.Inputs(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[Input]{Items: mapped(items, viewInput), Total: total})
}

// mapped applies view to each; never nil.
func mapped[A, B any](items []A, view func(A) B) []B {
	views := make([]B, len(items))
	for n, it := range items {
		views[n] = view(it)
	}
	return views
}

// create godoc
//
//	@Summary	Add an input and start it
//	@Tags		inputs
//	@Accept		json
//	@Param		input		body		fleet.InputDraft	true	"kind and options as GET /kinds describes them"
//	@Success	201			{object}	Input
//	@Failure	400,401,403	{object}	Problem
//	@Failure	422			{object}	Problem	"names every field at fault"
//	@Router		/inputs [post]
func (h *inputs) create(c echo.Context) error {
	var d fleet.InputDraft
	if err := decode(c, &d); err != nil {
		return err
	}
	in, err := h.fleet.CreateInput(c.Request().Context(), d, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, viewInput(in))
}

// get godoc
//
//	@Summary	One input with its state
//	@Tags		inputs
//	@Param		id	path		int	true	"input"
//	@Success	200	{object}	Input
//	@Failure	404	{object}	Problem
//	@Router		/inputs/{id} [get]
func (h *inputs) get(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	in, err := h.fleet.Input(c.Request().Context(), n)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewInput(in))
}

// update godoc
//
//	@Summary	Change an input
//	@Description	A JSON merge patch: absent fields stay, null ones get their default. Secrets that are left out stay.
//	@Tags		inputs
//	@Accept		json
//	@Param		id			path		int					true	"input"
//	@Param		patch		body		inputPatch	true	"the fields to change"
//	@Success	200			{object}	Input
//	@Failure	400,404,422	{object}	Problem
//	@Router		/inputs/{id} [patch]
func (h *inputs) update(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	change, err := patch[inputPatch](c)
	if err != nil {
		return err
	}
	return h.change(c, n, change)
}

func (h *inputs) change(c echo.Context, n int64, patch json.RawMessage) error {
	in, err := h.fleet.UpdateInput(c.Request().Context(), n, patch, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewInput(in))
}

// remove godoc
//
//	@Summary	Delete an input; it can be restored for a day
//	@Tags		inputs
//	@Param		id	path	int	true	"input"
//	@Success	204
//	@Failure	404	{object}	Problem
//	@Router		/inputs/{id} [delete]
func (h *inputs) remove(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.fleet.DeleteInput(c.Request().Context(), n, by(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// restore godoc
//
//	@Summary	Bring a deleted input back
//	@Tags		inputs
//	@Param		id	path		int	true	"input"
//	@Success	200	{object}	Input
//	@Failure	404	{object}	Problem
//	@Router		/inputs/{id}/restore [post]
func (h *inputs) restore(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	in, err := h.fleet.RestoreInput(c.Request().Context(), n, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewInput(in))
}

// enable godoc
//
//	@Summary	Enable an input
//	@Tags		inputs
//	@Param		id	path		int	true	"input"
//	@Success	200	{object}	Input
//	@Failure	404	{object}	Problem
//	@Router		/inputs/{id}/enable [post]
func (h *inputs) enable(c echo.Context) error { return h.set(c, `{"enabled":true}`) }

// disable godoc
//
//	@Summary	Disable an input
//	@Tags		inputs
//	@Param		id	path		int	true	"input"
//	@Success	200	{object}	Input
//	@Failure	404	{object}	Problem
//	@Router		/inputs/{id}/disable [post]
func (h *inputs) disable(c echo.Context) error { return h.set(c, `{"enabled":false}`) }

func (h *inputs) set(c echo.Context, patch string) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	return h.change(c, n, json.RawMessage(patch))
}

// duplicate godoc
//
//	@Summary	Add a copy of an input, secrets included
//	@Tags		inputs
//	@Param		id		path		int					true	"input"
//	@Param		copy	body		duplicateRequest	false	"whether the copy is enabled"
//	@Success	201		{object}	Input
//	@Failure	404,422	{object}	Problem
//	@Router		/inputs/{id}/duplicate [post]
func (h *inputs) duplicate(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	var req duplicateRequest
	if err := decodeOptional(c, &req); err != nil {
		return err
	}
	in, err := h.fleet.DuplicateInput(c.Request().Context(), n, req.Enabled, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, viewInput(in))
}

// retry godoc
//
//	@Summary	Try a device again now instead of waiting
//	@Tags		inputs
//	@Param		id		path		int	true	"input"
//	@Success	200		{object}	Input
//	@Failure	404,409	{object}	Problem
//	@Router		/inputs/{id}/retry [post]
func (h *inputs) retry(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	in, err := h.fleet.RetryInput(c.Request().Context(), n)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewInput(in))
}

// read godoc
//
//	@Summary	Read a device now
//	@Tags		inputs
//	@Param		id			path		int	true	"input"
//	@Success	200			{object}	ReadAnswer
//	@Failure	404,409,422	{object}	Problem	"unknown; disabled; the device does not answer"
//	@Router		/inputs/{id}/read [post]
func (h *inputs) read(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	readings, err := h.fleet.ReadNow(c.Request().Context(), n)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, ReadAnswer{Readings: mapped(readings, viewReading)})
}

func viewReading(r measure.Reading) liveReading {
	return liveReading{Channel: r.Channel, T: fleet.FromMillis(r.T), V: r.V, Q: r.Q}
}
