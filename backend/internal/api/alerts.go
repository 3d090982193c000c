package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/alert"
	"hypha/internal/alerting"
	"hypha/internal/fleet"
	"hypha/internal/notify"
)

// Alert is a rule with how it stands.
type Alert struct {
	ID             int64             `json:"id"`
	Name           string            `json:"name"`
	Kind           string            `json:"kind"`
	Options        json.RawMessage   `json:"options" swaggertype:"object"`
	Severity       alert.Severity    `json:"severity" enums:"info,warning,critical"`
	Enabled        bool              `json:"enabled"`
	Zone           *int64            `json:"zone" extensions:"x-nullable"`
	ForS           float64           `json:"for_s"`            // seconds it must last before it fires
	RecoverS       float64           `json:"recover_s"`        // seconds it must be well before it is over
	NoDataS        float64           `json:"nodata_s"`         // seconds of silence that are an alert of their own; 0: none
	RepeatS        float64           `json:"repeat_s"`         // seconds between two reminders; 0: none
	EscalateAfterS float64           `json:"escalate_after_s"` // seconds without anybody having acknowledged; 0: never
	Routes         []int64           `json:"routes"`           // empty: all enabled ones that take its severity
	EscalateRoutes []int64           `json:"escalate_routes"`
	Actions        []alerting.Action `json:"actions"`
	Cause          string            `json:"cause"` // alerts of one cause go into one message; "": what they watch
	Status         alerting.Status   `json:"status"`
	CreatedAt      fleet.Time        `json:"created_at" swaggertype:"string" format:"date-time"`
	UpdatedAt      fleet.Time        `json:"updated_at" swaggertype:"string" format:"date-time"`
} //	@name	Alert

type alertPatch struct {
	Name           *string           `json:"name,omitempty"`
	Kind           *string           `json:"kind,omitempty"` // cannot be changed
	Options        json.RawMessage   `json:"options,omitempty" swaggertype:"object"`
	Severity       *alert.Severity   `json:"severity,omitempty" swaggertype:"string" enums:"info,warning,critical"`
	Enabled        *bool             `json:"enabled,omitempty"`
	Zone           *int64            `json:"zone,omitempty" extensions:"x-nullable"`
	ForS           *float64          `json:"for_s,omitempty"`
	RecoverS       *float64          `json:"recover_s,omitempty"`
	NoDataS        *float64          `json:"nodata_s,omitempty"`
	RepeatS        *float64          `json:"repeat_s,omitempty"`
	EscalateAfterS *float64          `json:"escalate_after_s,omitempty"`
	Routes         []int64           `json:"routes,omitempty"`
	EscalateRoutes []int64           `json:"escalate_routes,omitempty"`
	Actions        []alerting.Action `json:"actions,omitempty"`
	Cause          *string           `json:"cause,omitempty"`
} //	@name	AlertPatch

type acknowledgement struct {
	Remark string `json:"remark,omitempty"` // for the journal
} //	@name	Acknowledgement

type silence struct {
	Until moment   `json:"until,omitzero" validate:"optional" swaggertype:"string"` // RFC 3339 or ms since the epoch
	ForS  *float64 `json:"for_s,omitempty"`                                         // seconds from now instead; 0 ends the silence
} //	@name	Silence

type alerts struct{ service *alerting.Service }

// alertRoutes are those of alerts and notifications. Viewers watch, operators react, administrators configure.
func alertRoutes(cfg Config, watch, operate, admin *echo.Group) {
	a := &alerts{cfg.Alerts}
	watch.GET("/alerts", a.list)
	watch.GET("/alerts/:id", a.get)
	admin.POST("/alerts", a.create)
	admin.PATCH("/alerts/:id", a.update)
	admin.DELETE("/alerts/:id", a.remove)
	admin.POST("/alerts/:id/restore", a.restore)
	operate.POST("/alerts/:id/acknowledge", a.acknowledge)
	operate.POST("/alerts/:id/snooze", a.snooze)
	operate.POST("/alerts/:id/test", a.test)

	n := &notifications{cfg.Alerts}
	watch.GET("/notification-routes", n.routes)
	watch.GET("/notification-routes/:id", n.route)
	admin.POST("/notification-routes", n.createRoute)
	admin.PATCH("/notification-routes/:id", n.updateRoute)
	admin.DELETE("/notification-routes/:id", n.removeRoute)
	operate.POST("/notification-routes/:id/test", n.testRoute)
	watch.GET("/notifications", n.deliveries)
	watch.GET("/notification-settings", n.settings)
	admin.PUT("/notification-settings", n.setSettings)
	watch.GET("/web-push-key", n.pushKey)
}

