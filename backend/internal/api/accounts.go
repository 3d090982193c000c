package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/auth"
	"hypha/internal/fleet"
	"hypha/internal/settings"
)

// User is somebody who can sign in.
type User struct {
	ID        int64      `json:"id"`
	Username  string     `json:"username"`
	Role      auth.Role  `json:"role" enums:"admin,operator,viewer"`
	CreatedAt fleet.Time `json:"created_at" swaggertype:"string" format:"date-time"`
} //	@name	User

func viewUser(u auth.User) User {
	return User{ID: u.ID, Username: u.Username, Role: u.Role, CreatedAt: fleet.Time(u.CreatedAt)}
}

type accounts struct {
	auth        *auth.Service
	preferences *settings.Preferences
	fleet       *fleet.Fleet
	secure      bool
}

func (h *accounts) routes(signedIn, admin *echo.Group) {
	signedIn.POST("/auth/logout", h.logout)
	signedIn.GET("/auth/me", h.me)
	signedIn.POST("/auth/password", h.password)
	signedIn.POST("/auth/live-ticket", h.ticket)
	signedIn.GET("/tokens", h.tokens)
	signedIn.POST("/tokens", h.createToken)
	signedIn.DELETE("/tokens/:id", h.deleteToken)
	signedIn.GET("/preferences", h.getPreferences)
	signedIn.PUT("/preferences", h.setPreferences)
	admin.GET("/users", h.users)
	admin.POST("/users", h.addUser)
	admin.PATCH("/users/:id", h.updateUser)
	admin.DELETE("/users/:id", h.deleteUser)
}

func clientOf(c echo.Context) auth.Client {
	return auth.Client{Address: c.RealIP(), Agent: c.Request().UserAgent()}
}

// SetupState tells whether the first account is still to be made.
type SetupState struct {
	Needed bool `json:"needed"`
} //	@name	SetupState

// setupNeeded godoc
//
//	@Summary	Whether the first account is still to be made
//	@Tags		auth
//	@Success	200	{object}	SetupState
//	@Router		/setup [get]
func (h *accounts) setupNeeded(c echo.Context) error {
	needed, err := h.auth.SetupNeeded(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, SetupState{Needed: needed})
}

type setupRequest struct {
	Code     string `json:"code"` // as the program has printed it
	Username string `json:"username"`
	Password string `json:"password"`
} //	@name	SetupRequest

// setup godoc
//
//	@Summary	Make the first account, an administrator, and sign in
//	@Tags		auth
//	@Accept		json
//	@Param		setup		body		setupRequest	true	"the setup code, a name and a password"
//	@Success	201			{object}	User
//	@Failure	409,422,429	{object}	Problem
//	@Router		/setup [post]
func (h *accounts) setup(c echo.Context) error {
	var r setupRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	user, session, err := h.auth.Setup(c.Request().Context(), r.Code, r.Username, r.Password, clientOf(c))
	if err != nil {
		return err
	}
	setCookie(c, session.Secret, session.ExpiresAt, h.secure)
	return c.JSON(http.StatusCreated, viewUser(user))
}

type loginRequest struct {
	Username string `json:"username"`
	Password string `json:"password"`
	OTP      string `json:"otp,omitempty"`
} //	@name	LoginRequest

// login godoc
//
//	@Summary	Sign in
//	@Tags		auth
//	@Accept		json
//	@Param		login		body		loginRequest	true	"name and password"
//	@Success	200			{object}	User
//	@Failure	401,422,429	{object}	Problem
//	@Router		/auth/login [post]
func (h *accounts) login(c echo.Context) error {
	var r loginRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	user, session, err := h.auth.Login(c.Request().Context(), r.Username, r.Password, clientOf(c))
	if err != nil {
		return err
	}
	setCookie(c, session.Secret, session.ExpiresAt, h.secure)
	return c.JSON(http.StatusOK, viewUser(user))
}

// logout godoc
//
//	@Summary	Sign out
//	@Tags		auth
//	@Success	204
//	@Failure	401	{object}	Problem
//	@Router		/auth/logout [post]
func (h *accounts) logout(c echo.Context) error {
	if err := h.auth.Logout(c.Request().Context(), principal(c)); err != nil {
		return err
	}
	setCookie(c, "", time.Unix(1, 0), h.secure)
	return c.NoContent(http.StatusNoContent)
}

// me godoc
//
//	@Summary	Who is signed in
//	@Tags		auth
//	@Success	200	{object}	User
//	@Failure	401	{object}	Problem
//	@Router		/auth/me [get]
func (h *accounts) me(c echo.Context) error {
	p := principal(c)
	u := viewUser(p.User)
	u.Role = p.Role // a token may be allowed less than its user
	return c.JSON(http.StatusOK, u)
}

type passwordRequest struct {
	Current string `json:"current"`
	New     string `json:"new"`
} //	@name	PasswordRequest

