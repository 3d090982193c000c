package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/option"
	"hypha/internal/settings"
)

// Note is what a person or a function says about a moment or a span.
type Note struct {
	ID        int64       `json:"id"`
	Note      string      `json:"note"` // in one line
	Text      string      `json:"text"`
	T         fleet.Time  `json:"t" swaggertype:"string" format:"date-time"`
	Until     *fleet.Time `json:"until" swaggertype:"string" format:"date-time" extensions:"x-nullable"` // the end of a span
	Tags      []string    `json:"tags"`
	Refs      []string    `json:"refs"` // what it is about: channel/3, zone/1
	Author    string      `json:"author"`
	CreatedAt fleet.Time  `json:"created_at" swaggertype:"string" format:"date-time"`
	UpdatedAt fleet.Time  `json:"updated_at" swaggertype:"string" format:"date-time"`
} //	@name	Note

type noteRequest struct {
	Note  string   `json:"note"`
	Text  string   `json:"text,omitempty"`
	T     *moment  `json:"t,omitempty" swaggertype:"string"`                             // RFC 3339, or ms since the epoch; default now
	Until *moment  `json:"until,omitempty" swaggertype:"string" extensions:"x-nullable"` // the end of a span
	Tags  []string `json:"tags,omitempty"`
	Refs  []string `json:"refs,omitempty"`
} //	@name	NoteRequest

type notes struct{ fleet *fleet.Fleet }

func viewNote(n settings.Note) Note {
	v := Note{
		ID: n.ID, Note: n.Name, Text: n.Text, T: fleet.FromMillis(n.T), Tags: orEmpty(n.Tags), Refs: orEmpty(n.Refs), Author: n.Author,
		CreatedAt: fleet.Time(n.CreatedAt), UpdatedAt: fleet.Time(n.UpdatedAt),
	}
	if n.Until != nil {
		until := fleet.FromMillis(*n.Until)
		v.Until = &until
	}
	return v
}

// list godoc
//
//	@Summary	List notes, the newest first
//	@Tags		notes
//	@Param		from	query		string	false	"only those that touch what follows this time"
//	@Param		to		query		string	false	"only those that begin before this time"
//	@Param		tag		query		string	false	"only with this tag"
//	@Param		ref		query		string	false	"only about this: channel/3, zone/1"
//	@Param		q		query		string	false	"only those in which this text occurs"
//	@Param		limit	query		int		false	"at most so many; default 100"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Success	200		{object}	list[Note]
//	@Failure	401,422	{object}	Problem
//	@Router		/notes [get]
func (h *notes) list(c echo.Context) error {
	q := queries{c: c}
	now := time.Now()
	f := settings.NoteFilter{Tag: c.QueryParam("tag"), Ref: c.QueryParam("ref"), Q: c.QueryParam("q")}
	f.From, f.To = q.millis("from", 0, now), q.millis("to", 0, now)
	f.Limit, f.Offset = q.page()
	if c.QueryParam("limit") == "" {
		f.Limit = 100
	}
	if err := q.err(); err != nil {
		return err
	}
	items, total, err := h.fleet.Notes(c.Request().Context(), f)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[Note]{Items: mapped(items, viewNote), Total: total})
}

// create godoc
//
//	@Summary	Add a note
//	@Tags		notes
//	@Accept		json
//	@Param		note		body		noteRequest	true	"the note"
//	@Success	201			{object}	Note
//	@Failure	400,401,422	{object}	Problem
//	@Router		/notes [post]
func (h *notes) create(c echo.Context) error {
	raw, err := inMillis[noteRequest](c)
	if err != nil {
		return err
	}
	var d fleet.NoteDraft
	if err := fleet.Strict(raw, &d); err != nil {
		return err
	}
	n, err := h.fleet.CreateNote(c.Request().Context(), d, by(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, viewNote(n))
}

// inMillis reads a body of the shape T and writes its times t and until in ms since the epoch.
func inMillis[T any](c echo.Context) (json.RawMessage, error) {
	raw, err := patch[T](c)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	for _, name := range []string{"t", "until"} {
		given, ok := fields[name]
		if !ok || string(given) == "null" {
			continue
		}
		var m moment
		if err := json.Unmarshal(given, &m); err != nil {
			return nil, err
		}
		if m.err != nil {
			return nil, option.Errors{{Field: name, Message: m.err.Error()}}
		}
		fields[name] = json.RawMessage(strconv.FormatInt(m.ms, 10))
	}
	return json.Marshal(fields)
}

// update godoc
//
//	@Summary		Change a note
//	@Description	A JSON merge patch: absent fields stay, null ones are cleared.
//	@Tags			notes
//	@Accept			json
//	@Param			id			path		int			true	"note"
//	@Param			patch		body		noteRequest	true	"the fields to change"
//	@Success		200			{object}	Note
//	@Failure		400,404,422	{object}	Problem
//	@Router			/notes/{id} [patch]
func (h *notes) update(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	change, err := inMillis[noteRequest](c)
	if err != nil {
		return err
	}
	note, err := h.fleet.UpdateNote(c.Request().Context(), n, change)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewNote(note))
}

// remove godoc
//
//	@Summary	Delete a note; it can be restored for a day
//	@Tags		notes
//	@Param		id	path	int	true	"note"
//	@Success	204
//	@Failure	404	{object}	Problem
//	@Router		/notes/{id} [delete]
func (h *notes) remove(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	if err := h.fleet.DeleteNote(c.Request().Context(), n); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// restore godoc
//
//	@Summary	Bring a deleted note back
//	@Tags		notes
//	@Param		id	path		int	true	"note"
//	@Success	200	{object}	Note
//	@Failure	404	{object}	Problem
//	@Router		/notes/{id}/restore [post]
func (h *notes) restore(c echo.Context) error {
	n, err := id(c, "id")
	if err != nil {
		return err
	}
	note, err := h.fleet.RestoreNote(c.Request().Context(), n)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewNote(note))
}
