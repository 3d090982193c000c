package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// headAsGet answers HEAD wherever GET is answered: the same headers, and no body.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		get := r.Clone(r.Context())
		get.Method = http.MethodGet
		get.Header.Del("Upgrade") // a HEAD opens no connection
		next.ServeHTTP(bodiless{w}, get)
	})
}

// bodiless swallows the body.
type bodiless struct{ http.ResponseWriter }

func (b bodiless) Write(p []byte) (int, error) { return len(p), nil }

// Unwrap lets http.ResponseController find what is underneath.
func (b bodiless) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// otherwise answers what no route answers: OPTIONS, 405 for a method that the address does not take, and 404.
func otherwise(e *echo.Echo) echo.HandlerFunc {
	return func(c echo.Context) error {
		allowed := methodsOf(e.Routes(), c.Request().URL.Path)
		if len(allowed) == 0 {
			return echo.ErrNotFound
		}
		c.Response().Header().Set(echo.HeaderAllow, strings.Join(allowed, ", "))
		if c.Request().Method == http.MethodOptions {
			return c.NoContent(http.StatusNoContent)
		}
		return echo.ErrMethodNotAllowed
	}
}

// methodsOf lists the methods that the routes answer at a path, wildcards left out.
func methodsOf(routes []*echo.Route, path string) []string {
	var methods []string
	for _, r := range routes {
		if r.Method == echo.RouteNotFound || strings.HasSuffix(r.Path, "*") || !fits(r.Path, path) {
			continue
		}
		methods = append(methods, r.Method)
		if r.Method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	if len(methods) > 0 {
		methods = append(methods, http.MethodOptions)
	}
	slices.Sort(methods)
	return slices.Compact(methods)
}

// fits tells whether a path is one of a route's, whose parameters begin with a colon.
func fits(route, path string) bool {
	want, have := strings.Split(route, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for n := range want {
		if want[n] != have[n] && (!strings.HasPrefix(want[n], ":") || have[n] == "") {
			return false
		}
	}
	return true
}