// password godoc
//
//	@Summary	Change one's own password; other sessions end
//	@Tags		auth
//	@Accept		json
//	@Param		password	body	passwordRequest	true	"the present and the new one"
//	@Success	204
//	@Failure	401,422	{object}	Problem
//	@Router		/auth/password [post]
func (h *accounts) password(c echo.Context) error {
	var r passwordRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	if err := h.auth.ChangePassword(c.Request().Context(), principal(c), r.Current, r.New, clientOf(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// Ticket opens one live connection.
type Ticket struct {
	Ticket    string     `json:"ticket"`
	ExpiresAt fleet.Time `json:"expires_at" swaggertype:"string" format:"date-time"`
} //	@name	Ticket

// ticket godoc
//
//	@Summary	A ticket for one live connection within 30 s
//	@Tags		auth
//	@Success	200	{object}	Ticket
//	@Router		/auth/live-ticket [post]
func (h *accounts) ticket(c echo.Context) error {
	secret, expires := h.auth.Ticket(principal(c))
	return c.JSON(http.StatusOK, Ticket{Ticket: secret, ExpiresAt: fleet.Time(expires)})
}

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

// maxPreferences bounds what the interface may remember for a user.
const maxPreferences = 64 << 10

// getPreferences godoc
//
//	@Summary	What the interface remembers for the user
//	@Tags		auth
//	@Success	200	{object}	map[string]interface{}
//	@Router		/preferences [get]
func (h *accounts) getPreferences(c echo.Context) error {
	raw, err := h.preferences.Get(c.Request().Context(), principal(c).User.ID)
	if err != nil {
		return err
	}
	if len(raw) == 0 || string(raw) == "null" {
		raw = json.RawMessage("{}")
	}
	return c.JSONBlob(http.StatusOK, raw)
}

// setPreferences godoc
//
//	@Summary	Replace what the interface remembers for the user
//	@Tags		auth
//	@Accept		json
//	@Param		preferences	body		map[string]interface{}	true	"at most 64 kB"
//	@Success	200			{object}	map[string]interface{}
//	@Failure	413,422		{object}	Problem
//	@Router		/preferences [put]
func (h *accounts) setPreferences(c echo.Context) error {
	raw, err := body(c, maxPreferences)
	if err != nil {
		return err
	}
	if err := validJSON(raw); err != nil {
		return err
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || object == nil {
		return fieldProblem("", "must be a JSON object")
	}
	if err := h.preferences.Set(c.Request().Context(), principal(c).User.ID, raw); err != nil {
		return err
	}
	return c.JSONBlob(http.StatusOK, raw)
}

// users godoc
//
//	@Summary	All accounts
//	@Tags		auth
//	@Param		limit	query		int	false	"at most so many"
//	@Param		offset	query		int	false	"leave out the first ones"
//	@Success	200		{object}	list[User]
//	@Failure	403		{object}	Problem
//	@Router		/users [get]
func (h *accounts) users(c echo.Context) error {
	q := queries{c: c}
	limit, offset := q.page()
	if err := q.err(); err != nil {
		return err
	}
	items, total, err := h.auth.Users(c.Request().Context(), limit, offset)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[User]{Items: mapped(items, viewUser), Total: total})
}

type userRequest struct {
	Username string    `json:"username"`
	Password string    `json:"password"`
	Role     auth.Role `json:"role" enums:"admin,operator,viewer"`
} //	@name	UserRequest

// addUser godoc
//
//	@Summary	Add an account
//	@Tags		auth
//	@Accept		json
//	@Param		user		body		userRequest	true	"name, password and role"
//	@Success	201			{object}	User
//	@Failure	403,409,422	{object}	Problem
//	@Router		/users [post]
func (h *accounts) addUser(c echo.Context) error {
	var r userRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	u, err := h.auth.AddUser(c.Request().Context(), r.Username, r.Password, r.Role)
	if err != nil {
		return err
	}
	h.fleet.Note("auth", "user", by(c), "The account "+u.Username+" was added", map[string]any{"user": u.ID})
	return c.JSON(http.StatusCreated, viewUser(u))
}

type userPatch struct {
	Password *string    `json:"password,omitempty"`
	Role     *auth.Role `json:"role,omitempty" swaggertype:"string" enums:"admin,operator,viewer"`
} //	@name	UserPatch

// updateUser godoc
//
//	@Summary	Change an account's password or role
//	@Tags		auth
//	@Accept		json
//	@Param		id				path		int			true	"user"
//	@Param		patch			body		userPatch	true	"what to change"
//	@Success	200				{object}	User
//	@Failure	403,404,409,422	{object}	Problem
//	@Router		/users/{id} [patch]
func (h *accounts) updateUser(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	var r userPatch
	if err := decode(c, &r); err != nil {
		return err
	}
	u, err := h.auth.UpdateUser(c.Request().Context(), n, auth.UserChange{Password: r.Password, Role: r.Role})
	if err != nil {
		return err
	}
	h.fleet.Note("auth", "user", by(c), "The account "+u.Username+" was changed", map[string]any{"user": u.ID})
	return c.JSON(http.StatusOK, viewUser(u))
}

// deleteUser godoc
//
//	@Summary	Delete an account with its sessions and tokens
//	@Tags		auth
//	@Param		id	path	int	true	"user"
//	@Success	204
//	@Failure	403,404,409	{object}	Problem
//	@Router		/users/{id} [delete]
func (h *accounts) deleteUser(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.auth.DeleteUser(c.Request().Context(), n); err != nil {
		return err
	}
	h.fleet.Note("auth", "user", by(c), "An account was deleted", map[string]any{"user": n})
	return c.NoContent(http.StatusNoContent)
}
