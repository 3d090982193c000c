package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/auth"
	"hypha/internal/dashboard"
	"hypha/internal/fleet"
)

// DashboardHead is a dashboard without what lies on it.
type DashboardHead struct {
	ID        int64           `json:"id"`
	Name      string          `json:"name"`
	Icon      string          `json:"icon"`
	Shared    bool            `json:"shared"`     // seen by everybody, and not only by whoever asks
	MayChange bool            `json:"may_change"` // whoever asks may
	Position  int             `json:"position"`
	Widgets   int             `json:"widgets"` // how many
	Kiosk     dashboard.Kiosk `json:"kiosk"`
	Revision  int64           `json:"revision"`   // to be sent back with a change of layout or kiosk
	ChangedBy string          `json:"changed_by"` // "user:maya"
	CreatedAt fleet.Time      `json:"created_at" swaggertype:"string" format:"date-time"`
	UpdatedAt fleet.Time      `json:"updated_at" swaggertype:"string" format:"date-time"`
} //	@name	DashboardHead

// Dashboard is a page that people arrange.
type Dashboard struct {
	DashboardHead
	Layout dashboard.Layout `json:"layout"`
} //	@name	Dashboard

type dashboards struct {
	service *dashboard.Service
	auth    *auth.Service
	fleet   *fleet.Fleet
}

func dashboardRoutes(cfg Config, watch, operate *echo.Group) {
	h := &dashboards{cfg.Dashboards, cfg.Auth, cfg.Fleet}
	watch.GET("/dashboards", h.list)
	watch.POST("/dashboards", h.create)
	watch.GET("/dashboards/:id", h.get)
	watch.PATCH("/dashboards/:id", h.update)
	watch.DELETE("/dashboards/:id", h.remove)
	watch.POST("/dashboards/:id/restore", h.restore)
	watch.POST("/dashboards/:id/duplicate", h.duplicate)
	operate.GET("/dashboards/:id/links", h.links)
	operate.POST("/dashboards/:id/links", h.createLink)
	operate.DELETE("/dashboards/:id/links/:link", h.deleteLink)
}

func viewHead(p auth.Principal) func(dashboard.Dashboard) DashboardHead {
	return func(d dashboard.Dashboard) DashboardHead {
		return DashboardHead{
			ID: d.ID, Name: d.Name, Icon: d.Icon, Shared: d.Owner == nil, MayChange: dashboard.MayChange(p, d.Owner), Position: d.Position,
			Widgets: d.Widgets, Kiosk: d.Kiosk, Revision: d.Revision, ChangedBy: d.ChangedBy,
			CreatedAt: fleet.Time(d.CreatedAt), UpdatedAt: fleet.Time(d.UpdatedAt),
		}
	}
}

func viewDashboard(p auth.Principal, d dashboard.Dashboard) Dashboard {
	return Dashboard{viewHead(p)(d), d.Layout}
}

func (h *dashboards) answer(c echo.Context, status int, d dashboard.Dashboard, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(status, viewDashboard(principal(c), d))
}

// list godoc
//
//	@Summary	List the dashboards that one sees, one's own and the shared ones, without their layouts
//	@Tags		dashboards
//	@Param		limit	query		int	false	"at most so many"
//	@Param		offset	query		int	false	"leave out the first ones"
//	@Success	200		{object}	list[DashboardHead]
//	@Failure	401,422	{object}	Problem
//	@Router		/dashboards [get]
func (h *dashboards) list(c echo.Context) error {
	q := queries{c: c}
	limit, offset := q.page()
	if err := q.err(); err != nil {
		return err
	}
	items, total, err := h.service.List(c.Request().Context(), principal(c), limit, offset)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[DashboardHead]{Items: mapped(items, viewHead(principal(c))), Total: total})
}

// create godoc
//
//	@Summary		Add a dashboard
//	@Description	Everybody may have private ones; a shared one needs the role operator.
//	@Tags			dashboards
//	@Accept			json
//	@Param			dashboard	body		dashboard.Draft	true	"dashboard"
//	@Success		201			{object}	Dashboard
//	@Failure		400,401		{object}	Problem
//	@Failure		422			{object}	Problem	"names every field at fault"
//	@Router			/dashboards [post]
func (h *dashboards) create(c echo.Context) error {
	var d dashboard.Draft
	if err := decode(c, &d); err != nil {
		return err
	}
	made, err := h.service.Create(c.Request().Context(), principal(c), d)
	return h.answer(c, http.StatusCreated, made, err)
}

// get godoc
//
//	@Summary	One dashboard with its layout
//	@Tags		dashboards
//	@Param		id	path		int	true	"dashboard"
//	@Success	200	{object}	Dashboard
//	@Failure	404	{object}	Problem
//	@Router		/dashboards/{id} [get]
func (h *dashboards) get(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	d, err := h.service.Get(c.Request().Context(), principal(c), n)
	return h.answer(c, http.StatusOK, d, err)
}

// update godoc
//
//	@Summary		Change a dashboard
//	@Description	Absent fields stay. A change of layout or kiosk names the revision on which it is based; 409 tells who has changed it since.
//	@Tags			dashboards
//	@Accept			json
//	@Param			id			path		int					true	"dashboard"
//	@Param			patch		body		dashboard.Change	true	"the fields to change"
//	@Success		200			{object}	Dashboard
//	@Failure		400,403,404	{object}	Problem
//	@Failure		409			{object}	Problem	"somebody else has changed it"
//	@Failure		422			{object}	Problem	"names every field at fault"
//	@Router			/dashboards/{id} [patch]
func (h *dashboards) update(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	raw, err := patch[dashboard.Change](c)
	if err != nil {
		return err
	}
	var change dashboard.Change
	if err := fleet.Strict(raw, &change); err != nil {
		return err
	}
	d, err := h.service.Update(c.Request().Context(), principal(c), n, change)
	return h.answer(c, http.StatusOK, d, err)
}

// remove godoc
//
//	@Summary	Delete a dashboard; it can be restored for a day
//	@Tags		dashboards
//	@Param		id	path	int	true	"dashboard"
//	@Success	204
//	@Failure	403,404	{object}	Problem
//	@Router		/dashboards/{id} [delete]
func (h *dashboards) remove(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.service.Delete(c.Request().Context(), principal(c), n); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// restore godoc
//
//	@Summary	Bring a deleted dashboard back
//	@Tags		dashboards
//	@Param		id		path		int	true	"dashboard"
//	@Success	200		{object}	Dashboard
//	@Failure	403,404	{object}	Problem
//	@Router		/dashboards/{id}/restore [post]
func (h *dashboards) restore(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	d, err := h.service.Restore(c.Request().Context(), principal(c), n)
	return h.answer(c, http.StatusOK, d, err)
}

type copyRequest struct {
	Name string `json:"name,omitempty"` // default: the same
} //	@name	DashboardDuplicate

// duplicate godoc
//
//	@Summary		Make another dashboard of the same
//	@Description	Whoever may not share makes a private one.
//	@Tags			dashboards
//	@Accept			json
//	@Param			id			path		int					true	"dashboard"
//	@Param			duplicate	body		copyRequest	false	"its name"
//	@Success		201			{object}	Dashboard
//	@Failure		404,422		{object}	Problem
//	@Router			/dashboards/{id}/duplicate [post]
func (h *dashboards) duplicate(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	var r copyRequest
	if err := decodeOptional(c, &r); err != nil {
		return err
	}
	d, err := h.service.Duplicate(c.Request().Context(), principal(c), n, r.Name)
	return h.answer(c, http.StatusCreated, d, err)
}
