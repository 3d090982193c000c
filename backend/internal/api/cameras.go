package api

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/camera"
	"hypha/internal/fleet"
)

// Camera is a configured camera.
type Camera struct {
	ID         int64           `json:"id"`
	Name       string          `json:"name"`
	Kind       string          `json:"kind"`
	Options    json.RawMessage `json:"options" swaggertype:"object"` // without secrets
	SecretsSet []string        `json:"secrets_set"`                  // paths of the secrets that are set
	Enabled    bool            `json:"enabled"`
	Zone       *int64          `json:"zone" extensions:"x-nullable"`
	Timelapse  json.RawMessage `json:"timelapse" swaggertype:"object"` // which stills are kept: see GET /cameras/timelapse-schema
	Status     fleet.Status    `json:"status"`
	Stills     StillsSize      `json:"stills"`
	CreatedAt  fleet.Time      `json:"created_at" swaggertype:"string" format:"date-time"`
	UpdatedAt  fleet.Time      `json:"updated_at" swaggertype:"string" format:"date-time"`
} //	@name	Camera

// StillsSize is what the kept stills of a camera take.
type StillsSize struct {
	Bytes int64       `json:"bytes"`
	From  *fleet.Time `json:"from" swaggertype:"string" format:"date-time" extensions:"x-nullable"` // of the oldest; null: there is none
	To    *fleet.Time `json:"to" swaggertype:"string" format:"date-time" extensions:"x-nullable"`   // of the newest
} //	@name	StillsSize

type cameraPatch struct {
	Name      *string         `json:"name,omitempty"`
	Kind      *string         `json:"kind,omitempty"` // cannot be changed
	Options   json.RawMessage `json:"options,omitempty" swaggertype:"object"`
	Enabled   *bool           `json:"enabled,omitempty"`
	Zone      *int64          `json:"zone,omitempty" extensions:"x-nullable"`
	Timelapse json.RawMessage `json:"timelapse,omitempty" swaggertype:"object"`
} //	@name	CameraPatch

type cameraTrial struct {
	Kind    string          `json:"kind"`
	Options json.RawMessage `json:"options,omitempty" swaggertype:"object"`
	ID      int64           `json:"id,omitempty"` // the camera whose secrets are meant where they are left out
} //	@name	CameraTrial

// CameraTest is a picture that was taken to try a camera.
type CameraTest struct {
	Picture string `json:"picture"` // a data: address
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Bytes   int    `json:"bytes"`
	TookMS  int64  `json:"took_ms"`
} //	@name	CameraTest

type cameras struct {
	service *camera.Service
	guard   *guard
}

func viewCamera(v camera.View) Camera {
	out := Camera{
		ID: v.ID, Name: v.Name, Kind: v.Kind, Options: orObject(v.Options), SecretsSet: v.SecretsSet, Enabled: v.Enabled, Zone: v.ZoneID,
		Timelapse: orObject(v.Timelapse), Status: v.Status, Stills: StillsSize{Bytes: v.Stills.Bytes},
		CreatedAt: fleet.Time(v.CreatedAt), UpdatedAt: fleet.Time(v.UpdatedAt),
	}
	if v.Stills.From != 0 {
		out.Stills.From = new(fleet.FromMillis(v.Stills.From))
	}
	if v.Stills.To != 0 {
		out.Stills.To = new(fleet.FromMillis(v.Stills.To))
	}
	return out
}

// seenCamera is viewCamera for whoever asks: where a camera is reached is not for whoever has a link.
func seenCamera(c echo.Context) func(camera.View) Camera {
	return func(v camera.View) Camera {
		out := viewCamera(v)
		out.Options = plainOptions(c, out.Options)
		return out
	}
}

// cameraKinds is the catalogue of cameras.
func cameraKinds(s *camera.Service, kind string) []Kind {
	if kind != "" && kind != "camera" {
		return nil
	}
	return mapped(s.Kinds(), func(k camera.Kind) Kind {
		return Kind{
			ID: k.ID, Type: "camera", Name: k.Name, Description: k.Description, Icon: k.Icon, Tags: orEmpty(k.Tags), Options: k.Options.Schema(),
			Channels: []KindChannel{}, TimeoutS: k.Timeout.Seconds(),
		}
	})
}

