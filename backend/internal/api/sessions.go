package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/auth"
	"hypha/internal/fleet"
)

// Session is a signed-in browser of the user.
type Session struct {
	ID         int64      `json:"id"`
	Address    string     `json:"address"` // where it was opened from
	Agent      string     `json:"agent"`   // what the browser calls itself
	Current    bool       `json:"current"` // it is the one that asks
	CreatedAt  fleet.Time `json:"created_at" swaggertype:"string" format:"date-time"`
	LastUsedAt fleet.Time `json:"last_used_at" swaggertype:"string" format:"date-time"` // exact to ten minutes
	ExpiresAt  fleet.Time `json:"expires_at" swaggertype:"string" format:"date-time"`
} //	@name	Session

// sessions godoc
//
//	@Summary	The user's signed-in browsers, the one used last first
//	@Tags		auth
//	@Success	200	{object}	list[Session]
//	@Router		/auth/sessions [get]
func (h *accounts) sessions(c echo.Context) error {
	p := principal(c)
	open, err := h.auth.Sessions(c.Request().Context(), p)
	if err != nil {
		return err
	}
	items := mapped(open, func(s auth.OpenSession) Session {
		return Session{
			ID: s.ID, Address: s.Address, Agent: s.Agent, Current: s.ID == p.SessionID,
			CreatedAt: fleet.Time(s.CreatedAt), LastUsedAt: fleet.Time(s.LastUsedAt), ExpiresAt: fleet.Time(s.ExpiresAt),
		}
	})
	return c.JSON(http.StatusOK, list[Session]{Items: items, Total: int64(len(items))})
}

// endSession godoc
//
//	@Summary	Sign one of the user's browsers out; only from a browser that is signed in, not with a token
//	@Tags		auth
//	@Param		id	path	int	true	"session"
//	@Success	204
//	@Failure	403,404	{object}	Problem
//	@Router		/auth/sessions/{id} [delete]
func (h *accounts) endSession(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.auth.EndSession(c.Request().Context(), principal(c), n); err != nil {
		return err
	}
	h.fleet.Note("auth", "session", by(c), "A browser was signed out from another one", map[string]any{"session": n})
	return c.NoContent(http.StatusNoContent)
}

// Pairing signs another device in as the user, once.
type Pairing struct {
	Code      string     `json:"code"` // opened there as ADDRESS/pair#CODE
	ExpiresAt fleet.Time `json:"expires_at" swaggertype:"string" format:"date-time"`
	Addresses []string   `json:"addresses"` // of this program as other devices reach it, the best first; none when it listens to this machine only
} //	@name	Pairing

// pair godoc
//
//	@Summary	A code that signs another device in as the user, once, within five minutes; only from a browser that is signed in
//	@Tags		auth
//	@Success	201	{object}	Pairing
//	@Failure	403	{object}	Problem
//	@Router		/auth/pairings [post]
func (h *accounts) pair(c echo.Context) error {
	code, expires, err := h.auth.Pair(principal(c))
	if err != nil {
		return err
	}
	h.fleet.Note("auth", "pairing", by(c), "A code to pair a device was made", nil)
	return c.JSON(http.StatusCreated, Pairing{Code: code, ExpiresAt: fleet.Time(expires), Addresses: orEmpty(h.addresses())})
}

type redeemRequest struct {
	Code string `json:"code"`
} //	@name	RedeemRequest

// redeem godoc
//
//	@Summary	Sign in with a pairing code
//	@Tags		auth
//	@Accept		json
//	@Param		code		body		redeemRequest	true	"the code"
//	@Success	200			{object}	User
//	@Failure	403,422,429	{object}	Problem
//	@Router		/auth/pairings/redeem [post]
func (h *accounts) redeem(c echo.Context) error {
	var r redeemRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	if err := given("code", r.Code); err != nil {
		return err
	}
	user, session, err := h.auth.Redeem(c.Request().Context(), r.Code, clientOf(c))
	if err != nil {
		return err
	}
	h.guard.setCookie(c, session.Secret, session.ExpiresAt)
	return c.JSON(http.StatusOK, viewUser(user))
}
