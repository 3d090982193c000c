package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/net/http/httpguts"

	"hypha/internal/auth"
	"hypha/internal/live"
)

const (
	sessionCookie = "hypha_session"
	principalKey  = "principal"
)

// guard finds out who a request comes from and what they may do.
type guard struct {
	auth   *auth.Service
	origin string // host of the address under which a proxy serves this program, or ""
	secure bool   // served over TLS: cookies are marked Secure
}

// signedIn lets requests of known users pass. A token in the Authorization header counts before the session's cookie.
func (g *guard) signedIn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, err := g.who(c)
		if err != nil {
			return err
		}
		c.Set(principalKey, p)
		return next(c)
	}
}

func (g *guard) who(c echo.Context) (auth.Principal, error) {
	r := c.Request()
	if token, ok := bearer(r); ok {
		return g.auth.ByToken(r.Context(), token)
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil || cookie.Value == "" {
		return auth.Principal{}, problem(http.StatusUnauthorized, "Not signed in", "sign in, or send an API token as Authorization: Bearer")
	}
	// A page of another site can make a browser send the cookie; it cannot forge where it comes from.
	if !safeMethod(r.Method) && !g.sameOrigin(r) {
		return auth.Principal{}, foreign()
	}
	p, err := g.auth.BySession(r.Context(), cookie.Value)
	if err == nil && p.Renewed {
		g.setCookie(c, cookie.Value, p.ExpiresAt)
	}
	return p, err
}

// fromHere keeps pages of other sites from signing a browser in: its user would go on in somebody else's name.
func (g *guard) fromHere(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !g.sameOrigin(c.Request()) {
			return foreign()
		}
		return next(c)
	}
}

func foreign() error {
	return problem(http.StatusForbidden, "Refused",
		"the request comes from a page of another site; behind a proxy, set base_url to the address that users open")
}

// atLeast lets requests pass whose user has the role.
func (g *guard) atLeast(role auth.Role) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := principal(c).May(role); err != nil {
				return problem(http.StatusForbidden, "Not allowed", "this needs the role "+string(role))
			}
			return next(c)
		}
	}
}

// principal is who the request comes from; only behind signedIn.
func principal(c echo.Context) auth.Principal {
	p, _ := c.Get(principalKey).(auth.Principal)
	return p
}

// by names who a request comes from, for the journal.
func by(c echo.Context) string { return principal(c).By() }

func safeMethod(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// sameOrigin tells whether a browser's request comes from a page of this program. Programs that are no browsers send
// neither header, and nobody can make them send a cookie.
func (g *guard) sameOrigin(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		host := hostOf(origin)
		return host != "" && (strings.EqualFold(host, r.Host) || strings.EqualFold(host, g.origin))
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin" || site == "none"
}

// hostOf is host and port of an address, or "".
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

func (g *guard) setCookie(c echo.Context, secret string, expires time.Time) {
	r := c.Request()
	// A proxy that forgets to tell costs the flag; a client that makes the header up only loses its own cookie.
	secure := g.secure || r.Header.Get("X-Forwarded-Proto") == "https"
	c.SetCookie(&http.Cookie{ //nolint:gosec // Secure follows from how the program is served: at home often without TLS
		Name: sessionCookie, Value: secret, Path: "/", Expires: expires, HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode,
	})
}

// feed is the way to the live feed.
type feed struct {
	guard *guard
	feed  *live.Feed
}

// serve godoc
//
//	@Summary		The live feed (WebSocket, subprotocol hypha.live.v1)
//	@Description	JSON text frames; see the documentation of the feed. Signed in by cookie with a same-origin Origin, by Authorization: Bearer, or by a ticket.
//	@Tags			live
//	@Param			ticket	query		string	false	"from POST /auth/live-ticket"
//	@Success		101		{string}	string	"switching protocols"
//	@Failure		401,426,503	{object}	Problem
//	@Router			/live [get]
func (h *feed) serve(c echo.Context) error {
	p, err := h.who(c)
	if err != nil {
		return err
	}
	if !upgrades(c.Request()) {
		c.Response().Header().Set("Upgrade", "websocket")
		return problem(http.StatusUpgradeRequired, "This is a WebSocket", "connect with a WebSocket client, subprotocol hypha.live.v1")
	}
	valid := func(ctx context.Context) bool {
		_, err := h.guard.auth.Recheck(ctx, p)
		return err == nil
	}
	err = h.feed.Serve(c.Response(), c.Request(), valid)
	if live.IsTooMany(err) {
		p := problem(http.StatusServiceUnavailable, "Too many live connections", "close some, or try again later")
		p.retryAfter = 10 * time.Second
		return p
	}
	return err
}

// upgrades tells whether a request asks for a WebSocket.
func upgrades(r *http.Request) bool {
	return httpguts.HeaderValuesContainsToken(r.Header.Values("Connection"), "upgrade") &&
		httpguts.HeaderValuesContainsToken(r.Header.Values("Upgrade"), "websocket")
}

func (h *feed) who(c echo.Context) (auth.Principal, error) {
	r := c.Request()
	if ticket := c.QueryParam("ticket"); ticket != "" {
		return h.guard.auth.ByTicket(r.Context(), ticket)
	}
	if _, ok := bearer(r); !ok && !h.guard.sameOrigin(r) {
		return auth.Principal{}, foreign()
	}
	return h.guard.who(c)
}