// cameraRoutes: viewers watch, operators switch and take pictures, administrators configure. raw is for what is no JSON.
func cameraRoutes(cfg Config, guard *guard, watch, operate, admin, raw *echo.Group) {
	h := &cameras{cfg.Cameras, guard}
	watch.GET("/cameras", h.list)
	watch.GET("/cameras/timelapse-schema", h.schema)
	watch.GET("/cameras/:id", h.get)
	admin.POST("/cameras", h.create)
	admin.POST("/cameras/test", h.test)
	admin.PATCH("/cameras/:id", h.update)
	admin.DELETE("/cameras/:id", h.remove)
	admin.POST("/cameras/:id/restore", h.restore)
	admin.POST("/cameras/:id/duplicate", h.duplicate)
	operate.POST("/cameras/:id/enable", h.enable)
	operate.POST("/cameras/:id/disable", h.disable)
	operate.POST("/cameras/:id/retry", h.retry)
	watch.GET("/cameras/:id/stills", h.stills)
	raw.GET("/cameras/:id/still.jpg", h.still)
	raw.GET("/cameras/:id/stream.mjpeg", h.stream)
	raw.GET("/cameras/:id/stills/:t", h.stillAt)
	raw.GET("/cameras/:id/timelapse", h.film)
}

// answer shows a camera, or the error.
func (h *cameras) answer(c echo.Context, status int, v camera.View, err error) error {
	if err != nil {
		return err
	}
	return c.JSON(status, seenCamera(c)(v))
}

// list godoc
//
//	@Summary	List cameras
//	@Tags		cameras
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Param		zone	query		int		false	"only of this zone"
//	@Param		q		query		string	false	"only those in whose name or kind this occurs"
//	@Success	200		{object}	list[Camera]
//	@Failure	401,422	{object}	Problem
//	@Router		/cameras [get]
func (h *cameras) list(c echo.Context) error {
	filter, err := filterOf(c)
	if err != nil {
		return err
	}
	all, total, err := h.service.List(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[Camera]{Items: mapped(all, seenCamera(c)), Total: total})
}

// schema godoc
//
//	@Summary	What the timelapse of a camera can be, as JSON Schema
//	@Tags		cameras
//	@Success	200	{object}	object
//	@Router		/cameras/timelapse-schema [get]
func (h *cameras) schema(c echo.Context) error {
	return tagged(c, h.service.TimelapseSchema())
}

// get godoc
//
//	@Summary	One camera with its state
//	@Tags		cameras
//	@Param		id	path		int	true	"camera"
//	@Success	200	{object}	Camera
//	@Failure	404	{object}	Problem
//	@Router		/cameras/{id} [get]
func (h *cameras) get(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	v, err := h.service.Get(c.Request().Context(), n)
	return h.answer(c, http.StatusOK, v, err)
}

// create godoc
//
//	@Summary	Add a camera and start it
//	@Tags		cameras
//	@Accept		json
//	@Param		camera		body		camera.Draft	true	"kind and options as GET /kinds?type=camera describes them"
//	@Success	201			{object}	Camera
//	@Failure	400,401,403	{object}	Problem
//	@Failure	422			{object}	Problem	"names every field at fault"
//	@Router		/cameras [post]
func (h *cameras) create(c echo.Context) error {
	var d camera.Draft
	if err := decode(c, &d); err != nil {
		return err
	}
	v, err := h.service.Create(c.Request().Context(), d, by(c))
	return h.answer(c, http.StatusCreated, v, err)
}

