package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/auth"
	"hypha/internal/dashboard"
	"hypha/internal/fleet"
)

// DashboardLink shows a dashboard to whoever has its secret, without signing in.
type DashboardLink struct {
	ID         int64       `json:"id"`
	Name       string      `json:"name"`
	CreatedAt  fleet.Time  `json:"created_at" swaggertype:"string" format:"date-time"`
	ExpiresAt  *fleet.Time `json:"expires_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`   // null: never
	LastUsedAt *fleet.Time `json:"last_used_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"` // to some minutes; null: never
} //	@name	DashboardLink

// NewDashboardLink is a link with its secret, which is told only here.
type NewDashboardLink struct {
	DashboardLink
	Secret string `json:"secret"`
	Path   string `json:"path"` // of the page that it opens
} //	@name	NewDashboardLink

func viewLink(l auth.Link) DashboardLink {
	return DashboardLink{
		ID: l.ID, Name: l.Name, CreatedAt: fleet.Time(l.CreatedAt), ExpiresAt: optionalTime(l.ExpiresAt), LastUsedAt: optionalTime(l.LastUsedAt),
	}
}

// linked is the dashboard of a request about links, which whoever asks may change.
func (h *dashboards) linked(c echo.Context) (dashboard.Dashboard, error) {
	n, err := id(c, "id")
	if err != nil {
		return dashboard.Dashboard{}, err
	}
	d, err := h.service.Get(c.Request().Context(), principal(c), n)
	if err == nil && !dashboard.MayChange(principal(c), d.Owner) {
		err = dashboard.ErrNotYours
	}
	return d, err
}

// links godoc
//
//	@Summary	List the read-only links of a dashboard
//	@Tags		dashboards
//	@Param		id		path		int	true	"dashboard"
//	@Success	200		{object}	list[DashboardLink]
//	@Failure	403,404	{object}	Problem
//	@Router		/dashboards/{id}/links [get]
func (h *dashboards) links(c echo.Context) error {
	d, err := h.linked(c)
	if err != nil {
		return err
	}
	all, err := h.auth.Links(c.Request().Context(), d.ID)
	if err != nil {
		return err
	}
	page, err := pageOf(c, mapped(all, viewLink))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, page)
}

type linkRequest struct {
	Name      string `json:"name"`                                                                            // for people: where it is shown
	ExpiresAt moment `json:"expires_at,omitzero" validate:"optional" swaggertype:"string" format:"date-time"` // default: never
} //	@name	DashboardLinkRequest

// createLink godoc
//
//	@Summary		Make a read-only link; its secret is told only here
//	@Description	Whoever has it sees the dashboard and those shown with it, and can change nothing. It ends with its maker's account.
//	@Tags			dashboards
//	@Accept			json
//	@Param			id			path		int			true	"dashboard"
//	@Param			link		body		linkRequest	true	"name, end"
//	@Success		201			{object}	NewDashboardLink
//	@Failure		403,404,422	{object}	Problem
//	@Router			/dashboards/{id}/links [post]
func (h *dashboards) createLink(c echo.Context) error {
	d, err := h.linked(c)
	if err != nil {
		return err
	}
	var r linkRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	if r.ExpiresAt.err != nil {
		return fieldProblem("expires_at", r.ExpiresAt.err.Error())
	}
	n := auth.NewLink{Name: r.Name}
	if r.ExpiresAt.set {
		n.ExpiresAt = new(time.UnixMilli(r.ExpiresAt.ms))
	}
	l, secret, err := h.auth.CreateLink(c.Request().Context(), principal(c), d.ID, n)
	if err != nil {
		return err
	}
	h.fleet.Note("auth", "link", by(c), "The link "+l.Name+" to the dashboard "+d.Name+" was made", map[string]any{"link": l.ID, "dashboard": d.ID})
	return c.JSON(http.StatusCreated, NewDashboardLink{DashboardLink: viewLink(l), Secret: secret, Path: "/kiosk/" + secret})
}

// deleteLink godoc
//
//	@Summary	End a link; screens that show it stop at once
//	@Tags		dashboards
//	@Param		id		path	int	true	"dashboard"
//	@Param		link	path	int	true	"link"
//	@Success	204
//	@Failure	403,404	{object}	Problem
//	@Router		/dashboards/{id}/links/{link} [delete]
func (h *dashboards) deleteLink(c echo.Context) error {
	d, err := h.linked(c)
	if err != nil {
		return err
	}
	n, err := id(c, "link")
	if err != nil {
		return err
	}
	if err := h.auth.DeleteLink(c.Request().Context(), principal(c), d.ID, n); err != nil {
		return err
	}
	h.fleet.Note("auth", "link", by(c), "A link to the dashboard "+d.Name+" was ended", map[string]any{"link": n, "dashboard": d.ID})
	return c.NoContent(http.StatusNoContent)
}
