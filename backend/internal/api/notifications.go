package api

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/alert"
	"hypha/internal/alerting"
	"hypha/internal/fleet"
	"hypha/internal/settings"
)

// NotificationRoute is a way to people.
type NotificationRoute struct {
	ID          int64              `json:"id"`
	Name        string             `json:"name"`
	Kind        string             `json:"kind"`
	Options     json.RawMessage    `json:"options" swaggertype:"object"` // without secrets
	SecretsSet  []string           `json:"secrets_set"`
	Enabled     bool               `json:"enabled"`
	MinSeverity alert.Severity     `json:"min_severity" enums:"info,warning,critical"` // alerts without routes of their own go by it from here on
	Digest      bool               `json:"digest"`                                     // the daily digest goes by it
	Last        *alerting.Delivery `json:"last" extensions:"x-nullable"`               // the newest delivery
	CreatedAt   fleet.Time         `json:"created_at" swaggertype:"string" format:"date-time"`
	UpdatedAt   fleet.Time         `json:"updated_at" swaggertype:"string" format:"date-time"`
} //	@name	NotificationRoute

type routePatch struct {
	Name        *string         `json:"name,omitempty"`
	Kind        *string         `json:"kind,omitempty"` // cannot be changed
	Options     json.RawMessage `json:"options,omitempty" swaggertype:"object"`
	Enabled     *bool           `json:"enabled,omitempty"`
	MinSeverity *alert.Severity `json:"min_severity,omitempty" swaggertype:"string" enums:"info,warning,critical"`
	Digest      *bool           `json:"digest,omitempty"`
} //	@name	NotificationRoutePatch

// PushKey is what a browser needs to subscribe.
type PushKey struct {
	PublicKey string `json:"public_key"` // VAPID, unpadded URL base64
} //	@name	PushKey

type notifications struct{ service *alerting.Service }

func viewRoute(r alerting.Route) NotificationRoute {
	return NotificationRoute{
		ID: r.ID, Name: r.Name, Kind: r.Kind, Options: orObject(r.Options), SecretsSet: orEmpty(r.SecretsSet), Enabled: r.Enabled,
		MinSeverity: alert.Severity(r.MinSeverity), Digest: r.Digest, Last: r.Last,
		CreatedAt: fleet.Time(r.CreatedAt), UpdatedAt: fleet.Time(r.UpdatedAt),
	}
}

// routes godoc
//
//	@Summary	List the ways to people
//	@Tags		notifications
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Param		q		query		string	false	"only those in whose name or kind this occurs"
//	@Success	200		{object}	list[NotificationRoute]
//	@Failure	401,422	{object}	Problem
//	@Router		/notification-routes [get]
func (h *notifications) routes(c echo.Context) error {
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	items, total, err := h.service.Routes(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[NotificationRoute]{Items: mapped(items, viewRoute), Total: total})
}

// route godoc
//
//	@Summary	One way to people
//	@Tags		notifications
//	@Param		id	path		int	true	"route"
//	@Success	200	{object}	NotificationRoute
//	@Failure	404	{object}	Problem
//	@Router		/notification-routes/{id} [get]
func (h *notifications) route(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	r, err := h.service.Route(c.Request().Context(), n)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewRoute(r))
}

// createRoute godoc
//
//	@Summary	Add a way to people
//	@Tags		notifications
//	@Accept		json
//	@Param		route		body		alerting.RouteDraft	true	"kind and options as GET /kinds?type=notification describes them"
//	@Success	201			{object}	NotificationRoute
//	@Failure	400,401,403	{object}	Problem
//	@Failure	422			{object}	Problem	"names every field at fault"
//	@Router		/notification-routes [post]
func (h *notifications) createRoute(c echo.Context) error {
	var d alerting.RouteDraft
	if err := decode(c, &d); err != nil {
		return err
	}
	r, err := h.service.CreateRoute(c.Request().Context(), d, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, viewRoute(r))
}

