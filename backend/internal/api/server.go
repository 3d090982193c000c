// Package api is the REST API and the way to the live feed: routes, sign-in, decoding, problem+json. Handlers decode,
// call one service and encode; what is right or wrong is decided by the services.
//
//	@title						Hypha
//	@version					1
//	@description				Watch and regulate an environment. Errors are application/problem+json with the fields at fault.
//	@description				Times in requests: RFC 3339, whole ms since the epoch, or relative (-24h); in answers RFC 3339 with milliseconds, in series ms since the epoch.
//	@BasePath					/api/v1
//	@securityDefinitions.apikey	bearer
//	@in							header
//	@name						Authorization
//	@securityDefinitions.apikey	session
//	@in							cookie
//	@name						hypha_session
package api

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"hypha/internal/alerting"
	"hypha/internal/auth"
	"hypha/internal/backup"
	"hypha/internal/fleet"
	"hypha/internal/history"
	"hypha/internal/live"
	"hypha/internal/observe"
	"hypha/internal/settings"
)

// Config is what the API serves.
type Config struct {
	Fleet    *fleet.Fleet
	Alerts   *alerting.Service
	Auth     *auth.Service
	Settings *settings.Store
	History  history.Store
	Writer   *history.Writer
	Remote   func() *observe.Remote // nil, or its answer, without a remote engine
	Feed     *live.Feed
	Lateness *observe.Lateness
	Brokers  func() []Broker
	Backups  *backup.Keeper // nil when no place for backups is configured
	Web      http.Handler   // the pages, the OpenAPI document and its reader
	Build    Build
	DataDir  string
	BaseURL  string // how users reach it when a proxy stands before it, or ""
	Secure   bool   // served over TLS: cookies are marked Secure
	Logger   *slog.Logger
}

// New builds the handler of everything that Hypha serves.
func New(cfg Config) http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = errorHandler(cfg.Logger)
	e.IPExtractor = echo.ExtractIPDirect() // a forwarded address can be made up by anybody
	e.Use(logged(cfg.Logger), recovered(cfg.Logger))
	sys := &system{cfg: cfg, started: time.Now()}
	guard := &guard{auth: cfg.Auth, origin: hostOf(cfg.BaseURL), secure: cfg.Secure}
	acc := &accounts{auth: cfg.Auth, preferences: cfg.Settings.Preferences, fleet: cfg.Fleet, guard: guard}

	metrics := observe.Metrics(cfg.Build.Version, cfg.Lateness, sys.figures)
	e.GET("/metrics", echo.WrapHandler(metrics))
	e.GET("/api/openapi.json", echo.WrapHandler(cfg.Web))
	e.GET("/api/docs", echo.WrapHandler(cfg.Web))
	e.GET("/api/docs/*", echo.WrapHandler(cfg.Web))
	e.GET("/*", echo.WrapHandler(cfg.Web))

	v1 := e.Group("/api/v1", noStore, readable)

	open := v1.Group("", packed())
	open.GET("/health", sys.health)
	open.GET("/setup", acc.setupNeeded)
	open.POST("/setup", acc.setup, guard.fromHere)
	open.POST("/auth/login", acc.login, guard.fromHere)
	open.POST("/hooks/:token", newHooks(cfg.Fleet).call)

	v1.GET("/live", (&feed{guard: guard, feed: cfg.Feed}).serve)

	r := v1.Group("", packed(), guard.signedIn)
	watch, operate, admin := r.Group(""), r.Group("", guard.atLeast(auth.Operator)), r.Group("", guard.atLeast(auth.Admin))
	acc.routes(watch, admin)
	routes(cfg, sys, watch, operate, admin)
	for _, path := range []string{"/api", "/api/*", "/api/v1/*"} { // last, for groups bring their own
		e.RouteNotFound(path, otherwise(e), noStore)
	}
	return headAsGet(e)
}

