package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"

	"hypha/internal/fleet"
	"hypha/internal/history"
	"hypha/internal/history/budget"
	"hypha/internal/observe"
	"hypha/internal/settings"
)

// Build says what runs.
type Build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
} //	@name	Build

// Health is the answer to "is it well?".
type Health struct {
	Status  string   `json:"status" enums:"ok,degraded"`
	Version string   `json:"version"`
	UptimeS float64  `json:"uptime_s"`
	Reasons []string `json:"reasons,omitempty"` // why it is degraded
} //	@name	Health

// System is the program's figures of itself.
type System struct {
	Build
	StartedAt      fleet.Time      `json:"started_at" swaggertype:"string" format:"date-time"`
	UptimeS        float64         `json:"uptime_s"`
	MemoryBytes    uint64          `json:"memory_bytes"` // resident
	CPUSeconds     float64         `json:"cpu_seconds"`  // since the start
	Goroutines     int             `json:"goroutines"`
	OS             string          `json:"os"`
	Arch           string          `json:"arch"`
	Hostname       string          `json:"hostname"`
	DataDir        string          `json:"data_dir"`
	DataFreeBytes  uint64          `json:"data_free_bytes"`  // of the disk with the data folder
	DataTotalBytes uint64          `json:"data_total_bytes"` // likewise
	Controllers    map[string]int  `json:"controllers"`      // by state
	History        HistoryFigures  `json:"history"`
	Settings       SettingsSize    `json:"settings"`
	Live           LiveFigures     `json:"live"`
	Lateness       LatenessMS      `json:"lateness_ms"`
	AbandonedCalls uint64          `json:"abandoned_calls"`
	MQTT           []Broker        `json:"mqtt"`
	Stop           fleet.Stop      `json:"stop"`
	SafeMode       *fleet.SafeMode `json:"safe_mode" extensions:"x-nullable"`   // why the controllers are off; null: they are not
	LastBackup     *BackupState    `json:"last_backup" extensions:"x-nullable"` // null when no place for backups is configured
} //	@name	System

// HistoryFigures says how much is stored, and how storing goes.
type HistoryFigures struct {
	Engine string `json:"engine"`
	Points int64  `json:"points"`
	Bytes  int64  `json:"bytes"`
	Queue  int    `json:"queue"` // readings that wait
	Lost   uint64 `json:"lost"`  // readings the store could not take
	Error  string `json:"error,omitempty"`
} //	@name	HistoryFigures

// SettingsSize is the size of the settings on disk.
type SettingsSize struct {
	Bytes int64 `json:"bytes"`
} //	@name	SettingsSize

// LiveFigures counts the clients of the feed.
type LiveFigures struct {
	Clients int `json:"clients"`
} //	@name	LiveFigures

// LatenessMS is how late reads begin, in ms.
type LatenessMS struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
} //	@name	LatenessMS

// Broker is a broker connection.
type Broker struct {
	Broker    string `json:"broker"`
	Connected bool   `json:"connected"`
	Error     string `json:"error,omitempty"`
} //	@name	Broker

type system struct {
	cfg     Config
	started time.Time
}

// health godoc
//
//	@Summary	Whether the program is well
//	@Tags		system
//	@Success	200	{object}	Health
//	@Router		/health [get]
func (h *system) health(c echo.Context) error {
	out := Health{Status: "ok", Version: h.cfg.Build.Version, UptimeS: time.Since(h.started).Seconds()}
	if st := h.cfg.Writer.State(); st.Err != nil {
		out.Reasons = append(out.Reasons, historyReason(st.Err))
	} else if st.SyncErr != nil {
		out.Reasons = append(out.Reasons, "the disk does not take the history for good: a power cut would lose the newest readings")
	}
	if r := h.remote(); r != nil && r.Err != nil {
		out.Reasons = append(out.Reasons, "the remote engine takes no readings; they wait on the disk")
	}
	counts := h.cfg.Fleet.Counts()
	if n := counts["failed"] + counts["backing_off"] + counts["degraded"]; n > 0 {
		out.Reasons = append(out.Reasons, "devices do not work as they should")
	}
	if h.cfg.Fleet.Stopped().Stopped {
		out.Reasons = append(out.Reasons, "everything is stopped")
	}
	if m := h.cfg.Fleet.SafeMode(); m != nil {
		out.Reasons = append(out.Reasons, fmt.Sprintf("the controllers are off after %d failed starts: see GET /api/v1/system, and start them with POST /api/v1/system/resume", m.FailedStarts))
	}
	if len(out.Reasons) > 0 {
		out.Status = "degraded"
	}
	return c.JSON(http.StatusOK, out)
}

// historyReason says why readings wait. Everybody may ask for the health: what exactly fails is in the log.
func historyReason(err error) string {
	if errors.Is(err, settings.ErrFull) || errors.Is(err, history.ErrFull) {
		return "the history cannot be written, because the disk is full: free some space; readings wait"
	}
	return "the history cannot be written"
}