// updateRoute godoc
//
//	@Summary		Change a way to people
//	@Description	A JSON merge patch. Secrets that it does not mention stay.
//	@Tags			notifications
//	@Accept			json
//	@Param			id			path		int			true	"route"
//	@Param			patch		body		routePatch	true	"the fields to change"
//	@Success		200			{object}	NotificationRoute
//	@Failure		400,404,422	{object}	Problem
//	@Router			/notification-routes/{id} [patch]
func (h *notifications) updateRoute(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	change, err := patch[routePatch](c)
	if err != nil {
		return err
	}
	r, err := h.service.UpdateRoute(c.Request().Context(), n, change, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewRoute(r))
}

// removeRoute godoc
//
//	@Summary	Delete a way to people; what waits for it is given up
//	@Tags		notifications
//	@Param		id	path	int	true	"route"
//	@Success	204
//	@Failure	404	{object}	Problem
//	@Router		/notification-routes/{id} [delete]
func (h *notifications) removeRoute(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.service.DeleteRoute(c.Request().Context(), n, by(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// testRoute godoc
//
//	@Summary		Send a test message by a route
//	@Description	It takes the real way. What becomes of it is seen under GET /notifications.
//	@Tags			notifications
//	@Param			id		path		int	true	"route"
//	@Success		200		{object}	alerting.Delivery
//	@Failure		404,422	{object}	Problem	"422: the route is disabled"
//	@Router			/notification-routes/{id}/test [post]
func (h *notifications) testRoute(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	d, err := h.service.TestRoute(c.Request().Context(), n, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, d)
}

// deliveries godoc
//
//	@Summary	What was sent, waits to be sent or was given up, newest first
//	@Tags		notifications
//	@Param		state	query		string	false	"waiting, sent or given_up"
//	@Param		route	query		int		false	"only by this route"
//	@Param		limit	query		int		false	"at most so many; default 100"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Success	200		{object}	list[alerting.Delivery]
//	@Failure	401,422	{object}	Problem
//	@Router		/notifications [get]
func (h *notifications) deliveries(c echo.Context) error {
	q := queries{c: c}
	f := settings.DeliveryFilter{State: c.QueryParam("state"), Route: q.whole("route", 0, 1, 1<<53)}
	f.Limit, f.Offset = q.page()
	if c.QueryParam("limit") == "" {
		f.Limit = 100
	}
	switch f.State {
	case "", "waiting", "sent", "given_up":
	default:
		q.fail("state", "must be waiting, sent or given_up")
	}
	if err := q.err(); err != nil {
		return err
	}
	items, total, err := h.service.Deliveries(c.Request().Context(), f)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[alerting.Delivery]{Items: items, Total: total})
}

// settings godoc
//
//	@Summary	Heartbeat, daily digest, quiet hours, maintenance
//	@Tags		notifications
//	@Success	200	{object}	alerting.PreferencesView
//	@Failure	401	{object}	Problem
//	@Router		/notification-settings [get]
func (h *notifications) settings(c echo.Context) error {
	return c.JSON(http.StatusOK, h.service.View())
}

// setSettings godoc
//
//	@Summary		Replace heartbeat, daily digest, quiet hours, maintenance
//	@Description	What is left out gets its default; the address of the heartbeat, which is secret, stays when it is left out.
//	@Tags			notifications
//	@Accept			json
//	@Param			settings	body		alerting.Preferences	true	"all of them"
//	@Success		200			{object}	alerting.PreferencesView
//	@Failure		400,422		{object}	Problem
//	@Router			/notification-settings [put]
func (h *notifications) setSettings(c echo.Context) error {
	var given map[string]json.RawMessage
	if err := decode(c, &given); err != nil {
		return err
	}
	for _, shown := range []string{"secrets_set", "heartbeat_state"} { // answers carry them; ignored, so that they can be sent back
		delete(given, shown)
	}
	raw, err := json.Marshal(given)
	if err != nil {
		return fieldProblem("", "must be a JSON object")
	}
	v, err := h.service.SetPreferences(c.Request().Context(), raw, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, v)
}

// pushKey godoc
//
//	@Summary	The key that a browser subscribes to web push with
//	@Tags		notifications
//	@Success	200	{object}	PushKey
//	@Failure	401	{object}	Problem
//	@Router		/web-push-key [get]
func (h *notifications) pushKey(c echo.Context) error {
	keys, err := h.service.PushKeys(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, PushKey{PublicKey: keys.Public})
}