// alertKinds are the catalogues of rules and of ways to people.
func alertKinds(s *alerting.Service, kind string) []Kind {
	kinds := []Kind{}
	if kind == "" || kind == "alert" {
		kinds = append(kinds, mapped(s.Kinds(), func(k alert.Kind) Kind {
			return Kind{
				ID: k.ID, Type: "alert", Name: k.Name, Description: k.Description, Icon: k.Icon, Tags: orEmpty(k.Tags), Options: k.Options.Schema(),
				Channels: []KindChannel{},
			}
		})...)
	}
	if kind == "" || kind == "notification" {
		kinds = append(kinds, mapped(s.RouteKinds(), func(k notify.Kind) Kind {
			return Kind{
				ID: k.ID, Type: "notification", Name: k.Name, Description: k.Description, Icon: k.Icon, Tags: orEmpty(k.Tags), Options: k.Options.Schema(),
				Channels: []KindChannel{},
			}
		})...)
	}
	return kinds
}

func viewAlert(a alerting.Alert) Alert {
	v := Alert{
		ID: a.ID, Name: a.Name, Kind: a.Kind, Options: orObject(a.Options), Severity: a.Severity, Enabled: *a.Enabled, Zone: a.Zone, ForS: *a.ForS,
		RecoverS: *a.RecoverS, NoDataS: *a.NoDataS, RepeatS: *a.RepeatS, EscalateAfterS: *a.EscalateAfterS, Routes: a.Routes,
		EscalateRoutes: a.EscalateRoutes, Actions: a.Actions, Cause: a.Cause, Status: a.Status,
		CreatedAt: fleet.Time(a.CreatedAt), UpdatedAt: fleet.Time(a.UpdatedAt),
	}
	if v.Routes == nil {
		v.Routes = []int64{}
	}
	if v.EscalateRoutes == nil {
		v.EscalateRoutes = []int64{}
	}
	if v.Actions == nil {
		v.Actions = []alerting.Action{}
	}
	return v
}

// list godoc
//
//	@Summary	List alert rules with how they stand
//	@Tags		alerts
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Param		zone	query		int		false	"only of this zone"
//	@Param		q		query		string	false	"only those in whose name or kind this occurs"
//	@Success	200		{object}	list[Alert]
//	@Failure	401,422	{object}	Problem
//	@Router		/alerts [get]
func (h *alerts) list(c echo.Context) error {
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	items, total, err := h.service.List(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[Alert]{Items: mapped(items, viewAlert), Total: total})
}

// create godoc
//
//	@Summary	Add an alert rule; it is judged from now on
//	@Tags		alerts
//	@Accept		json
//	@Param		alert		body		alerting.Draft	true	"kind and options as GET /kinds?type=alert describes them"
//	@Success	201			{object}	Alert
//	@Failure	400,401,403	{object}	Problem
//	@Failure	422			{object}	Problem	"names every field at fault"
//	@Router		/alerts [post]
func (h *alerts) create(c echo.Context) error {
	var d alerting.Draft
	if err := decode(c, &d); err != nil {
		return err
	}
	a, err := h.service.Create(c.Request().Context(), d, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, viewAlert(a))
}

// answer shows a rule, or the error.
func (h *alerts) answer(c echo.Context, a alerting.Alert, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewAlert(a))
}

// get godoc
//
//	@Summary	One alert rule with how it stands
//	@Tags		alerts
//	@Param		id	path		int	true	"alert"
//	@Success	200	{object}	Alert
//	@Failure	404	{object}	Problem
//	@Router		/alerts/{id} [get]
func (h *alerts) get(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	a, err := h.service.Get(c.Request().Context(), n)
	return h.answer(c, a, err)
}