// test godoc
//
//	@Summary	Take a picture with options that are not stored
//	@Tags		cameras
//	@Accept		json
//	@Param		trial	body		cameraTrial	true	"kind and options"
//	@Success	200		{object}	CameraTest
//	@Failure	422		{object}	Problem	"the options are wrong, or the camera gives no picture, and why"
//	@Router		/cameras/test [post]
func (h *cameras) test(c echo.Context) error {
	var t cameraTrial
	if err := decode(c, &t); err != nil {
		return err
	}
	began := time.Now()
	p, err := h.service.Try(c.Request().Context(), camera.Draft{Kind: t.Kind, Options: t.Options}, t.ID)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, CameraTest{
		Picture: "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(p.JPEG), Width: p.Width, Height: p.Height, Bytes: len(p.JPEG),
		TookMS: time.Since(began).Milliseconds(),
	})
}

// update godoc
//
//	@Summary		Change a camera
//	@Description	A JSON merge patch: absent fields stay, null ones get their default. Secrets that are left out stay.
//	@Tags			cameras
//	@Accept			json
//	@Param			id			path		int			true	"camera"
//	@Param			patch		body		cameraPatch	true	"the fields to change"
//	@Success		200			{object}	Camera
//	@Failure		400,404,422	{object}	Problem
//	@Router			/cameras/{id} [patch]
func (h *cameras) update(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	change, err := patch[cameraPatch](c)
	if err != nil {
		return err
	}
	v, err := h.service.Update(c.Request().Context(), n, change, by(c))
	return h.answer(c, http.StatusOK, v, err)
}

// remove godoc
//
//	@Summary	Delete a camera; it can be restored for a day, with its stills
//	@Tags		cameras
//	@Param		id	path	int	true	"camera"
//	@Success	204
//	@Failure	404	{object}	Problem
//	@Router		/cameras/{id} [delete]
func (h *cameras) remove(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.service.Delete(c.Request().Context(), n, by(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// restore godoc
//
//	@Summary	Bring a deleted camera back
//	@Tags		cameras
//	@Param		id	path		int	true	"camera"
//	@Success	200	{object}	Camera
//	@Failure	404	{object}	Problem
//	@Router		/cameras/{id}/restore [post]
func (h *cameras) restore(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	v, err := h.service.Restore(c.Request().Context(), n, by(c))
	return h.answer(c, http.StatusOK, v, err)
}

// duplicate godoc
//
//	@Summary	Add a copy of a camera, switched off
//	@Tags		cameras
//	@Param		id	path		int	true	"camera"
//	@Success	201	{object}	Camera
//	@Failure	404	{object}	Problem
//	@Router		/cameras/{id}/duplicate [post]
func (h *cameras) duplicate(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	v, err := h.service.Duplicate(c.Request().Context(), n, by(c))
	return h.answer(c, http.StatusCreated, v, err)
}

func (h *cameras) enabled(c echo.Context, on string) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	v, err := h.service.Update(c.Request().Context(), n, json.RawMessage(`{"enabled":`+on+`}`), by(c))
	return h.answer(c, http.StatusOK, v, err)
}

// enable godoc
//
//	@Summary	Switch a camera on
//	@Tags		cameras
//	@Param		id	path		int	true	"camera"
//	@Success	200	{object}	Camera
//	@Failure	404	{object}	Problem
//	@Router		/cameras/{id}/enable [post]
func (h *cameras) enable(c echo.Context) error { return h.enabled(c, "true") }

// disable godoc
//
//	@Summary	Switch a camera off
//	@Tags		cameras
//	@Param		id	path		int	true	"camera"
//	@Success	200	{object}	Camera
//	@Failure	404	{object}	Problem
//	@Router		/cameras/{id}/disable [post]
func (h *cameras) disable(c echo.Context) error { return h.enabled(c, "false") }

// retry godoc
//
//	@Summary	Try a camera again now
//	@Tags		cameras
//	@Param		id		path		int	true	"camera"
//	@Success	200		{object}	Camera
//	@Failure	404,409	{object}	Problem
//	@Router		/cameras/{id}/retry [post]
func (h *cameras) retry(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	v, err := h.service.Retry(c.Request().Context(), n)
	return h.answer(c, http.StatusOK, v, err)
}
