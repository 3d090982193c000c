package api

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/camera"
	"hypha/internal/camera/reel"
	"hypha/internal/fleet"
)

const (
	recheckEvery = 2 * time.Second // whether a viewer is still signed in
	mostStills   = 2000
	defaultOldS  = 10
	defaultRate  = 24
)

// still godoc
//
//	@Summary		The newest picture of a camera
//	@Description	Taken now, unless there is one that is at most max_age_s old. All who ask at the same time get the same.
//	@Tags			cameras
//	@Produce		jpeg
//	@Param			id			path		int		true	"camera"
//	@Param			max_age_s	query		int		false	"default 10; 0 takes one now"
//	@Header			200			{string}	Hypha-Taken-At	"when it was taken"
//	@Success		200			{file}		file
//	@Failure		404,409,503	{object}	Problem	"409: it is switched off; 503: it gives no picture, and why"
//	@Router			/cameras/{id}/still.jpg [get]
func (h *cameras) still(c echo.Context) error {
	q := queries{c: c}
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	oldest := time.Duration(q.whole("max_age_s", defaultOldS, 0, 3600)) * time.Second
	if err := q.err(); err != nil {
		return err
	}
	p, err := h.service.Still(c.Request().Context(), n, oldest)
	if err != nil {
		return pictureProblem(c, err)
	}
	header := c.Response().Header()
	header.Set("Hypha-Taken-At", p.At.UTC().Format(time.RFC3339Nano))
	header.Set(echo.HeaderCacheControl, "private, no-store")
	return c.Blob(http.StatusOK, "image/jpeg", p.JPEG)
}

// pictureProblem says why there is no picture.
func pictureProblem(c echo.Context, err error) error {
	if c.Request().Context().Err() != nil || errors.Is(err, fleet.ErrNotFound) || errors.Is(err, fleet.ErrNotRunning) {
		return err
	}
	p := problem(http.StatusServiceUnavailable, "The camera gives no picture", err.Error())
	p.retryAfter = 5 * time.Second
	return p
}

// stream godoc
//
//	@Summary		The live picture of a camera (MJPEG)
//	@Description	Pictures as multipart/x-mixed-replace, which an img element shows. All viewers share one grab; each gets the newest picture, never a queue. It ends when the session ends.
//	@Tags			cameras
//	@Produce		octet-stream
//	@Param			id			path		int	true	"camera"
//	@Success		200			{file}		file
//	@Failure		404,409,503	{object}	Problem
//	@Router			/cameras/{id}/stream.mjpeg [get]
func (h *cameras) stream(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	v, err := h.service.Watch(ctx, n)
	if err != nil {
		return pictureProblem(c, err)
	}
	defer v.Close()
	const boundary = "hypha-picture"
	var out *stream
	who, checked := principal(c), time.Now()
	for {
		p, err := v.Next(ctx)
		switch {
		case out == nil && err != nil: // nothing was sent yet: the reason can be
			return pictureProblem(c, err)
		case ctx.Err() != nil || errors.Is(err, camera.ErrNotOpen):
			return nil
		case err != nil:
			continue // the camera is tried again; the last picture stays
		}
		if out == nil {
			c.Response().Header().Set(echo.HeaderCacheControl, "private, no-store")
			s := newStream(c, "multipart/x-mixed-replace; boundary="+boundary)
			out = &s
		}
		if time.Since(checked) > recheckEvery {
			if _, err := h.guard.auth.Recheck(ctx, who); err != nil {
				return nil // signed out: the stream ends
			}
			checked = time.Now()
		}
		head := fmt.Sprintf("--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", boundary, len(p.JPEG))
		for _, part := range [][]byte{[]byte(head), p.JPEG, []byte("\r\n")} {
			if _, err := out.Write(part); err != nil {
				return nil // the viewer has gone
			}
		}
		c.Response().Flush()
	}
}

