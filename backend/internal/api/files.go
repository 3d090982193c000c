package api

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/files"
	"hypha/internal/files/picture"
	"hypha/internal/fleet"
	"hypha/internal/settings"
)

// File is an uploaded file. Its content is at /files/{id}, a small picture of a picture at /files/{id}/thumbnail.
type File struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Type      string     `json:"type"` // media type, found out by its content
	Bytes     int64      `json:"bytes"`
	Image     bool       `json:"image"`  // it can be shown, and has a thumbnail
	Width     int        `json:"width"`  // of an image as it is seen, in pixels; else 0
	Height    int        `json:"height"` // likewise
	Author    string     `json:"author"`
	CreatedAt fleet.Time `json:"created_at" swaggertype:"string" format:"date-time"`
} //	@name	File

func viewFile(f settings.Upload) File {
	return File{
		ID: f.ID, Name: f.Name, Type: f.Type, Bytes: f.Bytes, Image: f.Width > 0, Width: f.Width, Height: f.Height, Author: f.Author,
		CreatedAt: fleet.Time(f.CreatedAt),
	}
}

type uploads struct{ store *files.Store }

// uploadWithin is how long an upload may pause. As long as it arrives it may take as long as it likes.
const uploadWithin = time.Minute

// arriving is a body that may take long, as long as it arrives.
type arriving struct {
	body    io.Reader
	control *http.ResponseController
}

func (a arriving) Read(b []byte) (int, error) {
	_ = a.control.SetReadDeadline(time.Now().Add(uploadWithin)) // where none can be set, the server's holds
	return a.body.Read(b)
}

// create godoc
//
//	@Summary		Upload a file
//	@Description	One file of at most 64 MB in the field "file" of a form. Photos (JPEG, PNG, WebP, GIF), PDF, text, CSV, ZIP, video and sound are taken, by their content. What a photo tells of place and camera is taken out.
//	@Description	A file that nothing names for a day (a note, a dashboard) is deleted.
//	@Tags			files
//	@Accept			multipart/form-data
//	@Param			file			formData	file	true	"the file"
//	@Success		201				{object}	File
//	@Failure		400,413,422,503	{object}	Problem	"503: the disk is full"
//	@Router			/files [post]
func (h *uploads) create(c echo.Context) error {
	r := c.Request()
	r.Body = struct {
		io.Reader
		io.Closer
	}{arriving{r.Body, http.NewResponseController(c.Response())}, r.Body}
	parts, err := r.MultipartReader()
	if err != nil {
		return fieldProblem("file", "is required: send a form (multipart/form-data) with the file in the field \"file\"")
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return fieldProblem("file", "is required: send the file in the field \"file\"")
		}
		if err != nil {
			return problem(http.StatusBadRequest, "The request cannot be read", "the form did not arrive as announced: send it again")
		}
		if part.FormName() != "file" {
			continue
		}
		row, err := h.store.Add(r.Context(), part, part.FileName(), by(c))
		if err != nil {
			return fileProblem(err)
		}
		return c.JSON(http.StatusCreated, viewFile(row))
	}
}

// fileProblem says what is wrong with an upload.
func fileProblem(err error) error {
	switch {
	case errors.Is(err, files.ErrTooLarge):
		return problem(http.StatusRequestEntityTooLarge, "The file is too large", err.Error())
	case errors.Is(err, files.ErrType), errors.Is(err, files.ErrEmpty), errors.Is(err, picture.ErrBroken), errors.Is(err, picture.ErrTooLarge):
		return fieldProblem("file", err.Error())
	case errors.Is(err, files.ErrNoRoom):
		return problem(http.StatusServiceUnavailable, "The disk is full", err.Error())
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, os.ErrDeadlineExceeded):
		return problem(http.StatusBadRequest, "The request cannot be read", "the file did not arrive as a whole: send it again")
	}
	return err
}

// get godoc
//
//	@Summary		The content of a file
//	@Description	Ranges are answered. Images are shown, everything else is offered to be saved.
//	@Tags			files
//	@Produce		octet-stream
//	@Param			id			path		string	true	"file"
//	@Param			download	query		boolean	false	"offer an image to be saved too"
//	@Success		200			{file}		file
//	@Failure		404			{object}	Problem
//	@Router			/files/{id} [get]
func (h *uploads) get(c echo.Context) error {
	row, f, err := h.store.Open(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return serveFile(c, row, f, c.QueryParam("download") == "true")
}

// thumbnail godoc
//
//	@Summary	A small picture of an image, at most 480 pixels wide and high
//	@Tags		files
//	@Produce	jpeg
//	@Param		id	path		string	true	"file"
//	@Success	200	{file}		file
//	@Failure	404	{object}	Problem	"or it is no image"
//	@Router		/files/{id}/thumbnail [get]
func (h *uploads) thumbnail(c echo.Context) error {
	row, f, err := h.store.Thumbnail(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return serveFile(c, row, f, false)
}

// serveFile answers with a file, which never changes, and closes it. Whatever strangers have put into it runs nowhere: it is
// of the type that was found out here, no browser guesses another, and what is no image is saved, not opened.
func serveFile(c echo.Context, row settings.Upload, f *os.File, download bool) error {
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("look at a file: %w", err)
	}
	disposition := "attachment"
	if row.Width > 0 && !download {
		disposition = "inline"
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, row.Type)
	header.Set(echo.HeaderContentDisposition, mime.FormatMediaType(disposition, map[string]string{"filename": row.Name}))
	header.Set(echo.HeaderCacheControl, "private, max-age=31536000, immutable")
	header.Set(echo.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	answer := &patient{ResponseWriter: c.Response(), control: http.NewResponseController(c.Response())}
	http.ServeContent(answer, c.Request(), "", info.ModTime(), f)
	return nil
}

// patient gives each piece of an answer its own time, as stream does.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (p *patient) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(stalledAfter)) // where none can be set, the server's holds
	return p.ResponseWriter.Write(b)
}
