package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"hypha/internal/alerting"
	"hypha/internal/fleet"
)

type dependants struct {
	fleet  *fleet.Fleet
	alerts *alerting.Service
}

// list godoc
//
//	@Summary		What would miss things that are deleted
//	@Description	Functions, outputs, zones and alerts whose settings name one of the things. Names within scripts are not looked for.
//	@Tags			catalogue
//	@Param			of	query		string	true	"input/3, output/1, function/2 or method/1; several with commas between"
//	@Success		200	{object}	list[fleet.Dependant]
//	@Failure		422	{object}	Problem
//	@Router			/dependants [get]
func (h *dependants) list(c echo.Context) error {
	refs := strings.FieldsFunc(c.QueryParam("of"), func(r rune) bool { return r == ',' })
	if err := fleet.CheckSubjects(refs); err != nil {
		return err
	}
	subjects, err := h.fleet.SubjectsOf(c.Request().Context(), refs)
	if err != nil {
		return err
	}
	all, err := h.fleet.Dependants(c.Request().Context(), subjects)
	if err != nil {
		return err
	}
	if h.alerts != nil {
		all = append(all, h.alerts.Dependants(subjects)...)
	}
	return c.JSON(http.StatusOK, list[fleet.Dependant]{Items: all, Total: int64(len(all))})
}
