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
	"hypha/internal/camera"
	"hypha/internal/dashboard"
	"hypha/internal/files"
	"hypha/internal/fleet"
	"hypha/internal/history"
	"hypha/internal/live"
	"hypha/internal/observe"
	"hypha/internal/recipe"
	"hypha/internal/settings"
)

// Config is what the API serves.
type Config struct {
	Fleet      *fleet.Fleet
	Alerts     *alerting.Service
	Auth       *auth.Service
	Settings   *settings.Store
	History    history.Store
	Writer     *history.Writer
	Remote     func() *observe.Remote // nil, or its answer, without a remote engine
	Feed       *live.Feed
	Lateness   *observe.Lateness
	Brokers    func() []Broker
	Files      *files.Store
	Cameras    *camera.Service
	Dashboards *dashboard.Service
	Frames     *dashboard.Frames
	Recipes    *recipe.Service
	Backups    *backup.Keeper // nil when no place for backups is configured
	Web        http.Handler   // the pages, the OpenAPI document and its reader
	Build      Build
	DataDir    string
	Timezone   string          // of the site, an IANA name, or ""
	BaseURL    string          // how users reach it when a proxy stands before it, or ""
	Addresses  func() []string // where other devices reach it, the best first; none when it listens to this machine only
	Secure     bool            // served over TLS: cookies are marked Secure
	Logger     *slog.Logger
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
	acc := &accounts{auth: cfg.Auth, preferences: cfg.Settings.Preferences, fleet: cfg.Fleet, guard: guard, addresses: cfg.Addresses}

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
	screen := &kiosk{cfg.Dashboards, cfg.Auth, cfg.Fleet, guard}
	open.POST("/kiosk", screen.open, guard.fromHere)
	open.POST("/auth/pairings/redeem", acc.redeem, guard.fromHere)
	open.POST("/hooks/:token", newHooks(cfg.Fleet).call)

	v1.GET("/live", (&feed{guard: guard, feed: cfg.Feed}).serve)

	r := v1.Group("", packed(), guard.signedIn)
	// Files and pictures are packed already, and streams go out as they come.
	raw := v1.Group("", guard.signedIn)
	mediaRoutes(cfg, raw, raw.Group("", guard.atLeast(auth.Operator)))
	watch, operate, admin := r.Group(""), r.Group("", guard.atLeast(auth.Operator)), r.Group("", guard.atLeast(auth.Admin))
	acc.routes(watch, admin)
	watch.GET("/kiosk", screen.get, guard.screenFirst)
	dashboardRoutes(cfg, watch, operate)
	watch.GET("/frame-hosts", (&frames{cfg.Frames}).list)
	admin.PUT("/frame-hosts", (&frames{cfg.Frames}).set)
	routes(cfg, sys, watch, operate, admin)
	cameraRoutes(cfg, guard, watch, operate, admin, raw)
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
	operate.POST("/inputs/:id/diagnosis", in.diagnose)
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

	rc := &recipes{cfg.Recipes}
	watch.GET("/recipes", rc.list)
	watch.POST("/recipes/:id/plan", rc.plan)
	admin.POST("/recipes/:id/apply", rc.apply)
	admin.POST("/recipes/applied/:zone/undo", rc.undo)
	watch.GET("/schedule", (&schedule{cfg.Fleet}).get)

	note := &notes{cfg.Fleet}
	watch.GET("/notes", note.list)
	watch.GET("/notes/tags", note.tags)
	watch.GET("/notes/export", note.export)
	watch.GET("/notes/:id", note.get)
	operate.POST("/notes", note.create)
	operate.PATCH("/notes/:id", note.update)
	operate.DELETE("/notes/:id", note.remove)
	operate.POST("/notes/:id/restore", note.restore)

	watch.GET("/dependants", (&dependants{cfg.Fleet, cfg.Alerts}).list)

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
	cal := &calibrations{cfg.Fleet}
	watch.GET("/channels/:id/calibrations", cal.list)
	admin.POST("/channels/:id/calibrations", cal.create)
	admin.POST("/channels/:id/calibrations/judge", cal.judge)
	admin.POST("/channels/:id/calibrations/undo", cal.undo)
	admin.POST("/channels/:id/probe", cal.probe)
	admin.DELETE("/channels/:id/probe", cal.endProbe)
	rd := &readings{fleet: cfg.Fleet, history: cfg.History}
	watch.GET("/readings", rd.get)
	watch.GET("/readings/latest", ch.latest)
	watch.GET("/readings/export", rd.export)
	watch.GET("/readings/aggregate", rd.aggregate)
	watch.GET("/readings/statistics", rd.statistics)
	operate.POST("/readings", rd.push)
	admin.POST("/readings/import", rd.importFile)
	admin.DELETE("/readings", rd.remove)

	alertRoutes(cfg, watch, operate, admin)

	cat := &catalogue{cfg.Fleet, cfg.Alerts, cfg.Cameras}
	watch.GET("/kinds", cat.kinds)
	watch.GET("/quantities", cat.quantities)
	watch.GET("/units", cat.units)
	admin.POST("/quantities", cat.addQuantity)
	admin.DELETE("/quantities/:id", cat.removeQuantity)
	admin.POST("/units", cat.addUnit)
	admin.DELETE("/units/:id", cat.removeUnit)

	watch.GET("/events", (&events{cfg.Fleet}).list)
	watch.GET("/nights", (&nights{cfg.Fleet}).list)
	watch.GET("/system", sys.system)
	operate.POST("/system/resume", sys.resume)
	saved := backups{cfg.Backups}
	admin.GET("/backups", saved.list)
	admin.POST("/backups", saved.create)
}

// mediaRoutes are those whose answers are no JSON.
func mediaRoutes(cfg Config, watch, operate *echo.Group) {
	up := &uploads{cfg.Files}
	operate.POST("/files", up.create)
	watch.GET("/files/:id", up.get)
	watch.GET("/files/:id/thumbnail", up.thumbnail)
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
