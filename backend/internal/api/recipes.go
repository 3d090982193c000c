package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/recipe"
)

type recipes struct{ service *recipe.Service }

// list godoc
//
//	@Summary		List the recipes
//	@Description	Ways to set up a whole zone: roles for sensors and actuators, what regulates them, limits, alerts, a dashboard.
//	@Tags			recipes
//	@Success		200	{object}	list[recipe.Recipe]
//	@Router			/recipes [get]
func (h *recipes) list(c echo.Context) error {
	all := h.service.Recipes()
	return c.JSON(http.StatusOK, list[recipe.Recipe]{Items: all, Total: int64(len(all))})
}

// plan godoc
//
//	@Summary		What a recipe would make
//	@Description	Fills the roles from what there is, says what is missing and what would be simulated. Nothing is changed.
//	@Tags			recipes
//	@Accept			json
//	@Param			id			path		string			true	"recipe"
//	@Param			request		body		recipe.Request	true	"what the person has chosen; the rest is proposed"
//	@Success		200			{object}	recipe.Plan
//	@Failure		404			{object}	Problem
//	@Failure		400,422		{object}	Problem
//	@Router			/recipes/{id}/plan [post]
func (h *recipes) plan(c echo.Context) error {
	var req recipe.Request
	if err := decode(c, &req); err != nil {
		return err
	}
	p, err := h.service.Plan(c.Request().Context(), c.Param("id"), req)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, p)
}

// apply godoc
//
//	@Summary		Set up a zone by a recipe
//	@Description	Makes everything that the plan says, or nothing. With start the functions begin at once; without it they are made and left off, so that no output switches.
//	@Tags			recipes
//	@Accept			json
//	@Param			id			path		string			true	"recipe"
//	@Param			request		body		recipe.Request	true	"what the person has chosen; the rest is as proposed"
//	@Success		201			{object}	recipe.Applied
//	@Failure		404			{object}	Problem
//	@Failure		400,403,422	{object}	Problem	"roles that are needed and not filled are named"
//	@Router			/recipes/{id}/apply [post]
func (h *recipes) apply(c echo.Context) error {
	var req recipe.Request
	if err := decode(c, &req); err != nil {
		return err
	}
	made, err := h.service.Apply(c.Request().Context(), c.Param("id"), req, principal(c))
	if err != nil {
		return err
	}
	made.Before = nil
	return c.JSON(http.StatusCreated, made)
}

// undo godoc
//
//	@Summary		Take back what a recipe has made
//	@Description	What was there before stays, as it was.
//	@Tags			recipes
//	@Param			zone	path	int	true	"the zone that it made"
//	@Success		204
//	@Failure		404		{object}	Problem
//	@Router			/recipes/applied/{zone}/undo [post]
func (h *recipes) undo(c echo.Context) error {
	zone, err := id(c, "zone")
	if err != nil {
		return err
	}
	if err := h.service.Undo(c.Request().Context(), zone, principal(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
