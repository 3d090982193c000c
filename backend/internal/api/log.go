package api

import (
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// logged notes each request at debug: never its query, headers or body, where secrets are.
func logged(log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			ctx := c.Request().Context()
			if !log.Enabled(ctx, slog.LevelDebug) {
				return next(c)
			}
			started := time.Now()
			if err := next(c); err != nil {
				c.Error(err) // now, for the log tells the status
			}
			path := c.Request().URL.Path
			if c.Param("token") != "" {
				path = c.Path() // the token is a secret
			}
			log.DebugContext(ctx, "request", "method", c.Request().Method, "path", path, "status", c.Response().Status,
				"bytes", c.Response().Size, "duration", time.Since(started), "user", principal(c).User.Username)
			return nil
		}
	}
}

// recovered turns a panic of a handler into a 500 and a log entry.
func recovered(log *slog.Logger) echo.MiddlewareFunc {
	return middleware.RecoverWithConfig(middleware.RecoverConfig{
		DisablePrintStack: true,
		LogErrorFunc: func(c echo.Context, err error, stack []byte) error {
			log.Error("a handler panicked", "path", c.Path(), "error", err, "stack", string(stack))
			return err
		},
	})
}

// readable refuses a query that cannot be read as a whole: what was dropped of it might have been a limit.
func readable(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if _, err := url.ParseQuery(c.Request().URL.RawQuery); err != nil {
			return problem(http.StatusBadRequest, "The address is not valid",
				err.Error()+": escape %, &, + and ; in the query as %25, %26, %2B and %3B")
		}
		return next(c)
	}
}

// noStore keeps answers about the present out of caches, unless a handler says otherwise.
func noStore(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(echo.HeaderCacheControl, "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		return next(c)
	}
}
