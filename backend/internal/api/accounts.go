package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/auth"
	"hypha/internal/fleet"
	"hypha/internal/option"
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
	guard       *guard
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

// given asks for the fields, in pairs of name and value, that are empty.
func given(pairs ...string) error {
	var bad option.Errors
	for n := 0; n+1 < len(pairs); n += 2 {
		if pairs[n+1] == "" {
			bad = append(bad, option.FieldError{Field: pairs[n], Message: "is required"})
		}
	}
	if len(bad) > 0 {
		return bad
	}
	return nil
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
//	@Failure	403,409,422,429	{object}	Problem
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
	h.guard.setCookie(c, session.Secret, session.ExpiresAt)
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
//	@Failure	401,403,422,429	{object}	Problem
//	@Router		/auth/login [post]
func (h *accounts) login(c echo.Context) error {
	var r loginRequest
	if err := decode(c, &r); err != nil {
		return err
	}
	if err := given("username", r.Username, "password", r.Password); err != nil {
		return err
	}
	user, session, err := h.auth.Login(c.Request().Context(), r.Username, r.Password, clientOf(c))
	if err != nil {
		return err
	}
	h.guard.setCookie(c, session.Secret, session.ExpiresAt)
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
	h.guard.setCookie(c, "", time.Unix(1, 0))
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