// system godoc
//
//	@Summary	The program's figures of itself
//	@Tags		system
//	@Success	200	{object}	System
//	@Router		/system [get]
func (h *system) system(c echo.Context) error {
	ctx := c.Request().Context()
	stats, unknown := h.cfg.History.Stats(ctx)
	size, err := h.cfg.Settings.Bytes()
	if err != nil {
		return err
	}
	queue := h.cfg.Writer.State()
	out := System{
		Build: h.cfg.Build, StartedAt: fleet.Time(h.started), UptimeS: time.Since(h.started).Seconds(), MemoryBytes: observe.ResidentBytes(),
		CPUSeconds: cpuSeconds(), Goroutines: runtime.NumGoroutine(), OS: runtime.GOOS, Arch: runtime.GOARCH, DataDir: h.cfg.DataDir,
		Controllers: map[string]int{}, History: HistoryFigures{Engine: stats.Engine, Points: stats.Points, Bytes: stats.Bytes, Queue: queue.Queued, Lost: queue.Lost},
		Settings: SettingsSize{Bytes: size}, Live: LiveFigures{Clients: h.cfg.Feed.Clients()},
		Lateness:       LatenessMS{P50: ms(h.cfg.Lateness.Quantile(0.5)), P99: ms(h.cfg.Lateness.Quantile(0.99)), Max: ms(h.cfg.Lateness.Max())},
		AbandonedCalls: h.cfg.Fleet.AbandonedCalls(), MQTT: h.cfg.Brokers(), Stop: h.cfg.Fleet.Stopped(), SafeMode: h.cfg.Fleet.SafeMode(),
		LastBackup: backups{h.cfg.Backups}.state(),
	}
	var away error
	if r := h.remote(); r != nil {
		away = r.Err
	}
	if err := errors.Join(queue.Err, queue.SyncErr, unknown, away); err != nil {
		out.History.Error = err.Error()
	}
	for state, n := range h.cfg.Fleet.Counts() {
		out.Controllers[string(state)] = n
	}
	out.Hostname, _ = os.Hostname() // an unknown name is shown as none
	if disk, err := budget.SpaceOf(h.cfg.DataDir); err == nil {
		out.DataFreeBytes, out.DataTotalBytes = disk.Free, disk.Total
	}
	return c.JSON(http.StatusOK, out)
}

// resume godoc
//
//	@Summary	Start the controllers that stay off after failed starts
//	@Tags		system
//	@Success	204
//	@Failure	403	{object}	Problem
//	@Router		/system/resume [post]
func (h *system) resume(c echo.Context) error {
	if err := h.cfg.Fleet.Resume(c.Request().Context(), by(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// remote is how it goes with a remote engine; nil without one.
func (h *system) remote() *observe.Remote {
	if h.cfg.Remote == nil {
		return nil
	}
	return h.cfg.Remote()
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// countWithin bounds how long a scrape waits for the size of the history.
const countWithin = time.Second

// figures is what /metrics tells.
func (h *system) figures() observe.Figures {
	queue := h.cfg.Writer.State()
	f := observe.Figures{
		Controllers: map[string]int{}, AbandonedCalls: h.cfg.Fleet.AbandonedCalls(), LiveClients: h.cfg.Feed.Clients(),
		HubDropped: map[string]uint64{}, Queued: queue.Queued, Committed: queue.Committed, Lost: queue.Lost, Remote: h.remote(),
	}
	for state, n := range h.cfg.Fleet.Counts() {
		f.Controllers[string(state)] = n
	}
	for _, t := range h.cfg.Fleet.Hub.Stats() {
		f.HubDropped[t.Name] = t.Dropped
	}
	ctx, cancel := context.WithTimeout(context.Background(), countWithin)
	defer cancel()
	if disk, err := budget.SpaceOf(h.cfg.DataDir); err == nil {
		f.Disk = &observe.Disk{Free: disk.Free, Total: disk.Total}
	}
	if stats, err := h.cfg.History.Stats(ctx); err == nil {
		f.History = &observe.HistorySize{Readings: stats.Points, Bytes: stats.Bytes}
	}
	return f
}

type events struct{ fleet *fleet.Fleet }

// list godoc
//
//	@Summary	The journal, newest first
//	@Tags		system
//	@Param		type	query		string	false	"controller, output, audit, alert, notification, system or auth"
//	@Param		source	query		string	false	"for example output/1"
//	@Param		from	query		string	false	"RFC 3339, ms since the epoch, or -24h"
//	@Param		to		query		string	false	"the same, exclusive"
//	@Param		limit	query		int		false	"at most so many"
//	@Param		offset	query		int		false	"leave out the first ones"
//	@Success	200		{object}	list[fleet.Event]
//	@Failure	422		{object}	Problem
//	@Router		/events [get]
func (h *events) list(c echo.Context) error {
	q := queries{c: c}
	now := time.Now()
	filter := settings.EventFilter{Type: c.QueryParam("type"), Source: c.QueryParam("source")}
	filter.From, filter.To = q.millis("from", 0, now), q.millis("to", 0, now)
	filter.Limit, filter.Offset = q.page()
	if c.QueryParam("limit") == "" {
		filter.Limit = 100
	}
	if filter.To > 0 && filter.From >= filter.To {
		q.fail("from", "must be before to")
	}
	if err := q.err(); err != nil {
		return err
	}
	items, total, err := h.fleet.Events(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, list[fleet.Event]{Items: items, Total: total})
}
