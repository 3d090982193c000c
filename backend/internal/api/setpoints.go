package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/method"
	"hypha/internal/settings"
)

// Method is a set-point as a function of time.
type Method struct {
	ID         int64           `json:"id"`
	Name       string          `json:"name"`
	Definition json.RawMessage `json:"definition" swaggertype:"object"` // as GET /methods/schema describes it
	CreatedAt  fleet.Time      `json:"created_at" swaggertype:"string" format:"date-time"`
	UpdatedAt  fleet.Time      `json:"updated_at" swaggertype:"string" format:"date-time"`
} //	@name	Method

type methodPatch struct {
	Name       *string         `json:"name,omitempty"`
	Definition json.RawMessage `json:"definition,omitempty" swaggertype:"object"`
} //	@name	MethodPatch

type previewRequest struct {
	Definition json.RawMessage `json:"definition" swaggertype:"object"`
} //	@name	PreviewRequest

// Preview is a method's values over a while; null where it has none.
type Preview struct {
	T []int64    `json:"t"` // ms since the epoch
	V []*float64 `json:"v"`
} //	@name	Preview

type setpoints struct{ fleet *fleet.Fleet }

func viewMethod(m settings.Method) Method {
	return Method{ID: m.ID, Name: m.Name, Definition: m.Definition, CreatedAt: fleet.Time(m.CreatedAt), UpdatedAt: fleet.Time(m.UpdatedAt)}
}

// list godoc
//
//	@Summary	List methods
//	@Tags		methods
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Param		q		query		string	false	"only those in whose name this occurs"
//	@Success	200		{object}	list[Method]
//	@Failure	401,422	{object}	Problem
//	@Router		/methods [get]
func (h *setpoints) list(c echo.Context) error {
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	items, total, err := h.fleet.Methods(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[Method]{Items: mapped(items, viewMethod), Total: total})
}

// schema godoc
//
//	@Summary	The JSON Schema of a method's definition
//	@Tags		methods
//	@Success	200	{object}	object
//	@Router		/methods/schema [get]
func (h *setpoints) schema(c echo.Context) error { return c.JSON(http.StatusOK, fleet.MethodSchema()) }

// create godoc
//
//	@Summary	Add a method
//	@Tags		methods
//	@Accept		json
//	@Param		method		body		fleet.MethodDraft	true	"name and definition"
//	@Success	201			{object}	Method
//	@Failure	400,401,403	{object}	Problem
//	@Failure	422			{object}	Problem	"names every field at fault"
//	@Router		/methods [post]
func (h *setpoints) create(c echo.Context) error {
	var d fleet.MethodDraft
	if err := decode(c, &d); err != nil {
		return err
	}
	m, err := h.fleet.CreateMethod(c.Request().Context(), d, by(c))
	return answerMethod(c, http.StatusCreated, m, err)
}

func answerMethod(c echo.Context, code int, m settings.Method, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(code, viewMethod(m))
}

// get godoc
//
//	@Summary	One method
//	@Tags		methods
//	@Param		id	path		int	true	"method"
//	@Success	200	{object}	Method
//	@Failure	404	{object}	Problem
//	@Router		/methods/{id} [get]
func (h *setpoints) get(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	m, err := h.fleet.Method(c.Request().Context(), n)
	return answerMethod(c, http.StatusOK, m, err)
}

// update godoc
//
//	@Summary		Change a method
//	@Description	A JSON merge patch. Whoever follows the method does so from then on.
//	@Tags			methods
//	@Accept			json
//	@Param			id			path		int			true	"method"
//	@Param			patch		body		methodPatch	true	"the fields to change"
//	@Success		200			{object}	Method
//	@Failure		400,404,422	{object}	Problem
//	@Router			/methods/{id} [patch]
func (h *setpoints) update(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	change, err := patch[methodPatch](c)
	if err != nil {
		return err
	}
	m, err := h.fleet.UpdateMethod(c.Request().Context(), n, change, by(c))
	return answerMethod(c, http.StatusOK, m, err)
}

// remove godoc
//
//	@Summary	Delete a method that nothing follows; it can be restored for a day
//	@Tags		methods
//	@Param		id	path	int	true	"method"
//	@Success	204
//	@Failure	404,422	{object}	Problem
//	@Router		/methods/{id} [delete]
func (h *setpoints) remove(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.fleet.DeleteMethod(c.Request().Context(), n, by(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// restore godoc
//
//	@Summary	Bring a deleted method back
//	@Tags		methods
//	@Param		id	path		int	true	"method"
//	@Success	200	{object}	Method
//	@Failure	404	{object}	Problem
//	@Router		/methods/{id}/restore [post]
func (h *setpoints) restore(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	m, err := h.fleet.RestoreMethod(c.Request().Context(), n, by(c))
	return answerMethod(c, http.StatusOK, m, err)
}

// preview godoc
//
//	@Summary		What a method gives over a while
//	@Description	A method with a beginning begins at `from`.
//	@Tags			methods
//	@Param			id		path		int		true	"method"
//	@Param			from	query		string	false	"RFC 3339, ms since the epoch, or -24h; default now"
//	@Param			to		query		string	false	"the same; default a day after from"
//	@Param			points	query		int		false	"2 to 10000; default 289"
//	@Success		200		{object}	Preview
//	@Failure		404,422	{object}	Problem
//	@Router			/methods/{id}/preview [get]
func (h *setpoints) preview(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	m, err := h.fleet.Method(c.Request().Context(), n)
	if err != nil {
		return err
	}
	return h.show(c, m.Definition)
}

// try godoc
//
//	@Summary	What a definition would give, before it is stored
//	@Tags		methods
//	@Accept		json
//	@Param		definition	body		previewRequest	true	"the definition"
//	@Param		from		query		string			false	"RFC 3339, ms since the epoch, or -24h; default now"
//	@Param		to			query		string			false	"the same; default a day after from"
//	@Param		points		query		int				false	"2 to 10000; default 289"
//	@Success	200			{object}	Preview
//	@Failure	400,422		{object}	Problem
//	@Router		/methods/preview [post]
func (h *setpoints) try(c echo.Context) error {
	var r previewRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	return h.show(c, r.Definition)
}

func (h *setpoints) show(c echo.Context, definition json.RawMessage) error {
	q := queries{c: c}
	now := time.Now()
	from := q.millis("from", now.UnixMilli(), now)
	to := q.millis("to", from+24*time.Hour.Milliseconds(), now)
	points := q.whole("points", 289, 2, method.MaxSamples)
	if from >= to {
		q.fail("from", "must be before to")
	}
	if err := q.err(); err != nil {
		return err
	}
	begin := time.UnixMilli(from)
	samples, err := h.fleet.PreviewMethod(c.Request().Context(), definition, begin, begin, time.UnixMilli(to), int(points))
	if err != nil {
		return err
	}
	p := Preview{T: make([]int64, len(samples)), V: make([]*float64, len(samples))}
	for n, s := range samples {
		p.T[n] = s.T.UnixMilli()
		if s.OK {
			p.V[n] = &samples[n].V
		}
	}
	return c.JSON(http.StatusOK, p)
}