// routes of everything but accounts. Viewers watch, operators also drive outputs, administrators configure.
func routes(cfg Config, sys *system, watch, operate, admin *echo.Group) {
	in := &inputs{cfg.Fleet}
	watch.GET("/inputs", in.list)
	watch.GET("/inputs/:id", in.get)
	watch.GET("/discoveries", in.discoveries)
	admin.POST("/inputs", in.create)
	admin.POST("/inputs/test", in.test)
	admin.PATCH("/inputs/:id", in.update)
	admin.DELETE("/inputs/:id", in.remove)
	admin.POST("/inputs/:id/restore", in.restore)
	admin.POST("/inputs/:id/duplicate", in.duplicate)
	operate.POST("/inputs/:id/enable", in.enable)
	operate.POST("/inputs/:id/disable", in.disable)
	operate.POST("/inputs/:id/retry", in.retry)
	operate.POST("/inputs/:id/read", in.read)

	out := &outputs{cfg.Fleet}
	watch.GET("/outputs", out.list)
	watch.GET("/outputs/:id", out.get)
	watch.GET("/outputs/:id/channels/:n", out.channel)
	operate.PUT("/outputs/:id/channels/:n", out.drive)
	operate.DELETE("/outputs/:id/channels/:n/override", out.endOverride)
	operate.POST("/outputs/:id/channels/:n/acknowledge", out.acknowledge)
	operate.POST("/outputs/:id/channels/:n/serviced", out.serviced)
	watch.GET("/outputs/:id/why", out.why)
	admin.POST("/outputs", out.create)
	admin.PATCH("/outputs/:id", out.update)
	admin.DELETE("/outputs/:id", out.remove)
	admin.POST("/outputs/:id/restore", out.restore)
	operate.POST("/outputs/:id/enable", out.enable)
	operate.POST("/outputs/:id/disable", out.disable)
	watch.GET("/stop", out.stopState)
	operate.POST("/stop", out.stop)
	operate.DELETE("/stop", out.release)

	fn := &functions{cfg.Fleet}
	watch.GET("/functions", fn.list)
	watch.GET("/functions/:id", fn.get)
	admin.POST("/functions", fn.create)
	admin.PATCH("/functions/:id", fn.update)
	admin.DELETE("/functions/:id", fn.remove)
	admin.POST("/functions/:id/restore", fn.restore)
	admin.POST("/functions/:id/duplicate", fn.duplicate)
	operate.POST("/functions/:id/enable", fn.enable)
	operate.POST("/functions/:id/disable", fn.disable)
	operate.PATCH("/functions/:id/pid", fn.pid)
	operate.POST("/functions/:id/orders/:order", fn.command)
	sc := &scripts{cfg.Fleet}
	watch.GET("/functions/scripts/builtins", sc.builtins)
	watch.POST("/functions/scripts/check", sc.check)
	operate.POST("/functions/scripts/dry-run", sc.dryRun)

	sp := &setpoints{cfg.Fleet}
	watch.GET("/methods", sp.list)
	watch.GET("/methods/schema", sp.schema)
	watch.POST("/methods/preview", sp.try)
	watch.GET("/methods/:id", sp.get)
	watch.GET("/methods/:id/preview", sp.preview)
	admin.POST("/methods", sp.create)
	admin.PATCH("/methods/:id", sp.update)
	admin.DELETE("/methods/:id", sp.remove)
	admin.POST("/methods/:id/restore", sp.restore)

	note := &notes{cfg.Fleet}
	watch.GET("/notes", note.list)
	operate.POST("/notes", note.create)
	operate.PATCH("/notes/:id", note.update)
	operate.DELETE("/notes/:id", note.remove)
	operate.POST("/notes/:id/restore", note.restore)

	zone := &zones{cfg.Fleet}
	watch.GET("/zones", zone.list)
	watch.GET("/zones/:id", zone.get)
	admin.POST("/zones", zone.create)
	admin.PATCH("/zones/:id", zone.update)
	admin.DELETE("/zones/:id", zone.remove)
	admin.POST("/zones/:id/restore", zone.restore)

	ch := &channels{cfg.Fleet}
	watch.GET("/channels", ch.list)
	watch.GET("/channels/:id", ch.get)
	admin.PATCH("/channels/:id", ch.update)
	rd := &readings{fleet: cfg.Fleet, history: cfg.History}
	watch.GET("/readings", rd.get)
	watch.GET("/readings/latest", ch.latest)
	watch.GET("/readings/export", rd.export)
	watch.GET("/readings/aggregate", rd.aggregate)
	operate.POST("/readings", rd.push)
	admin.POST("/readings/import", rd.importFile)
	admin.DELETE("/readings", rd.remove)

	alertRoutes(cfg, watch, operate, admin)

	cat := &catalogue{cfg.Fleet, cfg.Alerts}
	watch.GET("/kinds", cat.kinds)
	watch.GET("/quantities", cat.quantities)
	watch.GET("/units", cat.units)
	admin.POST("/quantities", cat.addQuantity)
	admin.DELETE("/quantities/:id", cat.removeQuantity)
	admin.POST("/units", cat.addUnit)
	admin.DELETE("/units/:id", cat.removeUnit)

	watch.GET("/events", (&events{cfg.Fleet}).list)
	watch.GET("/system", sys.system)
	operate.POST("/system/resume", sys.resume)
	saved := backups{cfg.Backups}
	admin.GET("/backups", saved.list)
	admin.POST("/backups", saved.create)
}

// packed compresses answers that are worth it.
func packed() echo.MiddlewareFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{Level: 5, MinLength: 1024})
}

// bearer is the token of an Authorization header.
func bearer(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", false
	}
	return strings.TrimSpace(token), true
}
