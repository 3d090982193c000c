package api

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"hypha/internal/backup"
	"hypha/internal/fleet"
)

// Backup is one at the place for backups.
type Backup struct {
	File  string     `json:"file"`
	At    fleet.Time `json:"at" swaggertype:"string" format:"date-time"`
	Full  bool       `json:"full"` // begins a chain; others continue the one before them
	Bytes int64      `json:"bytes"`
} //	@name	Backup

// BackupState is how saving goes.
type BackupState struct {
	At       *fleet.Time `json:"at" swaggertype:"string" format:"date-time"` // of the last one that worked; null when there is none
	File     string      `json:"file,omitempty"`
	Bytes    int64       `json:"bytes"`
	Error    string      `json:"error,omitempty"` // why the last try failed
	Failures int         `json:"failures"`        // in a row
	Running  bool        `json:"running"`
	NextAt   *fleet.Time `json:"next_at" swaggertype:"string" format:"date-time"`
} //	@name	BackupState

type backups struct{ keeper *backup.Keeper }

// errNoPlace says that there is nothing to list and nowhere to save to.
func errNoPlace() error {
	return problem(http.StatusConflict, "Nowhere to save to", "no place for backups is configured: set backup.to, or use hypha backup")
}

// state is null where no place is configured.
func (h backups) state() *BackupState {
	if h.keeper == nil {
		return nil
	}
	s := h.keeper.State()
	out := &BackupState{File: s.File, Bytes: s.Bytes, Failures: s.Failures, Running: s.Running}
	if s.Err != nil {
		out.Error = s.Err.Error()
	}
	if !s.At.IsZero() {
		at := fleet.Time(s.At)
		out.At = &at
	}
	if !s.Next.IsZero() && !s.Running {
		next := fleet.Time(s.Next)
		out.NextAt = &next
	}
	return out
}

// list godoc
//
//	@Summary	The backups at the configured place, the newest first
//	@Tags		system
//	@Success	200	{object}	list[Backup]
//	@Failure	409	{object}	Problem	"no place is configured"
//	@Failure	503	{object}	Problem	"the place cannot be reached"
//	@Router		/backups [get]
func (h backups) list(c echo.Context) error {
	if h.keeper == nil {
		return errNoPlace()
	}
	stored, err := h.keeper.List(c.Request().Context())
	if err != nil {
		return problem(http.StatusServiceUnavailable, "Not available", "the place for backups cannot be reached: "+err.Error())
	}
	items := make([]Backup, 0, len(stored))
	for _, s := range slices.Backward(stored) {
		items = append(items, Backup{File: s.Name, At: fleet.Time(s.At), Full: s.Full, Bytes: s.Bytes})
	}
	return c.JSON(http.StatusOK, list[Backup]{Items: items, Total: int64(len(items))})
}

// create godoc
//
//	@Summary	Make a backup now; how it goes is shown in the system's last_backup
//	@Tags		system
//	@Success	202	{object}	BackupState
//	@Failure	409	{object}	Problem	"no place is configured, or one is being made"
//	@Router		/backups [post]
func (h backups) create(c echo.Context) error {
	if h.keeper == nil {
		return errNoPlace()
	}
	if err := h.keeper.Ask(); errors.Is(err, backup.ErrRunning) {
		return problem(http.StatusConflict, "It is under way", "a backup is being made already")
	} else if err != nil {
		return err
	}
	return c.JSON(http.StatusAccepted, h.state())
}