// Still is one kept picture of a camera.
type Still struct {
	T     int64 `json:"t"` // ms since the epoch; its picture is at /cameras/{id}/stills/{t}.jpg
	Bytes int   `json:"bytes"`
} //	@name	Still

// span reads from and to of kept stills; default all.
func (q *queries) span() (from, to int64) {
	now := time.Now()
	from, to = q.millis("from", 0, now), q.millis("to", math.MaxInt64, now)
	if from >= to {
		q.fail("from", "must be before to")
	}
	return from, to
}

// stills godoc
//
//	@Summary		The kept pictures of a camera, by time
//	@Description	When there are more than limit, so many are chosen evenly; total says how many there are.
//	@Tags			cameras
//	@Param			id		path		int		true	"camera"
//	@Param			from	query		string	false	"RFC 3339, ms since the epoch, or -24h; default the oldest"
//	@Param			to		query		string	false	"the same, exclusive; default the newest"
//	@Param			limit	query		int		false	"at most so many; default 500, at most 2000"
//	@Success		200		{object}	list[Still]
//	@Failure		404,422	{object}	Problem
//	@Router			/cameras/{id}/stills [get]
func (h *cameras) stills(c echo.Context) error {
	q := queries{c: c}
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	from, to := q.span()
	limit := int(q.whole("limit", 500, 1, mostStills))
	if err := q.err(); err != nil {
		return err
	}
	frames, total, err := h.service.Stills(c.Request().Context(), n, from, to, limit)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[Still]{Items: mapped(frames, func(f reel.Frame) Still { return Still{f.T, f.Bytes} }), Total: int64(total)})
}

// stillAt godoc
//
//	@Summary	One kept picture of a camera
//	@Tags		cameras
//	@Produce	jpeg
//	@Param		id	path		int		true	"camera"
//	@Param		t	path		string	true	"its time in ms since the epoch, followed by .jpg"
//	@Success	200	{file}		file
//	@Failure	404	{object}	Problem
//	@Router		/cameras/{id}/stills/{t} [get]
func (h *cameras) stillAt(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	t, err := strconv.ParseInt(strings.TrimSuffix(c.Param("t"), ".jpg"), 10, 64)
	if err != nil {
		return fleet.ErrNotFound
	}
	b, err := h.service.StillAt(c.Request().Context(), n, t)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "private, max-age=86400, immutable")
	return c.Blob(http.StatusOK, "image/jpeg", b)
}

// film godoc
//
//	@Summary		The kept pictures of a camera as a film
//	@Description	AVI (Motion JPEG) is made of the pictures as they are; mp4 needs the program ffmpeg on the machine of the server. At most 20 000 pictures, evenly chosen.
//	@Tags			cameras
//	@Produce		octet-stream
//	@Param			id		path		int		true	"camera"
//	@Param			from	query		string	false	"RFC 3339, ms since the epoch, or -24h; default the oldest"
//	@Param			to		query		string	false	"the same, exclusive; default the newest"
//	@Param			fps		query		int		false	"pictures a second, 1 to 60; default 24"
//	@Param			format	query		string	false	"avi or mp4; default avi"
//	@Success		200		{file}		file
//	@Failure		404,422	{object}	Problem
//	@Router			/cameras/{id}/timelapse [get]
func (h *cameras) film(c echo.Context) error {
	q := queries{c: c}
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	from, to := q.span()
	rate := int(q.whole("fps", defaultRate, 1, 60))
	format := c.QueryParam("format")
	if format != "" && format != "avi" && format != "mp4" {
		q.fail("format", "must be avi or mp4")
	}
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request().Context()
	film, err := h.service.Film(ctx, n, from, to, rate, format == "mp4")
	if err != nil {
		return err
	}
	name, mediaType := "timelapse.avi", "video/x-msvideo"
	if format == "mp4" {
		name, mediaType = "timelapse.mp4", "video/mp4"
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	if size := film.Bytes(); size > 0 {
		header.Set(echo.HeaderContentLength, strconv.FormatInt(size, 10))
	}
	return film.Write(ctx, newStream(c, mediaType))
}
