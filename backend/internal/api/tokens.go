package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/auth"
	"hypha/internal/fleet"
)

// Token is an API token without its secret.
type Token struct {
	ID         int64       `json:"id"`
	Name       string      `json:"name"`
	Role       auth.Role   `json:"role" enums:"admin,operator,viewer"`
	User       string      `json:"user,omitempty"`
	CreatedAt  fleet.Time  `json:"created_at" swaggertype:"string" format:"date-time"`
	ExpiresAt  *fleet.Time `json:"expires_at,omitempty" swaggertype:"string" format:"date-time"`
	LastUsedAt *fleet.Time `json:"last_used_at,omitempty" swaggertype:"string" format:"date-time"`
} //	@name	Token

// NewToken is a token with its secret, which is told only here.
type NewToken struct {
	Token
	Secret string `json:"secret"`
} //	@name	NewToken

func optionalTime(t *time.Time) *fleet.Time {
	if t == nil {
		return nil
	}
	v := fleet.Time(*t)
	return &v
}

func viewToken(t auth.Token) Token {
	return Token{
		ID: t.ID, Name: t.Name, Role: t.Role, CreatedAt: fleet.Time(t.CreatedAt),
		ExpiresAt: optionalTime(t.ExpiresAt), LastUsedAt: optionalTime(t.LastUsedAt),
	}
}

type tokenRequest struct {
	Name      string    `json:"name"`
	Role      auth.Role `json:"role,omitempty" enums:"admin,operator,viewer"`                                    // default: one's own
	ExpiresAt moment    `json:"expires_at,omitzero" validate:"optional" swaggertype:"string" format:"date-time"` // default: never
} //	@name	TokenRequest

// tokens godoc
//
//	@Summary	One's own API tokens; administrators see all
//	@Tags		auth
//	@Param		limit	query		int	false	"at most so many"
//	@Param		offset	query		int	false	"leave out the first ones"
//	@Success	200		{object}	list[Token]
//	@Router		/tokens [get]
func (h *accounts) tokens(c echo.Context) error {
	q := queries{c: c}
	limit, offset := q.page()
	if err := q.err(); err != nil {
		return err
	}
	items, total, err := h.auth.Tokens(c.Request().Context(), principal(c), limit, offset)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[Token]{Items: mapped(items, viewToken), Total: total})
}

// createToken godoc
//
//	@Summary	Make an API token; its secret is told only here
//	@Tags		auth
//	@Accept		json
//	@Param		token	body		tokenRequest	true	"name, role, end"
//	@Success	201		{object}	NewToken
//	@Failure	403,422	{object}	Problem
//	@Router		/tokens [post]
func (h *accounts) createToken(c echo.Context) error {
	var r tokenRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	n := auth.NewToken{Name: r.Name, Role: r.Role}
	if r.ExpiresAt.err != nil {
		return fieldProblem("expires_at", r.ExpiresAt.err.Error())
	}
	if r.ExpiresAt.set {
		at := time.UnixMilli(r.ExpiresAt.ms)
		n.ExpiresAt = &at
	}
	t, secret, err := h.auth.CreateToken(c.Request().Context(), principal(c), n)
	if err != nil {
		return err
	}
	h.fleet.Note("auth", "token", by(c), "The token "+t.Name+" was made", map[string]any{"token": t.ID})
	return c.JSON(http.StatusCreated, NewToken{Token: viewToken(t), Secret: secret})
}

// deleteToken godoc
//
//	@Summary	Revoke an API token
//	@Tags		auth
//	@Param		id	path	int	true	"token"
//	@Success	204
//	@Failure	404	{object}	Problem
//	@Router		/tokens/{id} [delete]
func (h *accounts) deleteToken(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.auth.DeleteToken(c.Request().Context(), principal(c), n); err != nil {
		return err
	}
	h.fleet.Note("auth", "token", by(c), "A token was revoked", map[string]any{"token": n})
	return c.NoContent(http.StatusNoContent)
}
