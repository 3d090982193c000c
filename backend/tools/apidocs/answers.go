package main

import (
	"net/http"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// answers adds the error answers that do not depend on what a handler does, so that no annotation has to repeat them: of
// the sign-in, of reading the request, and of a disk that is full.
func answers(op *openapi3.Operation, method string, open bool, problem *openapi3.SchemaRef) {
	add := func(statuses ...int) {
		for _, status := range statuses {
			if op.Responses.Status(status) == nil {
				op.Responses.Set(strconv.Itoa(status), problemAnswer(status, problem))
			}
		}
	}
	if !open {
		add(http.StatusUnauthorized, http.StatusForbidden)
	}
	if op.RequestBody != nil {
		add(http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	}
	if method != http.MethodGet {
		add(http.StatusServiceUnavailable)
	}
	for _, p := range op.Parameters {
		if p.Value == nil {
			continue
		}
		switch p.Value.In {
		case openapi3.ParameterInPath:
			add(http.StatusNotFound)
		case openapi3.ParameterInQuery:
			add(http.StatusUnprocessableEntity)
		}
	}
}

func problemAnswer(status int, problem *openapi3.SchemaRef) *openapi3.ResponseRef {
	return &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription(http.StatusText(status)).
		WithContent(openapi3.NewContentWithSchemaRef(problem, []string{problemType}))}
}
