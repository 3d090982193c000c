package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/auth"
	"hypha/internal/dashboard"
	"hypha/internal/fleet"
	"hypha/internal/option"
)

// kioskCookie is the session of a link. It stands beside the session of a person who is signed in, and opens nothing but
// what linkShows lists.
const kioskCookie = "hypha_kiosk"

// linkShows tells whether the session of a link may get what a route answers: what widgets show, and nothing of accounts,
// secrets and configuration.
func linkShows(c echo.Context) bool {
	if !safeMethod(c.Request().Method) {
		return false
	}
	switch c.Path() {
	case "/api/v1/kiosk", "/api/v1/live",
		"/api/v1/channels", "/api/v1/channels/:id", "/api/v1/readings", "/api/v1/readings/latest", "/api/v1/readings/aggregate", "/api/v1/readings/statistics",
		"/api/v1/units", "/api/v1/quantities", "/api/v1/zones", "/api/v1/zones/:id",
		"/api/v1/inputs", "/api/v1/outputs", "/api/v1/outputs/:id/channels/:n",
		"/api/v1/functions", "/api/v1/methods", "/api/v1/methods/:id", "/api/v1/methods/:id/preview",
		"/api/v1/alerts", "/api/v1/alerts/:id", "/api/v1/events", "/api/v1/notes", "/api/v1/stop", "/api/v1/nights",
		"/api/v1/cameras", "/api/v1/cameras/:id", "/api/v1/cameras/:id/still.jpg", "/api/v1/cameras/:id/stream.mjpeg",
		"/api/v1/cameras/:id/stills", "/api/v1/cameras/:id/stills/:t", "/api/v1/frame-hosts",
		"/api/v1/files/:id", "/api/v1/files/:id/thumbnail":
		return true
	}
	return false
}

// byScreen is who the session of a link is, if the request has one.
func (g *guard) byScreen(c echo.Context) (auth.Principal, bool, error) {
	for _, cookie := range c.Request().CookiesNamed(kioskCookie) {
		if cookie.Value != "" && linkShows(c) {
			p, err := g.auth.ByScreen(c.Request().Context(), cookie.Value)
			return p, true, err
		}
	}
	return auth.Principal{}, false, nil
}

// plainOptions leaves of a kind's options what widgets show: where something is reached, and what it says there, is not for
// whoever has a link.
func plainOptions(c echo.Context, raw json.RawMessage) json.RawMessage {
	if principal(c).Link == nil {
		return raw
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return json.RawMessage("{}")
	}
	kept := map[string]json.RawMessage{}
	for _, name := range []string{"channel", "setpoint", "method", "band", "direction", "raise", "lower", "output", "mode", "out_min", "out_max", "on", "off", "times"} {
		if v, ok := all[name]; ok {
			kept[name] = v
		}
	}
	plain, err := json.Marshal(kept)
	if err != nil {
		return json.RawMessage("{}")
	}
	return plain
}

// Screen is what a screen shows that nobody operates.
type Screen struct {
	Link       *ScreenLink `json:"link" extensions:"x-nullable"` // null: somebody is signed in
	Dashboards []Dashboard `json:"dashboards"`                   // in turns; the first one says how
	Sun        *ScreenSun  `json:"sun" extensions:"x-nullable"`  // null: nobody has said where this is
} //	@name	Screen

// ScreenLink is the link that a screen shows.
type ScreenLink struct {
	Name      string      `json:"name"`
	ExpiresAt *fleet.Time `json:"expires_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
} //	@name	ScreenLink

// ScreenSun says whether the sun is up, and until when that holds.
type ScreenSun struct {
	Up    bool        `json:"up"`
	Until *fleet.Time `json:"until" swaggertype:"string" format:"date-time" extensions:"x-nullable"` // null: for days
} //	@name	ScreenSun

type kiosk struct {
	service *dashboard.Service
	auth    *auth.Service
	fleet   *fleet.Fleet
	guard   *guard
}

type kioskRequest struct {
	Secret string `json:"secret"`
} //	@name	KioskRequest

// open godoc
//
//	@Summary		Exchange the secret of a link for a session that may only look
//	@Description	The session is a cookie of its own, ends with the link, and after a day at the latest; then the link is used again.
//	@Tags			dashboards
//	@Accept			json
//	@Param			kiosk		body	kioskRequest	true	"the secret"
//	@Success		204
//	@Failure		401,403,422,429	{object}	Problem
//	@Router			/kiosk [post]
func (h *kiosk) open(c echo.Context) error {
	var r kioskRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	if r.Secret == "" {
		return option.Errors{{Field: "secret", Message: "is required"}}
	}
	_, session, err := h.auth.OpenLink(c.Request().Context(), r.Secret, clientOf(c))
	if err != nil {
		return err
	}
	h.guard.setCookieOf(c, kioskCookie, "/api/v1", session.Secret, session.ExpiresAt)
	return c.NoContent(http.StatusNoContent)
}

// get godoc
//
//	@Summary		What a screen shows
//	@Description	With the session of a link: the link's dashboard and those that are shown with it. Signed in: the one named, likewise.
//	@Tags			dashboards
//	@Param			dashboard	query		int	false	"dashboard; not with a link"
//	@Success		200			{object}	Screen
//	@Failure		401,404,422	{object}	Problem
//	@Router			/kiosk [get]
func (h *kiosk) get(c echo.Context) error {
	p := principal(c)
	q := queries{c: c}
	wanted := q.whole("dashboard", 0, 1, 1<<53)
	if err := q.err(); err != nil {
		return err
	}
	out := Screen{}
	if p.Link != nil {
		wanted = p.Link.Dashboard
		out.Link = &ScreenLink{Name: p.Link.Name, ExpiresAt: optionalTime(p.Link.ExpiresAt)}
	} else if wanted == 0 {
		return fieldProblem("dashboard", "is required: say which one")
	}
	all, err := h.service.Shown(c.Request().Context(), p, wanted)
	if err != nil {
		return err
	}
	out.Dashboards = mapped(all, func(d dashboard.Dashboard) Dashboard { return viewDashboard(p, d) })
	if up, until, ok := h.fleet.Sun(time.Now()); ok {
		out.Sun = &ScreenSun{Up: up, Until: optionalTime(until)}
	}
	return c.JSON(http.StatusOK, out)
}

// screenFirst lets the session of a link count before that of a person: who opens a link sees what it shows.
func (g *guard) screenFirst(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.QueryParam("dashboard") != "" {
			return next(c)
		}
		p, ok, err := g.byScreen(c)
		if err != nil {
			return err
		}
		if ok {
			c.Set(principalKey, p)
		}
		return next(c)
	}
}
