package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
)

// Zone is a place or vessel to which inputs and outputs belong.
type Zone struct {
	ID          int64          `json:"id"`
	Name        string         `json:"name"`
	Description string         `json:"description"`
	Icon        string         `json:"icon"`
	Targets     []fleet.Target `json:"targets"`
	Inputs      []int64        `json:"inputs"`
	Outputs     []int64        `json:"outputs"`
	Functions   []int64        `json:"functions"`
	CreatedAt   fleet.Time     `json:"created_at" swaggertype:"string" format:"date-time"`
	UpdatedAt   fleet.Time     `json:"updated_at" swaggertype:"string" format:"date-time"`
} //	@name	Zone

type zones struct{ fleet *fleet.Fleet }

func viewZone(z fleet.Zone) Zone {
	return Zone{
		ID: z.ID, Name: z.Name, Description: z.Description, Icon: z.Icon, Targets: z.Targets, Inputs: z.Inputs, Outputs: z.Outputs, Functions: z.Functions,
		CreatedAt: fleet.Time(z.CreatedAt), UpdatedAt: fleet.Time(z.UpdatedAt),
	}
}

// list godoc
//
//	@Summary	List zones
//	@Tags		zones
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Param		q		query		string	false	"only those in whose name or description this occurs"
//	@Success	200		{object}	list[Zone]
//	@Router		/zones [get]
func (h *zones) list(c echo.Context) error {
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	items, total, err := h.fleet.Zones(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[Zone]{Items: mapped(items, viewZone), Total: total})
}

// create godoc
//
//	@Summary	Add a zone
//	@Tags		zones
//	@Accept		json
//	@Param		zone	body		fleet.ZoneDraft	true	"zone"
//	@Success	201		{object}	Zone
//	@Failure	400,422	{object}	Problem
//	@Router		/zones [post]
func (h *zones) create(c echo.Context) error {
	var d fleet.ZoneDraft
	if err := decode(c, &d); err != nil {
		return err
	}
	z, err := h.fleet.CreateZone(c.Request().Context(), d, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, viewZone(z))
}

// get godoc
//
//	@Summary	One zone
//	@Tags		zones
//	@Param		id	path		int	true	"zone"
//	@Success	200	{object}	Zone
//	@Failure	404	{object}	Problem
//	@Router		/zones/{id} [get]
func (h *zones) get(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	z, err := h.fleet.Zone(c.Request().Context(), n)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewZone(z))
}

// update godoc
//
//	@Summary	Change a zone (JSON merge patch)
//	@Tags		zones
//	@Accept		json
//	@Param		id			path		int				true	"zone"
//	@Param		patch		body		zonePatch	true	"the fields to change"
//	@Success	200			{object}	Zone
//	@Failure	400,404,422	{object}	Problem
//	@Router		/zones/{id} [patch]
func (h *zones) update(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	change, err := patch[zonePatch](c)
	if err != nil {
		return err
	}
	z, err := h.fleet.UpdateZone(c.Request().Context(), n, change, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewZone(z))
}

// remove godoc
//
//	@Summary	Delete a zone; what belongs to it stays
//	@Tags		zones
//	@Param		id	path	int	true	"zone"
//	@Success	204
//	@Failure	404	{object}	Problem
//	@Router		/zones/{id} [delete]
func (h *zones) remove(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.fleet.DeleteZone(c.Request().Context(), n, by(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// restore godoc
//
//	@Summary	Bring a deleted zone back
//	@Tags		zones
//	@Param		id	path		int	true	"zone"
//	@Success	200	{object}	Zone
//	@Failure	404	{object}	Problem
//	@Router		/zones/{id}/restore [post]
func (h *zones) restore(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	z, err := h.fleet.RestoreZone(c.Request().Context(), n, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewZone(z))
}