// update godoc
//
//	@Summary		Change an alert rule
//	@Description	A JSON merge patch. The rule goes on where it stands: an edit neither forgets nor repeats an alert.
//	@Tags			alerts
//	@Accept			json
//	@Param			id			path		int			true	"alert"
//	@Param			patch		body		alertPatch	true	"the fields to change"
//	@Success		200			{object}	Alert
//	@Failure		400,404,422	{object}	Problem
//	@Router			/alerts/{id} [patch]
func (h *alerts) update(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	change, err := patch[alertPatch](c)
	if err != nil {
		return err
	}
	a, err := h.service.Update(c.Request().Context(), n, change, by(c))
	return h.answer(c, a, err)
}

// remove godoc
//
//	@Summary	Delete an alert rule; it can be restored for a day
//	@Tags		alerts
//	@Param		id	path	int	true	"alert"
//	@Success	204
//	@Failure	404	{object}	Problem
//	@Router		/alerts/{id} [delete]
func (h *alerts) remove(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.service.Delete(c.Request().Context(), n, by(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// restore godoc
//
//	@Summary	Bring a deleted alert rule back
//	@Tags		alerts
//	@Param		id	path		int	true	"alert"
//	@Success	200	{object}	Alert
//	@Failure	404	{object}	Problem
//	@Router		/alerts/{id}/restore [post]
func (h *alerts) restore(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	a, err := h.service.Restore(c.Request().Context(), n, by(c))
	return h.answer(c, a, err)
}

const maxRemark = 500

// acknowledge godoc
//
//	@Summary		Say that somebody knows
//	@Description	Reminders and escalation stop until the alert is over. Outputs that wait for a person are given back once it is.
//	@Tags			alerts
//	@Accept			json
//	@Param			id			path		int				true	"alert"
//	@Param			remark		body		acknowledgement	false	"for the journal"
//	@Success		200			{object}	Alert
//	@Failure		404,409,422	{object}	Problem	"409: it is not firing"
//	@Router			/alerts/{id}/acknowledge [post]
func (h *alerts) acknowledge(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	var r acknowledgement
	if err := decodeOptional(c, &r); err != nil {
		return err
	}
	if len(r.Remark) > maxRemark {
		return fieldProblem("remark", "must be at most 500 bytes")
	}
	a, err := h.service.Acknowledge(c.Request().Context(), n, by(c), r.Remark)
	return h.answer(c, a, err)
}

const mostSilenceS = 30 * 24 * 3600

// snooze godoc
//
//	@Summary		Be told nothing of an alert until then
//	@Description	It is judged all the same. What is still wrong when the silence ends is told then.
//	@Tags			alerts
//	@Accept			json
//	@Param			id			path		int		true	"alert"
//	@Param			silence		body		silence	true	"until or for_s; for_s 0 ends it"
//	@Success		200			{object}	Alert
//	@Failure		400,404,422	{object}	Problem
//	@Router			/alerts/{id}/snooze [post]
func (h *alerts) snooze(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	var r silence
	if err := decode(c, &r); err != nil {
		return err
	}
	until := time.Now()
	switch {
	case r.Until.set == (r.ForS != nil):
		return fieldProblem("until", "or for_s is required, and not both")
	case r.Until.err != nil:
		return fieldProblem("until", r.Until.err.Error())
	case r.Until.set:
		until = time.UnixMilli(r.Until.ms)
	case !(*r.ForS >= 0 && *r.ForS <= mostSilenceS):
		return fieldProblem("for_s", "must be 0 to 2592000 s")
	default:
		until = until.Add(time.Duration(*r.ForS * float64(time.Second)))
	}
	a, err := h.service.Silence(c.Request().Context(), n, until, by(c))
	return h.answer(c, a, err)
}

// test godoc
//
//	@Summary		Send a test of an alert by all its routes
//	@Description	The way is the real one, the state stays. What becomes of the messages is seen under GET /notifications.
//	@Tags			alerts
//	@Param			id		path		int	true	"alert"
//	@Success		200		{object}	list[alerting.Delivery]
//	@Failure		404,422	{object}	Problem	"422: nobody would be told"
//	@Router			/alerts/{id}/test [post]
func (h *alerts) test(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	sent, err := h.service.Test(c.Request().Context(), n, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[alerting.Delivery]{Items: sent, Total: int64(len(sent))})
}
