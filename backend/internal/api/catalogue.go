package api

import (
	"encoding/json"
	"math"
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/alerting"
	"hypha/internal/fleet"
	"hypha/internal/function"
	"hypha/internal/input"
	"hypha/internal/measure"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// Kind is an entry of the catalogue.
type Kind struct {
	ID          string          `json:"id"`
	Type        string          `json:"type" enums:"input,output,function,alert,notification"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Icon        string          `json:"icon"`
	Bus         string          `json:"bus,omitempty"`
	Tags        []string        `json:"tags"`
	Options     json.RawMessage `json:"options_schema" swaggertype:"object"` // JSON Schema 2020-12
	Channels    []KindChannel   `json:"channels"`                            // empty when they depend on the options
	PeriodS     float64         `json:"period_s"`                            // default; 0: data arrives by itself
	MinPeriodS  float64         `json:"min_period_s"`
	TimeoutS    float64         `json:"timeout_s"`
	Formula     string          `json:"formula,omitempty"` // of functions: the law, with its units
	Source      string          `json:"source,omitempty"`  // of functions: where the law comes from
	Example     string          `json:"example,omitempty"` // of functions: a request that adds one
} //	@name	Kind

// KindChannel is a channel as the catalogue declares it: quantity and unit for inputs, type for outputs.
type KindChannel struct {
	Name     string             `json:"name"`
	Quantity measure.Quantity   `json:"quantity,omitempty" swaggertype:"string"`
	Unit     string             `json:"unit,omitempty"`
	Type     output.ChannelType `json:"type,omitempty" enums:"on_off,pwm,volume,value"`
} //	@name	KindChannel

type catalogue struct {
	fleet  *fleet.Fleet
	alerts *alerting.Service
}

func viewInputKind(k input.Kind) Kind {
	v := Kind{
		ID: k.ID, Type: "input", Name: k.Name, Description: k.Description, Icon: k.Icon, Bus: k.Bus, Tags: orEmpty(k.Tags),
		Options: k.Options.Schema(), Channels: []KindChannel{}, PeriodS: k.Period.Seconds(), MinPeriodS: k.MinPeriod.Seconds(),
		TimeoutS: k.Timeout.Seconds(),
	}
	for _, ch := range k.Channels {
		v.Channels = append(v.Channels, KindChannel{Name: ch.Name, Quantity: ch.Quantity, Unit: string(ch.Unit)})
	}
	return v
}

func viewOutputKind(k output.Kind) Kind {
	v := Kind{
		ID: k.ID, Type: "output", Name: k.Name, Description: k.Description, Icon: k.Icon, Bus: k.Bus, Tags: orEmpty(k.Tags),
		Options: k.Options.Schema(), Channels: []KindChannel{}, TimeoutS: k.Timeout.Seconds(),
	}
	for _, ch := range k.Channels {
		v.Channels = append(v.Channels, KindChannel{Name: ch.Name, Type: ch.Type, Unit: ch.Unit})
	}
	return v
}

func viewFunctionKind(k function.Kind) Kind {
	v := Kind{
		ID: k.ID, Type: "function", Name: k.Name, Description: k.Description, Icon: k.Icon, Tags: orEmpty(k.Tags),
		Options: k.Options.Schema(), Channels: []KindChannel{}, Formula: k.Formula, Source: k.Source, Example: k.Example,
	}
	for _, ch := range k.Channels {
		v.Channels = append(v.Channels, KindChannel{Name: ch.Name, Quantity: ch.Quantity, Unit: string(ch.Unit)})
	}
	return v
}

func orEmpty(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

// Kinds is the whole catalogue as the API shows it; kind is input, output, function or "" for all.
func Kinds(inputs []input.Kind, outputs []output.Kind, functions []function.Kind, kind string) []Kind {
	kinds := []Kind{}
	if kind == "" || kind == "input" {
		kinds = append(kinds, mapped(inputs, viewInputKind)...)
	}
	if kind == "" || kind == "output" {
		kinds = append(kinds, mapped(outputs, viewOutputKind)...)
	}
	if kind == "" || kind == "function" {
		kinds = append(kinds, mapped(functions, viewFunctionKind)...)
	}
	return kinds
}

// kinds godoc
//
//	@Summary	What inputs, outputs and functions can be made of
//	@Tags		catalogue
//	@Param		type	query		string	false	"input, output, function, alert or notification; default all"
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Success	200		{object}	list[Kind]
//	@Failure	422		{object}	Problem
//	@Router		/kinds [get]
func (h *catalogue) kinds(c echo.Context) error {
	kind := c.QueryParam("type")
	switch kind {
	case "", "input", "output", "function", "alert", "notification":
	default:
		return fieldProblem("type", "must be input, output, function, alert or notification")
	}
	kinds := append(Kinds(h.fleet.InputKinds(), h.fleet.OutputKinds(), h.fleet.FunctionKinds(), kind), alertKinds(h.alerts, kind)...)
	page, err := pageOf(c, kinds)
	if err != nil {
		return err
	}
	return tagged(c, page)
}

// Quantity is something that can be measured.
type Quantity struct {
	ID       measure.Quantity `json:"id" swaggertype:"string"`
	Name     string           `json:"name"`
	Units    []measure.Unit   `json:"units" swaggertype:"array,string"` // the first is the usual one
	Decimals int              `json:"decimals"`
	User     bool             `json:"user"` // added by a user
} //	@name	Quantity

// Unit is a unit of quantities.
type Unit struct {
	ID       measure.Unit `json:"id" swaggertype:"string"`
	Name     string       `json:"name"`
	Symbol   string       `json:"symbol"`
	Decimals int          `json:"decimals"`
	User     bool         `json:"user"` // added by a user
} //	@name	Unit

// quantities godoc
//
//	@Summary	All quantities
//	@Tags		catalogue
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Success	200	{object}	list[Quantity]
//	@Router		/quantities [get]
func (h *catalogue) quantities(c echo.Context) error {
	_, own, err := h.fleet.UserDefined(c.Request().Context())
	if err != nil {
		return err
	}
	items := []Quantity{}
	for _, q := range h.fleet.Catalogue().Quantities() {
		items = append(items, Quantity{ID: q.ID, Name: q.Name, Units: q.Units, Decimals: q.Decimals, User: own[q.ID]})
	}
	page, err := pageOf(c, items)
	if err != nil {
		return err
	}
	return tagged(c, page)
}

// units godoc
//
//	@Summary	All units
//	@Tags		catalogue
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Success	200	{object}	list[Unit]
//	@Router		/units [get]
func (h *catalogue) units(c echo.Context) error {
	own, _, err := h.fleet.UserDefined(c.Request().Context())
	if err != nil {
		return err
	}
	items := []Unit{}
	for _, u := range h.fleet.Catalogue().Units() {
		items = append(items, Unit{ID: u.ID, Name: u.Name, Symbol: u.Symbol, Decimals: u.Decimals, User: own[u.ID]})
	}
	page, err := pageOf(c, items)
	if err != nil {
		return err
	}
	return tagged(c, page)
}

type unitRequest struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Symbol   string   `json:"symbol"`
	Decimals int      `json:"decimals,omitempty"`
	Base     string   `json:"base,omitempty"`   // the unit it converts to; none: it converts to nothing
	Scale    *float64 `json:"scale,omitempty"`  // value in base = scale * value + offset; default 1
	Offset   float64  `json:"offset,omitempty"` // default 0
} //	@name	UnitRequest

// addUnit godoc
//
//	@Summary	Add a unit of one's own
//	@Tags		catalogue
//	@Accept		json
//	@Param		unit	body		unitRequest	true	"unit"
//	@Success	201		{object}	Unit
//	@Failure	409,422	{object}	Problem
//	@Router		/units [post]
func (h *catalogue) addUnit(c echo.Context) error {
	var r unitRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	u := settings.UserUnit{ID: r.ID, Name: r.Name, Symbol: r.Symbol, Decimals: r.Decimals, Base: r.Base, Scale: 1, Offset: r.Offset}
	if r.Scale != nil {
		u.Scale = *r.Scale
	}
	if u.Scale == 0 || math.IsInf(u.Scale, 0) || math.IsNaN(u.Scale) {
		return fieldProblem("scale", "must be a number other than 0")
	}
	if _, taken := h.fleet.Catalogue().Unit(measure.Unit(u.ID)); taken {
		return &settings.ConflictError{Table: "units", Column: "id"}
	}
	if err := h.fleet.AddUnit(c.Request().Context(), u, by(c)); err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, Unit{ID: measure.Unit(u.ID), Name: u.Name, Symbol: u.Symbol, Decimals: u.Decimals, User: true})
}

// removeUnit godoc
//
//	@Summary	Remove a unit of one's own
//	@Tags		catalogue
//	@Param		id	path	string	true	"unit"
//	@Success	204
//	@Failure	404,409	{object}	Problem
//	@Router		/units/{id} [delete]
func (h *catalogue) removeUnit(c echo.Context) error {
	if _, known := h.fleet.Catalogue().Unit(measure.Unit(c.Param("id"))); !known {
		return fleet.ErrNotFound
	}
	if err := h.fleet.RemoveUnit(c.Request().Context(), c.Param("id"), by(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

type quantityRequest struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Units    []string `json:"units"`
	Decimals int      `json:"decimals,omitempty"`
} //	@name	QuantityRequest

// addQuantity godoc
//
//	@Summary	Add a quantity of one's own
//	@Tags		catalogue
//	@Accept		json
//	@Param		quantity	body		quantityRequest	true	"quantity"
//	@Success	201			{object}	Quantity
//	@Failure	409,422		{object}	Problem
//	@Router		/quantities [post]
func (h *catalogue) addQuantity(c echo.Context) error {
	var r quantityRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	q := settings.UserQuantity{ID: r.ID, Name: r.Name, Units: r.Units, Decimals: r.Decimals}
	if _, taken := h.fleet.Catalogue().Quantity(measure.Quantity(q.ID)); taken {
		return &settings.ConflictError{Table: "quantities", Column: "id"}
	}
	if err := h.fleet.AddQuantity(c.Request().Context(), q, by(c)); err != nil {
		return err
	}
	v := Quantity{ID: measure.Quantity(q.ID), Name: q.Name, Units: []measure.Unit{}, Decimals: q.Decimals, User: true}
	for _, u := range q.Units {
		v.Units = append(v.Units, measure.Unit(u))
	}
	return c.JSON(http.StatusCreated, v)
}

// removeQuantity godoc
//
//	@Summary	Remove a quantity of one's own
//	@Tags		catalogue
//	@Param		id	path	string	true	"quantity"
//	@Success	204
//	@Failure	404,409	{object}	Problem
//	@Router		/quantities/{id} [delete]
func (h *catalogue) removeQuantity(c echo.Context) error {
	if _, known := h.fleet.Catalogue().Quantity(measure.Quantity(c.Param("id"))); !known {
		return fleet.ErrNotFound
	}
	if err := h.fleet.RemoveQuantity(c.Request().Context(), c.Param("id"), by(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
