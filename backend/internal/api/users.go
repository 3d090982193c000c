package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"hypha/internal/auth"
)

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
