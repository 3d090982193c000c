package api

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/settings"
)

// Function is configured logic.
type Function struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Enabled bool   `json:"enabled"`
	Zone    *int64 `json:"zone" extensions:"x-nullable"`
} //	@name	Function

type functionRequest struct {
	Name    string         `json:"name"`
	Kind    string         `json:"kind"`
	Options map[string]any `json:"options,omitempty"`
	Enabled *bool          `json:"enabled,omitempty"`
	Zone    *int64         `json:"zone,omitempty"`
} //	@name	FunctionRequest

type functions struct{ store *settings.Store }

// list godoc
//
//	@Summary	List functions
//	@Tags		functions
//	@Param		limit	query		int	false	"at most so many"
//	@Param		offset	query		int	false	"leave out the first ones"
//	@Success	200		{object}	list[Function]
//	@Router		/functions [get]
func (h *functions) list(c echo.Context) error {
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	rows, total, err := h.store.Functions.List(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[Function]{Total: total, Items: mapped(rows, func(f settings.Function) Function {
		return Function{ID: f.ID, Name: f.Name, Kind: f.Kind, Enabled: f.Enabled, Zone: f.ZoneID}
	})})
}

// create godoc
//
//	@Summary		Add a function
//	@Description	The catalogue of this version has no function kinds; every kind is unknown.
//	@Tags			functions
//	@Accept			json
//	@Param			function	body		functionRequest	true	"kind and options as GET /kinds?type=function describes them"
//	@Failure		422			{object}	Problem
//	@Router			/functions [post]
func (h *functions) create(c echo.Context) error {
	var r functionRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	if r.Kind == "" {
		return fieldProblem("kind", "is required: GET /api/v1/kinds?type=function lists them")
	}
	return fieldProblem("kind", fmt.Sprintf("there is no function kind %q: GET /api/v1/kinds?type=function lists them", r.Kind))
}

// missing godoc
//
//	@Summary		One function
//	@Description	The catalogue of this version has no function kinds, so there is no function to name.
//	@Tags			functions
//	@Param			id	path		int	true	"function"
//	@Failure		404	{object}	Problem
//	@Router			/functions/{id} [get]
//	@Router			/functions/{id} [patch]
//	@Router			/functions/{id} [delete]
//	@Router			/functions/{id}/enable [post]
//	@Router			/functions/{id}/disable [post]
//	@Router			/functions/{id}/pid [patch]
func (h *functions) missing(echo.Context) error { return fleet.ErrNotFound }
